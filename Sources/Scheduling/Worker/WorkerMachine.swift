public import Messaging

/// A worker's machine: what it holds, what it owes, and whom it knows. Pure, as the ``Scheduler`` is.
///
/// Messages are written at ``Event/tick``, which the shell gives after every batch of other events, so that results that
/// came together travel together.
public struct WorkerMachine {
  /// What can happen to a worker.
  public enum Event: Sendable {
    /// The coordinator's message arrived.
    case message(CoordinatorMessage)
    /// The compute thread began a trial.
    case started(Identifier)
    /// The compute thread ended a trial.
    case ended(TrialReport)
    /// The join file was looked for on connecting again. A coordinator that ends in good order removes it.
    case joinFile(exists: Bool)
    /// Leave in good order.
    case leave(reason: String)
    /// Time went by, or a batch of events is over.
    case tick
  }

  /// What a worker has to do.
  public enum Effect: Sendable, Hashable {
    /// Read the join file and connect a fresh socket, on which what follows is sent.
    case connect
    /// Send a message.
    case send(WorkerMessage)
    /// Queue trials for the compute thread.
    case execute([TrialAssignment])
    /// Take trials out of the compute thread's queue, and ask it to stop if one of them runs.
    case withdraw([Identifier])
    /// End.
    case exit(WorkerExit)
  }

  enum Mode: Sendable, Hashable {
    /// Waits for `welcome` since then.
    case connecting(since: Instant)
    case registered
    case gone
  }

  /// A leave in good order.
  struct Leave: Sendable, Hashable {
    var reason: String
    /// What runs may run until then.
    var deadline: Instant
    /// Whether it is the coordinator who wants it.
    var isRelease = false
    /// Whether what runs was told to stop.
    var hasWithdrawn = false
  }

  /// What runs was told to stop.
  struct Stopping: Sendable, Hashable {
    var since: Instant
    /// Because it ran longer than it may, which is reported.
    var isOverdue: Bool
  }

  let configuration: WorkerMachineConfiguration
  var mode: Mode
  var leaving: Leave?
  var session: UInt64 = 0
  /// When the coordinator was last heard of; before the first time, the start.
  var heardAt: Instant
  var wasWelcomed = false
  /// Since when the join file is known to be gone.
  var joinFileGoneSince: Instant?
  var heartbeatInterval: Span = .seconds(2)
  var silenceLimit: Span = .seconds(30)
  var spokeAt: Instant

  /// Trials not yet ended.
  var held = HeldTrials()
  /// The one that runs, since when, and the one that the coordinator was last told of.
  var running: Identifier?
  var runningSince: Instant
  var toldRunning: Identifier?
  /// How long a trial may run, if that is limited.
  var trialTimeLimit: Span?
  /// That the one that runs was told to stop, and why.
  var stopping: Stopping?
  /// The trial that does not stop.
  var hung: Identifier?
  /// The same until its report is acknowledged: who ends before that has not given it back, and is missed over it.
  var undeliveredHang: Identifier? { hung.flatMap { outbox.holds($0) ? $0 : nil } }
  /// What the coordinator is told to run.
  var occupant: Identifier? { running ?? undeliveredHang }
  var outbox = Outbox()
  var effects: [Effect] = []

  /// A worker that starts now.
  public init(configuration: WorkerMachineConfiguration, at now: Instant) {
    self.configuration = configuration
    mode = .connecting(since: now)
    heardAt = now
    spokeAt = now
    runningSince = now
  }

  /// The first effects of a worker.
  public mutating func start(at now: Instant) -> [Effect] {
    reconnect(at: now)
    defer { effects = [] }
    return effects
  }

