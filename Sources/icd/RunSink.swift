import Foundation
import Messaging
import Results
import Scheduling
import Sweeps

/// The store as a coordinator uses it: it also writes down the sweep and the run.
///
/// The coordinator asks first what is there, when it holds the directory's lock; that is when the run begins.
final class RunSink: ResultSink {
  private let store: ResultStore
  private let plan: SweepPlan
  private let sweepPath: String
  private let workers: Int
  private let trials: TrialSink
  private var run: ResultStore.RunID?

  /// A sink into a store, for the trials of a plan.
  init(_ store: ResultStore, plan: SweepPlan, sweepPath: String, workers: Int) {
    self.store = store
    self.plan = plan
    self.sweepPath = sweepPath
    self.workers = workers
    trials = TrialSink(store, trials: plan.trials, build: Version.description)
  }

  func prior() throws -> PriorWork {
    let now = Date().timeIntervalSince1970
    let sweep = plan.sweep
    try store.recordSweep(
      SweepRecord(name: sweep.name, text: sweep.text, hash: sweep.hash, path: sweepPath), at: now)
    run = try store.beginRun(
      RunRecord(
        host: HostName.current, pid: Int(ProcessInfo.processInfo.processIdentifier), workers: workers,
        versions: Version.all, startedAt: now),
      ofSweep: sweep.hash)
    return try trials.prior()
  }

  func digest(of index: Int) throws -> String? { try trials.digest(of: index) }

  func store(_ records: RunRecords) throws { try trials.store(records) }
  func check() throws { try trials.check() }

  /// Writes down how the run ended.
  func end(_ outcome: Scheduler.Outcome) throws {
    guard let run else { return }
    let word =
      switch outcome {
      case .complete: "complete"
      case .interrupted: "interrupted"
      case .tooManyFailures: "too many failures"
      }
    try store.endRun(run, outcome: word, at: Date().timeIntervalSince1970)
  }
}
