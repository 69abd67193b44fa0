import Messaging

// Trials begin, end, and do not end.
extension WorkerMachine {
  mutating func start(_ trial: Identifier, at now: Instant) {
    running = trial
    runningSince = now
    stopping = nil
  }

  mutating func end(_ report: TrialReport) {
    // The thread of a trial that was given up as hung came back too late: the process is about to end.
    guard report.trial != hung else { return }
    let attempt = held.attempt(of: report.trial)
    let wasHeld = held.remove(report.trial)
    var isOverdue = false
    if running == report.trial {
      running = nil
      isOverdue = stopping?.isOverdue == true
      stopping = nil
    }
    // A trial that was withdrawn and stopped is nobody's business any more.
    if !wasHeld && report.isCancelled { return }
    guard isOverdue, report.isCancelled else { return outbox.add(report) }
    var timeout = report
    timeout.attempt = attempt ?? report.attempt
    timeout.outcome = .failure(kind: TrialReport.timeoutKind, message: overdueText("and was stopped"))
    outbox.add(timeout)
  }

  /// Tells a trial to stop that ran too long, and gives up one that does not stop.
  mutating func watchTrial(at now: Instant) {
    guard mode != .gone, let running else { return }
    if let stopping {
      if now - stopping.since >= configuration.hangGrace { abandon(running, after: stopping, at: now) }
    } else if let trialTimeLimit, now - runningSince >= trialTimeLimit {
      stopping = Stopping(since: now, isOverdue: true)
      effects.append(.withdraw([running]))
    }
  }

  /// The thread is lost to a trial that does not stop: says so, if the trial is still this worker's, and leaves.
  private mutating func abandon(_ trial: Identifier, after stopping: Stopping, at now: Instant) {
    let attempt = held.attempt(of: trial)
    if held.remove(trial), stopping.isOverdue {
      outbox.add(
        TrialReport(
          trial: trial, attempt: attempt ?? 0, startedAt: 0, seconds: max(0, (now - runningSince).seconds),
          outcome: .failure(
            kind: TrialReport.timeoutKind, message: overdueText("and did not stop; its process ended itself"))))
    }
    running = nil
    self.stopping = nil
    hung = trial
    beginLeave("trial \(trial) does not stop", deadline: now, at: now)
  }

  private func overdueText(_ ending: String) -> String {
    let limit = trialTimeLimit.map { " of \($0.seconds) s" } ?? ""
    return "ran longer than its time limit\(limit), \(ending)"
  }
}
