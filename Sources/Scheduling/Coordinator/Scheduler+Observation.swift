package import Messaging
public import Sweeps

// What others may know of the machine.
extension Scheduler {
  /// A snapshot for people.
  public func progress(elapsed: Span) -> RunProgress {
    let isOver = counts.queued + counts.leased == 0
    return RunProgress(
      planned: work.items.count, committedBefore: counts.committedBefore,
      committedNow: counts.committedNow, failed: counts.failed,
      running: counts.leased + counts.committing, queued: counts.queued, workers: workerCount,
      elapsedSeconds: elapsed.seconds,
      remainingSeconds: isOver ? 0 : workerCount == 0 ? nil : remainingSeconds.map { $0 / Double(workerCount) })
  }

  /// Predicted seconds of one worker for all that is not done; nothing before the first trial is done.
  private var remainingSeconds: Double? {
    guard var seconds = queuedSeconds else { return nil }
    for key in workers.keys {
      for entry in workers[key]?.leases.entries ?? [] {
        // On average half of what is running is done.
        seconds += (model.predict(cost: work.items[entry.index].cost) ?? 0) / 2
      }
    }
    return seconds
  }

  /// Trials that were committed before this run.
  public var committedBefore: Int { counts.committedBefore }
  /// Trials that this run committed.
  public var committedNow: Int { counts.committedNow }
  /// Trials that were given up, by this run or an earlier one.
  public var failed: Int { counts.failed }
  /// Trials that have neither a committed result nor were given up.
  public var unfinished: Int { counts.queued + counts.leased + counts.committing }

  /// Whether a trial is leased to a worker.
  package func isLeased(_ index: Int, to worker: Identifier) -> Bool {
    workersByID[worker].map { isLeased(index, to: $0) } ?? false
  }

  /// Whether a worker had trials of an earlier coordinator, and has not come back yet.
  package func isAbsent(_ worker: Identifier) -> Bool {
    workersByID[worker].flatMap { workers[$0]?.isAbsent } ?? false
  }

  /// Whether a worker is registered, or expected to come back.
  var isAnybodyThere: Bool { !workers.isEmpty }
  /// Registered workers.
  public var workerCount: Int { workers.count - absentCount }
}
