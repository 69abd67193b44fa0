import Messaging

// What those who look on may know of the machine.
extension Scheduler {
  /// A registered worker at one moment.
  struct WorkerSnapshot: Sendable, Hashable {
    var identity: WorkerIdentity
    /// The trial that it reported to run, and for how long.
    var running: Int?
    var runningTime: Span
    /// Trials leased to it.
    var held: Int
    /// Since it was last heard of.
    var silence: Span
  }

  /// All registered workers, in the order in which they came.
  func workerSnapshots(at now: Instant) -> [WorkerSnapshot] {
    let none = Span.seconds(0)
    var snapshots: [WorkerSnapshot] = []
    for key in workers.keys {
      guard let worker = workers[key], !worker.isAbsent else { continue }
      snapshots.append(
        WorkerSnapshot(
          identity: worker.identity, running: worker.running,
          runningTime: worker.running == nil ? none : max(now - worker.runningSince, none),
          held: worker.leases.count, silence: max(now - worker.heardAt, none)))
    }
    return snapshots
  }

  /// Trials that were given up because they cost too many workers, or took too long too often.
  package var quarantined: Int { quarantine.count { phases[$0] == .failed } }

  /// What the run is doing.
  var state: RunStatus.State {
    switch mode {
    case .finished: .finished
    case .draining: .draining
    case .running: trouble == nil ? .running : .storeTrouble
    }
  }
}
