public import Messaging

/// The coordinator's machine: which trial is where, and what is to be sent, stored and said next.
///
/// Pure: `handle(_:at:)` is the only way in which it changes, and it knows no socket, file, thread or clock. The states
/// and their transitions are drawn in `docs/protocol.md`.
public struct Scheduler {
  /// Where a trial is.
  enum Phase: Sendable, Hashable {
    /// Waits to be handed out.
    case queued
    /// Handed to the worker of that key.
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
    case draining(until: Instant)
    case finished(Outcome)
  }

  /// Trouble with the store.
  struct StoreTrouble: Sendable, Hashable {
    var delay: Span
    /// When to try again; nothing while a try is under way.
    var retryAt: Instant?
  }

  let configuration: SchedulerConfiguration
  let items: [WorkItem]
  let indices: [Identifier: Int32]

  var phases: [Phase]
  /// Workers that were lost over a trial, for every trial that was with a worker that was lost: a suspect.
  var strikes: [Int: Int] = [:]
  var queue: TrialQueue
  /// Trials that are suspects, which travel alone.
  var suspects: TrialQueue
  var suspectCount = 0
  /// Trials that are committing, and who waits for the acknowledgement.
  var awaiting: [Int: [Route]] = [:]

  var workers: [Int: WorkerRecord] = [:]
  var workersByRoute: [Route: Int] = [:]
  var workersByID: [Identifier: Int] = [:]
  var nextWorker = 0

  var counts: Counts
  /// Cost of the trials that are queued.
  var queuedCost: Double
  var model = CostModel()
  var mode = Mode.running
  var trouble: StoreTrouble?
  var lastEventAt: Instant?
  /// Effects of the event that is being handled.
  var effects: [Effect] = []

  /// How many trials are in each phase.
  struct Counts: Sendable, Hashable {
    var committedBefore = 0
    var queued = 0
    var leased = 0
    var committing = 0
    var committedNow = 0
    var failed = 0
  }

  /// A run over the given work, of which `committed` has been done before.
  public init(configuration: SchedulerConfiguration, items: [WorkItem], committed: Set<Identifier>) {
    self.configuration = configuration
    self.items = items
    var indices: [Identifier: Int32] = Dictionary(minimumCapacity: items.count)
    for (index, item) in items.enumerated() { indices[item.id] = Int32(index) }
    precondition(indices.count == items.count, "two trials with the same identity")
    self.indices = indices
    phases = items.map { committed.contains($0.id) ? .committed : .queued }
    counts = Counts()
    counts.committedBefore = phases.count { $0 == .committed }
    counts.queued = items.count - counts.committedBefore
    queuedCost = zip(items, phases).reduce(0) { $0 + ($1.1 == .queued ? CostModel.effective($1.0.cost) : 0) }
    queue = TrialQueue(costs: items.map(\.cost))
    suspects = queue.emptied()
  }

  /// Takes an event and returns what is to be done about it, in order.
  public mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
    absorbPause(now)
    switch event {
    case .message(let message, let route): receive(message, from: route, at: now)
    case .malformedFrame(let error, let route): receiveMalformed(error, from: route)
    case .unreachable(let route): disconnect(route)
    case .processEnded(let pid, let host, let detail): processEnded(pid: pid, host: host, detail: detail, at: now)
    case .stored(let indices): stored(indices, at: now)
    case .storeFailed(let reason): storeFailed(reason, at: now)
    case .malformedResult(let index, let reason, let worker): malformedResult(index, reason: reason, by: worker)
    case .tick: tick(at: now)
    case .drain: drain(at: now)
    case .stop: finish(.interrupted)
    }
    finishIfDone()
    defer { effects.removeAll(keepingCapacity: true) }
    return effects
  }

  /// If the coordinator's own process was stopped, nobody is given up for the silence of that time.
  private mutating func absorbPause(_ now: Instant) {
    defer { lastEventAt = max(now, lastEventAt ?? now) }
    guard let last = lastEventAt, now - last > configuration.silenceLimit / 2 else { return }
    let pause = now - last
    for (key, worker) in workers { workers[key]?.heardAt = worker.heardAt + pause }
  }

  private mutating func tick(at now: Instant) {
    if let trouble, let retryAt = trouble.retryAt, now >= retryAt {
      self.trouble?.retryAt = nil
      effects.append(.retryStore)
    }
    let silent = workers.filter { now - $0.value.heardAt > configuration.silenceLimit }.keys.sorted()
    for key in silent {
      lose(key, because: "silent for \(Int(configuration.silenceLimit.seconds)) s")
    }
    if !silent.isEmpty { supplyAll(at: now) }
    if case .draining(let until) = mode, now >= until { finish(.interrupted) }
  }

  private mutating func drain(at now: Instant) {
    guard mode == .running else { return }
    mode = .draining(until: now + configuration.drainGrace + configuration.farewellTimeout)
    for key in workers.keys.sorted() { sendDrain(to: key, at: now) }
  }

  /// Lets a worker's trial finish if it is predicted to end within the grace.
  mutating func sendDrain(to key: Int, at now: Instant) {
    guard let worker = workers[key], let route = worker.route else { return }
    // Its report may still be on the way: then what it executes has just begun.
    let since = worker.running == nil ? now : worker.runningSince
    let remaining = worker.executing.map { index in
      (model.predict(cost: items[index].cost) ?? .infinity) - (now - since).seconds
    }
    let grace = configuration.drainGrace
    let finishWithin = (remaining ?? 0) <= grace.seconds ? grace.milliseconds : 0
    effects.append(.send(.drain(finishWithinMilliseconds: UInt64(finishWithin)), to: route))
  }

  private mutating func finishIfDone() {
    guard counts.committing == 0 else { return }
    if counts.queued == 0 && counts.leased == 0 {
      finish(.complete)
    } else if case .draining = mode, workers.isEmpty {
      finish(.interrupted)
    }
  }

  private mutating func finish(_ outcome: Outcome) {
    if case .finished = mode { return }
    mode = .finished(outcome)
    let reason = outcome == .complete ? "all trials are done" : "the run was stopped"
    for key in workers.keys.sorted() {
      if let route = workers[key]?.route { effects.append(.send(.stop(reason: reason), to: route)) }
    }
    effects.append(.finished(outcome))
  }
}
