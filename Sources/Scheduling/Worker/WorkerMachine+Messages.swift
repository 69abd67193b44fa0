import Messaging

// What a worker hears and says.
extension WorkerMachine {
  mutating func receive(_ message: CoordinatorMessage, at now: Instant) {
    switch message {
    case .welcome(let welcome): receive(welcome, at: now)
    case .refuse(let code, let text): exit(.refused(code, message: text))
    case .stop(let reason):
      effects.append(.send(.goodbye(reason: "told to stop")))
      exit(.finished(reason: reason))
    case .rejoin:
      // A coordinator is there, whatever became of the file.
      joinFileGoneSince = nil
      mode = .connecting(since: now)
      greet(at: now)
    case .assign(let assignments): hear(at: now) { $0.accept(assignments) }
    case .acknowledge(let trials): hear(at: now) { $0.outbox.remove(trials) }
    case .cancel(let trials): hear(at: now) { $0.withdraw(trials, at: now) }
    case .heartbeat: hear(at: now) { _ in }
    case .drain(let milliseconds):
      hear(at: now) {
        $0.beginLeave("the coordinator stops", deadline: now + .milliseconds(Int64(milliseconds)), at: now)
        $0.leaving?.isRelease = true
      }
    }
  }

  /// Does what a coordinator says that this worker is registered with. Before `welcome`, only what cannot harm: an
  /// acknowledgement is true whenever it arrives, but an `assign` may have been taken back.
  private mutating func hear(at now: Instant, _ action: (inout WorkerMachine) -> Void) {
    guard mode == .registered else { return }
    heardAt = now
    action(&self)
  }

  private mutating func receive(_ welcome: CoordinatorMessage.Welcome, at now: Instant) {
    guard case .connecting = mode, welcome.session == session else { return }
    mode = .registered
    wasWelcomed = true
    joinFileGoneSince = nil
    heardAt = now
    heartbeatInterval = .milliseconds(Int64(welcome.heartbeatMilliseconds))
    silenceLimit = .milliseconds(Int64(welcome.silenceLimitMilliseconds))
    trialTimeLimit = welcome.trialTimeLimitMilliseconds.map { .milliseconds(Int64($0)) }
    withdraw(welcome.drop, at: now)
    outbox.rewind()
  }

  private mutating func accept(_ assignments: [TrialAssignment]) {
    guard leaving == nil else { return }
    var fresh: [TrialAssignment] = []
    for assignment in assignments where !outbox.holds(assignment.trial) && !held.contains(assignment.trial) {
      guard running != assignment.trial, held.count < MessageLimits.capacityMax else { continue }
      held.append(assignment.trial, attempt: assignment.attempt)
      fresh.append(assignment)
    }
    if !fresh.isEmpty { effects.append(.execute(fresh)) }
  }

  private mutating func withdraw(_ trials: [Identifier], at now: Instant) {
    // That it hangs is nobody's business any more.
    if let hung, trials.contains(hung) { outbox.remove([hung]) }
    let unwanted = Set(trials.filter { held.contains($0) })
    guard !unwanted.isEmpty else { return }
    held.remove(unwanted)
    if let running, unwanted.contains(running), stopping == nil {
      stopping = Stopping(since: now, isOverdue: false)
    }
    effects.append(.withdraw(unwanted.sorted()))
  }

  /// Sends what is to be sent: results first, else that it lives.
  mutating func speak(at now: Instant) {
    if outbox.isOverdue(at: now, after: configuration.resendInterval) { outbox.rewind() }
    while true {
      let reports = outbox.takeUnsent(at: now)
      guard !reports.isEmpty else { break }
      effects.append(.send(.results(reports, running: occupant)))
      toldRunning = occupant
      spokeAt = now
    }
    let hasStarted = occupant != nil && occupant != toldRunning
    if hasStarted || now - spokeAt >= heartbeatInterval {
      effects.append(.send(.heartbeat(running: occupant, held: held.count + (undeliveredHang == nil ? 0 : 1))))
      toldRunning = occupant
      spokeAt = now
    }
  }

  /// Starts to leave: what is queued is dropped at once, what runs may run until the deadline.
  mutating func beginLeave(_ reason: String, deadline: Instant, at now: Instant) {
    if let leaving, leaving.deadline <= deadline { return }
    leaving = Leave(reason: reason, deadline: deadline)
    withdraw(held.inOrder.filter { $0 != running }, at: now)
  }

  mutating func leave(_ leave: Leave, at now: Instant) {
    guard mode != .gone else { return }
    if let running, now >= leave.deadline, !leave.hasWithdrawn {
      leaving?.hasWithdrawn = true
      withdraw([running], at: now)
    }
    let isReady = running == nil && outbox.isEmpty
    guard isReady || now - leave.deadline >= configuration.farewellTimeout else { return }
    // Also before `welcome`: the coordinator may have registered it, and would wait for it. To a stranger it is nothing.
    // A goodbye gives back what it has, as if nothing had happened to it: not what hung, if that is not known.
    if undeliveredHang == nil {
      effects.append(.send(.goodbye(reason: MessageLimits.clip(leave.reason, toBytes: 255))))
    }
    exit(hung.map { .hung($0) } ?? (leave.isRelease ? .released : .drained(reason: leave.reason)))
  }
}
