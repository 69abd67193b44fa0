import Messaging
import Scheduling

/// The two machines in one world of virtual time, with a network, a store and processes that fail as the seed says.
///
/// Nothing in it depends on anything but its parameters, so a seed that fails can be run again.
final class Simulation {
  struct Parameters {
    var seed: UInt64
    var trials = 200
    var workers = 8
    var attemptsMax = 1_000
    /// Trials that kill every worker that executes them, and trials that throw.
    var poison: Set<Int> = []
    var throwing: Set<Int> = []
    var faults = FaultRates()
    /// No fault happens after that second, and the run must end so long after it.
    var faultsEnd = 120.0
    var endWithin = 400.0
  }

  /// Probabilities for each message, and expected events for each second.
  struct FaultRates {
    var drop = 0.0, duplicate = 0.0, reorder = 0.0, longDelay = 0.0
    var workerCrash = 0.0, workerPause = 0.0, coordinatorCrash = 0.0, coordinatorPause = 0.0, partition = 0.0
    var disconnect = 0.0, storeFailure = 0.0
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  enum Happening {
    case toCoordinator(WorkerMessage, route: UInt32, life: Int)
    case toWorker(CoordinatorMessage, worker: Int, route: UInt32)
    case workerTick(Int, life: Int)
    case computed(Int, life: Int, turn: Int)
    case respawn(Int)
    case processEnded(pid: UInt64, life: Int)
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
  var stored: [Int: MessagePackValue] = [:]
  var faulted: Set<Int> = []
  var strikes: [Int: Int] = [:]

  var scheduler: Scheduler?
  var coordinatorLife = 0
  var coordinatorPausedUntil = Instant(nanoseconds: 0)
  var pendingResults: [(Int, TrialReport)] = []
  var pendingFaults: [TrialFault] = []
  var storeIsWaiting = false
  var outcome: Scheduler.Outcome?
  /// Whether the scheduler took an event since its invariants were looked at.
  var isChanged = false

  var workers: [Worker] = []
  var nextRoute: UInt32 = 1
  var nextPid: UInt64 = 1
  /// Which worker a route leads to, and the last delivery on each way, for order.
  var routes: [UInt32: Int] = [:]
  var lastDelivery: [UInt64: Instant] = [:]

  // What is counted.
  var poisoned: [Int: Int] = [:]
  var executions = 0
  var steps = 0

  init(_ parameters: Parameters) {
    self.parameters = parameters
    generator = SeededGenerator(seed: parameters.seed)
    var costs = SeededGenerator(seed: parameters.seed ^ 0xc057)
    items = TestWork.items(parameters.trials) { _ in [1, 10, 100, 3_000].randomElement(using: &costs) ?? 1 }
    work = WorkList(items)
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
      if isChanged, let violation = scheduler?.invariantViolation() { throw fail(violation) }
      isChanged = false
    }
    try checkTable()
  }

  func fail(_ text: String) -> Failure { Failure(description: "seed \(parameters.seed), step \(steps): \(text)") }

  private var story: String {
    let progress = scheduler.map { "\($0.progress(elapsed: now - Instant(nanoseconds: 0)))" } ?? "coordinator down"
    return "\(progress), stored \(stored.count)"
  }

  /// What is stored is what a run without faults stores.
  private func checkTable() throws {
    for index in items.indices {
      let isExpected = !parameters.poison.contains(index) && !parameters.throwing.contains(index)
      if isExpected && stored[index] != .uint(UInt64(index)) { throw fail("trial \(index) is not in the table") }
      if !isExpected && stored[index] != nil { throw fail("trial \(index) has a result and should have none") }
      if !isExpected && !faulted.contains(index) { throw fail("the failure of trial \(index) is not stored") }
    }
  }

  func seconds(of index: Int) -> Double { items[index].cost * 0.004 }

  func chance(_ probability: Double) -> Bool {
    probability > 0 && now < faultsEnd && Double.random(in: 0..<1, using: &generator) < probability
  }

  var faultsEnd: Instant { Instant(nanoseconds: 0) + .seconds(parameters.faultsEnd) }

  func random(_ range: ClosedRange<Double>) -> Span { .seconds(Double.random(in: range, using: &generator)) }
}

/// What is to happen, soonest first; what was added first, among equals.
struct Calendar {
  private struct Entry {
    var time: Instant
    var number: Int
    var happening: Simulation.Happening

    static func < (left: Entry, right: Entry) -> Bool { (left.time, left.number) < (right.time, right.number) }
  }

  private var heap: [Entry] = []
  private var count = 0

  mutating func add(_ happening: Simulation.Happening, at time: Instant) {
    heap.append(Entry(time: time, number: count, happening: happening))
    count += 1
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (Instant, Simulation.Happening)? {
    guard let first = heap.first else { return nil }
    heap[0] = heap[heap.count - 1]
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != parent else { break }
      heap.swapAt(least, parent)
      parent = least
    }
    return (first.time, first.happening)
  }
}