  /// Takes an event and returns what is to be done about it, in order.
  public mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
    guard mode != .gone else { return [] }
    switch event {
    case .message(let message): receive(message, at: now)
    case .started(let id): start(id, at: now)
    case .ended(let report): end(report)
    case .joinFile(let exists): joinFileGoneSince = exists ? nil : joinFileGoneSince ?? now
    case .leave(let reason): beginLeave(reason, deadline: now, at: now)
    case .tick: tick(at: now)
    }
    // Not `removeAll(keepingCapacity:)`, which allocates as much again, for the caller still has these.
    defer { effects = [] }
    return effects
  }

  /// When this worker stops executing, if its time is limited.
  var executionEnd: Instant? {
    configuration.deadline.map { Instant(nanoseconds: $0.nanoseconds - configuration.deadlineMargin.nanoseconds) }
  }

  /// Next time to call ``Event/tick``, at the latest.
  public var nextTick: Instant {
    var next = spokeAt + heartbeatInterval
    if case .connecting(let since) = mode { next = since + configuration.welcomeTimeout }
    if let leaving {
      let waitsForTrial = running != nil && !leaving.hasWithdrawn
      next = min(next, waitsForTrial ? leaving.deadline : leaving.deadline + configuration.farewellTimeout)
    } else if let executionEnd {
      next = min(next, executionEnd)
    }
    if running != nil {
      if let stopping {
        next = min(next, stopping.since + configuration.hangGrace)
      } else if let trialTimeLimit {
        next = min(next, runningSince + trialTimeLimit)
      }
    }
    return next
  }

  private mutating func tick(at now: Instant) {
    // First, so that what is to be said of it is said now.
    watchTrial(at: now)
    switch mode {
    case .gone: return
    case .connecting(let since): waitForWelcome(since: since, at: now)
    case .registered:
      if now - heardAt > silenceLimit { reconnect(at: now) } else { speak(at: now) }
    }
    if leaving == nil, let executionEnd, now >= executionEnd {
      beginLeave("its time is nearly over", deadline: now, at: now)
    }
    if let leaving { leave(leaving, at: now) }
  }

  private mutating func waitForWelcome(since: Instant, at now: Instant) {
    let patience = wasWelcomed ? configuration.coordinatorPatience : configuration.joinTimeout
    if now - heardAt >= patience {
      exit(wasWelcomed ? .coordinatorLost : .cannotJoin)
    } else if wasWelcomed, let gone = joinFileGoneSince, now - gone >= configuration.joinFilePatience {
      exit(.coordinatorEnded)
    } else if now - since >= configuration.welcomeTimeout {
      reconnect(at: now)
    }
  }

  mutating func reconnect(at now: Instant) {
    mode = .connecting(since: now)
    effects.append(.connect)
    greet(at: now)
  }

  mutating func greet(at now: Instant) {
    session += 1
    spokeAt = now
    toldRunning = occupant
    let identity = configuration.identity
    effects.append(
      .send(
        .hello(
          .init(
            worker: identity.id, session: session, name: identity.name, host: identity.host, pid: identity.pid,
            build: configuration.build, sweep: configuration.sweepHash, capacity: configuration.capacity,
            held: held.inOrder + (undeliveredHang.map { [$0] } ?? []),
            running: running.map { held.contains($0) ? $0 : nil } ?? undeliveredHang,
            finished: outbox.trials(max: MessageLimits.capacityMax).filter { $0 != undeliveredHang },
            remainingMilliseconds: remainingMilliseconds(at: now)))))
  }

  private func remainingMilliseconds(at now: Instant) -> UInt64? {
    if hung != nil { return 0 }
    return executionEnd.map { min(UInt64(max(0, ($0 - now).milliseconds)), MessageLimits.longMillisecondsMax) }
  }

  mutating func exit(_ exit: WorkerExit) {
    mode = .gone
    effects.append(.exit(exit))
  }

  /// Whether a good result of a trial waits to be acknowledged: for tests.
  package func owesResult(of trial: Identifier) -> Bool { outbox.holdsResult(of: trial) }

  /// Whether it leaves for another reason than a trial that does not stop: for tests.
  package var isLeaving: Bool { leaving != nil && hung == nil }

  /// The first broken invariant, if any is: for tests.
  package func invariantViolation() -> String? {
    if held.count > MessageLimits.capacityMax { return "\(held.count) trials are held" }
    if outbox.count > configuration.capacity + MessageLimits.capacityMax { return "\(outbox.count) results wait" }
    if let running, held.contains(running), outbox.holds(running) { return "trial \(running) runs and has ended" }
    return nil
  }
}
