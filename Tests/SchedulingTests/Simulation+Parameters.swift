import Messaging
import Scheduling

extension Simulation {
  /// All that a simulation depends on.
  struct Parameters {
    var seed: UInt64
    var trials = 200
    var workers = 8
    /// What trials may cost; each unit takes 4 ms.
    var costs: [Double] = [1, 10, 100, 3_000]
    var attemptsMax = 1_000
    /// Whether a trial that costs no workers is never given up: so few attempts that false strikes suffice are too few.
    var sparesInnocents = true
    var trialTimeLimit: Span?
    /// How long a trial may take to stop when it is told to.
    var hangGrace: Span = .seconds(30)
    /// Trials that are not like the others.
    var natures: [Int: Nature] = [:]
    var faults = FaultRates()
    /// No fault happens after that second, and the run must end so long after it.
    var faultsEnd = 120.0
    var endWithin = 400.0
    /// Events of the coordinator between two looks at all invariants.
    var checkInterval = 1
    /// The commit before or after which the coordinator crashes.
    var crashAtCommit: (number: Int, isBefore: Bool)?
    /// The step after which a worker crashes, or the coordinator does, or is told to stop.
    var crashWorkerAtStep: Int?
    var crashCoordinatorAtStep: Int?
    var stopCoordinatorAtStep: Int?

    func nature(of index: Int) -> Nature { natures.isEmpty ? .plain : natures[index] ?? .plain }
  }

  /// What a trial does.
  enum Nature {
    case plain
    /// Kills every process that executes it.
    case kills
    /// Never ends; stops when it is told to, or not even then.
    case hangs, hangsForGood
    /// Takes ten times as long as others of its cost.
    case slow
    /// Fails.
    case throwing
    /// Returns what is not a number: a result like any other.
    case notANumber
    /// Returns what the coordinator's shell does not take for a result.
    case malformed

    /// What it returns; nothing if it never has a result.
    func result(of index: Int) -> MessagePackValue? {
      switch self {
      case .plain, .slow: .uint(UInt64(index))
      case .notANumber: .double(.nan)
      case .kills, .hangs, .hangsForGood, .throwing, .malformed: nil
      }
    }
  }

  /// Probabilities for each message, execution or commit, and expected events for each second.
  struct FaultRates {
    var drop = 0.0, duplicate = 0.0, reorder = 0.0, longDelay = 0.0
    var workerCrash = 0.0, workerPause = 0.0, coordinatorCrash = 0.0, coordinatorPause = 0.0
    /// A coordinator that is told to stop in order, and started again.
    var coordinatorStop = 0.0
    /// Of one worker, and of half of them at once; either may be deaf, mute or both.
    var partition = 0.0, halfPartition = 0.0
    var disconnect = 0.0
    /// A commit that fails, and a disk that is full for a while.
    var storeFailure = 0.0, diskFull = 0.0
    /// A worker that leaves in good order, and one that comes with a time limit, or of another version.
    var leave = 0.0, shortLife = 0.0, otherVersion = 0.0
    /// An execution that takes ten times as long.
    var slowExecution = 0.0
  }
}
