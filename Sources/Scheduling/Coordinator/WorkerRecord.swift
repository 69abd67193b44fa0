import Messaging

/// What the coordinator knows of a registered worker.
struct WorkerRecord: Sendable, Hashable {
  var identity: WorkerIdentity
  /// Its connection; nothing after a message could not be sent, until it says `hello` again.
  var route: Route?
  /// The highest session that it said `hello` with.
  var session: UInt64
  /// Trials that it can hold.
  var capacity: Int
  /// When it stops executing, if its time is limited.
  var deadline: Instant?
  /// When it was last heard of.
  var heardAt: Instant
  /// Trials leased to it, in the order of execution.
  var leases = LeaseList()
  /// The one that it reported to run.
  var running: Int?
  /// Since when.
  var runningSince: Instant
  /// When trials were last handed to it, or came back.
  var movedAt: Instant
  var speed = WorkerSpeed()
  /// Whether it reported that its trial does not stop. It is about to end, takes nothing any more, and that was counted
  /// against its machine.
  var isHung = false
  /// Whether it was with an earlier coordinator, and has not come back yet.
  var isAbsent = false
  /// Whether it is to be stored anew what it holds.
  var hasNewHolding = false
  /// Whether it is stored, or about to be, that it holds something.
  var isHolding = false

  /// The trial that is executing, as far as can be known: the one that was reported, or else the first in line.
  var executing: Int? { running ?? leases.firstHeld }

  /// Ends the lease of a trial; false if there was none.
  mutating func remove(_ index: Int) -> Bool {
    guard leases.remove(index) else { return false }
    if running == index { running = nil }
    return true
  }
}

/// The trials leased to a worker, in the order of execution, with the seconds that each was predicted to take.
struct LeaseList: Sendable, Hashable {
  /// One of them.
  struct Entry: Sendable, Hashable {
    var index: Int
    /// Predicted when it was leased.
    var seconds: Double
    var stage: Stage

    /// Whether the worker has finished it and is about to deliver.
    var isDelivering: Bool { stage == .delivering }
  }

  /// How far a lease is.
  enum Stage: Sendable, Hashable {
    /// It is sent when it is stored who is to have it.
    case planned
    /// The worker has it, or will.
    case held
    /// The worker has finished it and is about to deliver.
    case delivering
  }

  /// What counts as the seconds of a trial before anything is known: more than any horizon.
  static let unknownSeconds = 1e9

  private(set) var entries: [Entry] = []
  /// Predicted seconds of those that are not delivered.
  private(set) var seconds = 0.0
  /// How many are planned, which are the last ones.
  private(set) var plannedCount = 0

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  /// The first that the worker has and has not finished.
  var firstHeld: Int? { entries.first { $0.stage == .held }?.index }
  /// What the worker may be lost over, in the order of execution, with what is about to be sent.
  var atRisk: [Int] { entries.compactMap { $0.isDelivering ? nil : $0.index } }
  /// What is to be sent when it is stored who is to have it.
  var planned: ArraySlice<Entry> { entries.suffix(plannedCount) }

  func contains(_ index: Int) -> Bool { entries.contains { $0.index == index } }

  /// Adds one behind all others; behind what is planned only what is planned.
  mutating func append(_ entry: Entry) {
    entries.append(entry)
    if entry.stage == .planned { plannedCount += 1 }
    if !entry.isDelivering { seconds += entry.seconds }
  }

  mutating func remove(_ index: Int) -> Bool {
    // Results come in the order of execution, so this is nearly always the first.
    guard let place = entries.firstIndex(where: { $0.index == index }) else { return false }
    let entry = entries.remove(at: place)
    if entry.stage == .planned { plannedCount -= 1 }
    if !entry.isDelivering { seconds -= entry.seconds }
    // The sum is kept by adding and subtracting; when nothing is left, its rounding errors are cleared.
    if entries.isEmpty { seconds = 0 }
    return true
  }

  /// What was planned is sent.
  mutating func send() {
    for place in entries.indices.suffix(plannedCount) { entries[place].stage = .held }
    plannedCount = 0
  }
}
