import Messaging

/// The coordinator's machine: which trial is where, and what is to be sent, stored and said next.
///
/// Pure: `handle(_:at:)` is the only way in which it changes, and it knows no socket, file, thread or clock. The states
/// and their transitions are drawn in `docs/protocol.md`.
public struct Scheduler {
  /// Where a trial is.
  enum Phase: Sendable, Hashable {
    /// Waits to be handed out.
    case queued
    /// Handed to the worker of that key, and perhaps to the one that `hedges` names.
    case leased(Int)
    /// Its result, or its final fault, is on the way into the store.
    case committing(isFault: Bool)
    /// Its result is durable.
    case committed
    /// Given up.
    case failed
  }

  /// What the whole run is doing.
  enum Mode: Sendable, Hashable {
    case running
    /// Waits for workers to leave, until then.
    case draining(until: Instant, Outcome)
    case finished(Outcome)
  }

  /// Trouble with the store.
  struct StoreTrouble: Sendable, Hashable {
    var delay: Span
    /// When to try again; nothing while a try is under way.
    var retryAt: Instant?
  }

  let configuration: SchedulerConfiguration
  let work: WorkList

  var phases: [Phase]
  /// Attempts that cost a worker or took too long, for every trial that was with a worker that was lost: a suspect.
  var strikes: [Int: Int] = [:]
  /// The number of the last fault of this run that was written down for a trial: a store takes one for each number.
  var faultNumbers: [Int: Int] = [:]
  /// Trials that were given up because they cost too many workers, or took too long too often.
  var quarantine: Set<Int> = []
  /// Trials that were with a worker that was lost over another one, as far as could be known.
  var bystanders: Set<Int> = []
  var queue: TrialQueue
  /// Trials that are suspects, which travel alone.
  var suspects: TrialQueue
  /// The second worker that has a trial, for those that have one.
  var hedges: [Int: Int] = [:]
  /// Trials that are committing, and who waits for the acknowledgement.
  var awaiting: [Int: [Route]] = [:]

  var workers = WorkerTable()
  var workersByRoute: [Route: Int] = [:]
  var workersByID: [Identifier: Int] = [:]
  /// Workers of an earlier coordinator that have not come back yet.
  var absentCount = 0
  /// Workers of which it is to be stored anew what they hold.
  var newHoldings: [Int] = []
  /// Workers that are to be sent trials when that is stored, and some that no longer are.
  var planned: [Int] = []
  /// Workers that hold nothing because there was nothing for them.
  var hungry: BitSet
  var hosts: HostHealth
  /// No worker can have been silent for too long before that.
  var silenceCheckAt: Instant?
  /// When stragglers are next looked for.
  var hedgeCheckAt: Instant?

  var counts: Counts
  /// Cost of the trials that are queued, by class.
  var queuedCosts = [Double](repeating: 0, count: CostModel.classCount)
  var model = CostModel()
  var mode = Mode.running
  var trouble: StoreTrouble?
  var lastEventAt: Instant?
  /// Effects of the event that is being handled.
  var effects: [Effect] = []
  /// Whether the event may have brought together a trial that waits and a worker that holds nothing.
  var mustSupply = false

  /// How many trials are in each phase.
  struct Counts: Sendable, Hashable {
    var committedBefore = 0
    var failedBefore = 0
    var queued = 0
    var leased = 0
    var committing = 0
    var committedNow = 0
    var failed = 0
  }

  /// A run over the given work, of which some may have been done before.
  public init(configuration: SchedulerConfiguration, work: WorkList, prior: PriorWork) {
    self.configuration = configuration
    self.work = work
    phases = work.items.map { item in
      prior.committed.contains(item.id) ? .committed : prior.failed.contains(item.id) ? .failed : .queued
    }
    counts = Counts()
    queue = TrialQueue(work.order)
    suspects = TrialQueue(work.order)
    hungry = BitSet(capacity: configuration.workersMax + prior.holdings.count)
    hosts = HostHealth(configuration)
    quarantine = Set(prior.quarantined.compactMap { work.position(of: $0) })
    for (id, count) in prior.strikes {
      if let index = work.position(of: id), phases[index] == .queued { strikes[index] = count }
    }
    for id in prior.bystanders {
      guard let index = work.position(of: id), phases[index] == .queued else { continue }
      strikes[index, default: 0] += 0
      bystanders.insert(index)
    }
    for (index, phase) in phases.enumerated() { count(phase, by: 1, index) }
    counts.committedBefore = counts.committedNow
    counts.committedNow = 0
    counts.failedBefore = counts.failed
    for holding in prior.holdings { expect(holding) }
  }

