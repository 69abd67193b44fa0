import Messaging
import Scheduling

/// The two machines in one world of virtual time, with a network, a store and processes that fail as the seed says.
///
/// Nothing in it depends on anything but its parameters, so a seed that fails can be run again.
final class Simulation {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  enum Happening {
    case toCoordinator(WorkerMessage, route: UInt32, life: Int)
    case toWorker(CoordinatorMessage, worker: Int, route: UInt32)
    case workerTick(Int, life: Int)
    case computed(Int, life: Int, turn: Int)
    case respawn(Int)
    case processEnded(pid: UInt64, host: String, life: Int)
    case absentEnded(Identifier, life: Int, isLost: Bool)
    case coordinatorTick
    case restartCoordinator
    case faults
  }

  struct Worker {
    var machine: WorkerMachine
    var life: Int
    var isAlive = true
    var route: UInt32 = 0
    var queue: [TrialAssignment] = []
    var running: TrialAssignment?
    var isCancelled = false
    /// Whether it was about to leave before any trial of it hung: then it is not lost over one.
    var isLeaving = false
    /// Counts executions, so that the end of an abandoned one is not taken for another's.
    var turn = 0
    var pausedUntil = Instant(nanoseconds: 0)
    var deafUntil = Instant(nanoseconds: 0)
    var muteUntil = Instant(nanoseconds: 0)
  }

  let parameters: Parameters
  let items: [WorkItem]
  let work: WorkList
  var generator: SeededGenerator
  var now = Instant(nanoseconds: 0)
  var calendar = Calendar()

  // What survives a crash of the coordinator.
  var stored: [MessagePackValue?]
  var storedCount = 0
  var faulted: Set<Int> = []
  var strikes: [Int: Int] = [:]
  var bystanders: Set<Int> = []
  var holdings: [Identifier: Holding] = [:]
  var scheduler: Scheduler?
  var coordinatorLife = 0
  var coordinatorPausedUntil = Instant(nanoseconds: 0)
  var storeBrokenUntil = Instant(nanoseconds: 0)
  var pendingResults: [(Int, TrialReport)] = []
  var pendingFaults: [TrialFault] = []
  var pendingBystanders: [Int] = []
  var pendingHoldings: [Identifier: Holding] = [:]
  /// What tells the faults of a run apart in the store.
  struct FaultKey: Hashable {
    let index: Int
    let attempt: Int
    let worker: Identifier
  }
  var faultKeys: Set<FaultKey> = []
  /// Positions of the results in `pendingResults`.
  var pending: [Int: MessagePackValue] = [:]
  var storeIsWaiting = false
  var outcome: Scheduler.Outcome?
  var stopping: Stopping?
  /// Looks after every event of the scheduler at what that event touched.
  var audit: SchedulerAudit?
  /// Called before that with the event, if somebody wants to know.
  var observer: ((Scheduler, SchedulerAudit, Scheduler.Event, [Scheduler.Effect]) -> Void)?
  /// Events that the scheduler took since everything was looked at.
  var changes = 0
  /// Workers whose machine took an event in this step, and trials that cost one or got a strike.
  var changedWorkers: [Int] = []
  var changedLosses: [Int] = []
  var workers: [Worker] = []
  var nextRoute: UInt32 = 1
  var nextPid: UInt64 = 1
  /// Which worker a route leads to, and the last delivery on each way, for order.
  var routes: [UInt32: Int] = [:]
  /// Workers that ended in good order.
  var orderlyEnds: Set<Int> = []
  /// Whose route it was, also after it broke.
  var lives: [UInt32: Int] = [:]
  var lastDelivery: [UInt64: Instant] = [:]
  /// Until when messages of connections that broke still arrive.
  var cuts: [UInt32: Instant] = [:]

  // What is counted.
  /// Workers that ended over each trial.
  var losses: [Int: Set<Identifier>] = [:]
  var executions = 0
  var stops = 0
  var commits = 0
  var steps = 0

  init(_ parameters: Parameters, work: WorkList? = nil, items: [WorkItem]? = nil) {
    self.parameters = parameters
    generator = SeededGenerator(seed: parameters.seed)
    self.items = items ?? Self.items(parameters)
    self.work = work ?? WorkList(self.items)
    stored = Array(repeating: nil, count: self.items.count)
  }

  static func items(_ parameters: Parameters) -> [WorkItem] {
    var costs = SeededGenerator(seed: parameters.seed ^ 0xc057)
    return TestWork.items(parameters.trials) { _ in parameters.costs.randomElement(using: &costs) ?? 1 }
  }

  /// Runs to the end; throws a ``Failure`` with the seed at the first broken promise.
  func run() throws {
    startCoordinator()
    for index in 0..<parameters.workers { spawn(index) }
    calendar.add(.coordinatorTick, at: now)
    calendar.add(.faults, at: now + .seconds(1))
    let limit = Instant(nanoseconds: 0) + .seconds(parameters.faultsEnd + parameters.endWithin)
    while outcome == nil {
      guard let (time, happening) = calendar.next() else { throw fail("nothing happens any more") }
      now = max(now, time)
      guard now < limit else { throw fail("not done at \(now.nanoseconds / 1_000_000_000) s: \(story)") }
      try take(happening)
      steps += 1
      if parameters.crashWorkerAtStep == steps { crashWorker(steps % workers.count) }
      if parameters.crashCoordinatorAtStep == steps { endCoordinator() }
      if parameters.stopCoordinatorAtStep == steps { try stopCoordinator() }
      try checkStep()
      if changes >= parameters.checkInterval { try checkEverything() }
    }
    try checkEverything()
    try checkTable()
  }

  func fail(_ text: String) -> Failure {
    Failure(
      description:
        "\(text)\nseed \(parameters.seed), step \(steps); again with: bash Tests/simulate.sh --first \(parameters.seed) --seeds 1"
    )
  }

  private var story: String {
    let progress = scheduler.map { "\($0.progress(elapsed: now - Instant(nanoseconds: 0)))" } ?? "coordinator down"
    return "\(progress), stored \(storedCount)"
  }

  func seconds(of index: Int) -> Double { items[index].cost * 0.004 }

  func chance(_ probability: Double) -> Bool {
    probability > 0 && now < faultsEnd && Double.random(in: 0..<1, using: &generator) < probability
  }

  var faultsEnd: Instant { Instant(nanoseconds: 0) + .seconds(parameters.faultsEnd) }

  func random(_ range: ClosedRange<Double>) -> Span { .seconds(Double.random(in: range, using: &generator)) }
}
