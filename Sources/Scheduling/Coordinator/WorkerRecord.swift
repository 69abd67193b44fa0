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
  /// When it was last heard of.
  var heardAt: Instant
  /// Trials leased to it, in the order of execution.
  var leases: [Int] = []
  /// Those of them that it has finished and is about to deliver.
  var delivering: Set<Int> = []
  /// The one that it reported to run.
  var running: Int?
  /// Since when.
  var runningSince: Instant
  /// When trials were last handed to it, or came back.
  var movedAt: Instant

  /// The trial that is executing, as far as can be known: the one that was reported, or else the first in line.
  var executing: Int? { running ?? leases.first { !delivering.contains($0) } }

  /// Ends the lease of a trial; false if there was none.
  mutating func remove(_ index: Int) -> Bool {
    // Results come in the order of execution, so this is nearly always the first.
    guard let place = leases.firstIndex(of: index) else { return false }
    leases.remove(at: place)
    delivering.remove(index)
    if running == index { running = nil }
    return true
  }
}
