import Messaging
import Scheduling

// What is acknowledged is in the store, as the coordinator says it and as a worker hears it.
extension Simulation {
  private static let transientKinds: Set<String> = [TrialReport.cancelledKind, TrialReport.timeoutKind]

  /// Trials that an answer to a message may acknowledge although nothing of them is stored.
  ///
  /// A report is acknowledged when nothing more will come of it. Of a good result, that is when it is stored; of a failure,
  /// when the trial is given up and that is stored. Closed at once are only failures that end nothing, and only toward
  /// who reported them: `cancelled`, a `timeout` that is not the last strike, and any failure from a worker that does
  /// not have the trial (any more). While the trial is on the way into the store, even those wait.
  func closable(by event: Scheduler.Event) -> Set<Int> {
    guard case .message(.results(let reports, _), let route) = event, let life = lives[route.number] else { return [] }
    let sender = Identifier(high: 9, low: UInt64(life))
    var closable: Set<Int> = []
    for report in reports {
      guard case .failure(let kind, _) = report.outcome else { continue }
      let trial = Int(report.trial.low)
      let isHolder = scheduler?.isLeased(trial, to: sender) ?? false
      if Self.transientKinds.contains(kind) || !isHolder, !isCommitting(trial) { closable.insert(trial) }
    }
    return closable
  }

  /// Whether a result or a final fault of a trial is on the way into the store.
  private func isCommitting(_ trial: Int) -> Bool {
    pending[trial] != nil || pendingFaults.contains { $0.index == trial && $0.isFinal }
  }

  func checkDurable(_ ids: [Identifier], closable: Set<Int>) throws {
    for id in ids {
      let index = Int(id.low)
      if stored[index] != nil || faulted.contains(index) { continue }
      // The last strike was noted before.
      if closable.contains(index), !isCommitting(index) { continue }
      throw fail("trial \(index) is acknowledged and not stored")
    }
  }

  /// Gives a worker a message; a good result that it forgets must be in the store.
  func hear(_ message: CoordinatorMessage, by index: Int) throws {
    guard case .acknowledge(let ids) = message else { return give(.message(message), to: index) }
    let owed = ids.filter { workers[index].machine.owesResult(of: $0) }
    give(.message(message), to: index)
    for id in owed where !workers[index].machine.owesResult(of: id) {
      let trial = Int(id.low)
      let isKept = stored[trial] != nil || parameters.nature(of: trial) == .malformed && faulted.contains(trial)
      if !isKept { throw fail("worker \(index) is told to forget its result of trial \(trial), which is not stored") }
    }
  }
}
