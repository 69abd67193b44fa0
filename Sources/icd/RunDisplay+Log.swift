import Reports
import Scheduling
import Sweeps

// What goes into the log.
extension RunDisplay {
  /// Seconds between two entries that say how far the run is.
  private static let progressInterval = 10.0

  /// The entry for a notice; nothing for progress that was logged a moment ago.
  func entry(for notice: RunNotice) -> LogEntry? {
    switch notice {
    case .listening(let endpoints):
      return LogEntry(
        level: .info, event: "listening", message: "listening on \(endpoints.joined(separator: ", "))",
        fields: [("sweep", .text(plan.sweep.name)), ("directory", .text(directory))])
    case .progress(let snapshot):
      if let last = lastLoggedSeconds, snapshot.elapsedSeconds - last < Self.progressInterval { return nil }
      lastLoggedSeconds = snapshot.elapsedSeconds
      return Self.entry(for: snapshot)
    case .workerJoined(let worker):
      return LogEntry(
        level: .info, event: "worker_joined", message: "worker \(worker.name) joined", fields: Self.fields(of: worker))
    case .workerLeft(let worker, let reason):
      return LogEntry(
        level: .info, event: "worker_left", message: "worker \(worker.name) left: \(reason)",
        fields: Self.fields(of: worker))
    case .hostPaused(let host, let seconds, let reason):
      return LogEntry(
        level: .warning, event: "host_paused", message: reason,
        fields: [("host", .text(host)), ("seconds", .number(seconds))])
    case .hostResumed(let host):
      return LogEntry(
        level: .info, event: "host_resumed", message: "\(host) is given trials again", fields: [("host", .text(host))])
    case .fault(let fault): return entry(for: fault)
    case .storeTrouble(let reason?): return LogEntry(level: .error, event: "store_fails", message: reason)
    case .storeTrouble(nil): return LogEntry(level: .info, event: "store_works", message: "the store works again")
    case .stopping(let atOnce):
      return LogEntry(level: .info, event: "stopping", message: atOnce ? "stopping at once" : "stopping in good order")
    case .timeIsUp(let end):
      return LogEntry(level: .info, event: "stopping", message: "stopping, to have ended by \(end.text)")
    case .processTrouble(let text): return LogEntry(level: .warning, event: "process_ended", message: text)
    case .expecting(let workers, let seconds):
      return LogEntry(
        level: .info, event: "expecting", message: Self.expectation(of: workers, seconds),
        fields: [("workers", .count(workers)), ("seconds_max", .count(seconds))])
    case .information(let text): return LogEntry(level: .info, event: "information", message: text)
    case .rejected(let rejection):
      return LogEntry(
        level: .warning, event: "peer_rejected", message: rejection.description,
        fields: [("reason", .text(rejection.reason.rawValue)), ("count", .count(rejection.count))])
    }
  }

  private func entry(for fault: TrialFault) -> LogEntry {
    let trial = plan.trials[fault.index]
    return LogEntry(
      level: fault.isFinal ? .error : .warning, event: fault.isFinal ? "trial_failed" : "attempt_failed",
      message: fault.message,
      fields: [
        ("trial", .text(trial.id.description)), ("parameters", .text(plan.summary(of: trial))),
        ("kind", .text(fault.kind)), ("attempt", .count(fault.attempt)),
      ] + Self.fields(of: fault.worker))
  }

  /// The entry for a snapshot.
  static func entry(for progress: RunProgress) -> LogEntry {
    LogEntry(
      level: .info, event: "progress", message: ProgressText(progress).line,
      fields: [
        ("planned", .count(progress.planned)), ("done", .count(progress.committedBefore + progress.committedNow)),
        ("failed", .count(progress.failed)), ("running", .count(progress.running)), ("queued", .count(progress.queued)),
        ("workers", .count(progress.workers)), ("elapsed_seconds", .number(progress.elapsedSeconds)),
      ])
  }

  private static func fields(of worker: WorkerIdentity) -> [(name: String, value: LogEntry.Value)] {
    [("worker", .text(worker.name)), ("host", .text(worker.host)), ("pid", .count(Int(clamping: worker.pid)))]
  }
}

extension RunDisplay {
  static func expectation(of workers: Int, _ seconds: Int) -> String {
    "\(workers) \(workers == 1 ? "worker" : "workers") of the run before this one may come back; "
      + "what they have waits up to \(seconds) s for them"
  }
}