  /// Takes an event and returns what is to be done about it, in order.
  public mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
    absorbPause(now)
    switch event {
    case .message(let message, let route): receive(message, from: route, at: now)
    case .malformedFrame(let error, let route): receiveMalformed(error, from: route)
    case .unreachable(let route): disconnect(route)
    case .processEnded(let pid, let host, let detail):
      if let key = worker(pid: pid, host: host) { lose(key, because: detail, at: now) }
    case .processStopped(let pid, let host, let detail):
      if let key = worker(pid: pid, host: host) { forget(key, because: detail) }
    case .absentEnded(let id, let detail, let isLost):
      if let key = workersByID[id], workers[key]?.isAbsent == true {
        if isLost { lose(key, because: detail, at: now) } else { forget(key, because: detail) }
      }
    case .stored(let indices): stored(indices, at: now)
    case .storeFailed(let reason): storeFailed(reason, at: now)
    case .malformedResult(let index, let reason, let worker): malformedResult(index, reason: reason, by: worker)
    case .mismatch(let index, let reason, let worker): mismatch(index, reason: reason, by: worker)
    case .tick: tick(at: now)
    case .drain: drain(toward: .interrupted, at: now)
    case .stop: finish(.interrupted)
    }
    if mustSupply { supplyHungry(at: now) }
    finishIfDone()
    sayHoldings()
    // Not `removeAll(keepingCapacity:)`, which allocates as much again, for the caller still has these.
    defer { effects = [] }
    return effects
  }

  /// If the coordinator's own process was stopped, nobody is given up for the silence of that time.
  private mutating func absorbPause(_ now: Instant) {
    defer { lastEventAt = max(now, lastEventAt ?? now) }
    guard let last = lastEventAt else { return awaitAbsent(from: now) }
    guard now - last > configuration.silenceLimit / 2 else { return }
    let pause = now - last
    for key in workers.keys { workers[key]?.heardAt.advance(by: pause) }
  }

  private mutating func tick(at now: Instant) {
    if let trouble, let retryAt = trouble.retryAt, now >= retryAt {
      self.trouble?.retryAt = nil
      effects.append(.retryStore)
    }
    loseTheSilent(at: now)
    resumeHosts(at: now)
    hedgeStragglers(at: now)
    if case .draining(let until, let outcome) = mode, now >= until { finish(outcome) }
  }

  /// Ends the run in good order: nothing more is handed out, and workers are waited for.
  mutating func drain(toward outcome: Outcome, at now: Instant) {
    guard mode == .running else { return }
    mode = .draining(until: now + configuration.drainGrace + configuration.farewellTimeout, outcome)
    for key in workers.keys { sendDrain(to: key, at: now) }
  }

  /// Lets a worker's trial finish if it is predicted to end within the grace.
  mutating func sendDrain(to key: Int, at now: Instant) {
    guard let worker = workers[key], let route = worker.route else { return }
    // Its report may still be on the way: then what it executes has just begun.
    let since = worker.running == nil ? now : worker.runningSince
    let remaining = worker.executing.map { index in
      (predict(index, on: worker) ?? .infinity) - (now - since).seconds
    }
    let grace = configuration.drainGrace
    let finishWithin = (remaining ?? 0) <= grace.seconds ? grace.milliseconds : 0
    effects.append(.send(.drain(finishWithinMilliseconds: UInt64(finishWithin)), to: route))
  }

  private mutating func finishIfDone() {
    guard counts.committing == 0 else { return }
    if counts.queued == 0 && counts.leased == 0 {
      finish(.complete)
    } else if case .draining(_, let outcome) = mode, workers.isEmpty {
      finish(outcome)
    }
  }

  private mutating func finish(_ outcome: Outcome) {
    if case .finished = mode { return }
    mode = .finished(outcome)
    let reason = outcome == .complete ? "all trials are done" : "the run was stopped"
    for key in workers.keys {
      if let route = workers[key]?.route { effects.append(.send(.stop(reason: reason), to: route)) }
    }
    effects.append(.finished(outcome))
  }
}
