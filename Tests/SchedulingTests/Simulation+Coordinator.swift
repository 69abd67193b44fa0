import Messaging
import Scheduling

// The coordinator's shell, and the store, in virtual time.
extension Simulation {
  func startCoordinator() {
    var configuration = SchedulerConfiguration(
      build: "1", sweepHash: "s", incarnation: Identifier(high: 1, low: UInt64(coordinatorLife)))
    configuration.attemptsMax = parameters.attemptsMax
    configuration.trialTimeLimit = parameters.trialTimeLimit
    coordinatorLife += 1
    pendingResults = []
    pendingFaults = []
    pendingBystanders = []
    pendingHoldings = [:]
    faultKeys = []
    pending = [:]
    storeIsWaiting = false
    let prior = PriorWork(
      committed: Set(stored.indices.lazy.filter { self.stored[$0] != nil }.map { self.items[$0].id }),
      failed: Set(faulted.map { items[$0].id }),
      strikes: Dictionary(uniqueKeysWithValues: strikes.map { (items[$0.key].id, $0.value) }),
      bystanders: Set(bystanders.map { items[$0].id }),
      holdings: holdings.values.sorted { $0.worker.id < $1.worker.id })
    let scheduler = Scheduler(configuration: configuration, work: work, prior: prior)
    traceStart()
    self.scheduler = scheduler
    audit = SchedulerAudit(scheduler)
    lookForFormerWorkers(prior.holdings.map(\.worker))
  }

  /// Of whoever is gone meanwhile it is known at once whether it was lost, if it had a log here; else it is missed in time.
  private func lookForFormerWorkers(_ former: [WorkerIdentity]) {
    guard !former.isEmpty else { return }
    let alive = Set(workers.filter(\.isAlive).map { UInt64($0.life) })
    for worker in former where !alive.contains(worker.pid) && Bool.random(using: &generator) {
      let isLost = !orderlyEnds.contains(Int(worker.pid))
      calendar.add(.absentEnded(worker.id, life: coordinatorLife, isLost: isLost), at: now + random(0...1))
    }
  }

  /// The coordinator's process ends, in order or not, and there is another one later.
  func endCoordinator() {
    guard scheduler != nil else { return }
    scheduler = nil
    audit = nil
    stopping = nil
    // Every connection ends with it; what is on the way to it is lost.
    for route in Array(routes.keys).sorted() { cut(route) }
    calendar.add(.restartCoordinator, at: now + random(0.2...20))
  }

  func dispatch(_ event: Scheduler.Event) throws {
    changes += 1
    var events = [event]
    var next = 0
    while next < events.count {
      let closable = closable(by: events[next])
      let effects = scheduler?.handle(events[next], at: now) ?? []
      trace(events[next], effects)
      if let scheduler {
        if let observer, let audit { observer(scheduler, audit, events[next], effects) }
        if let violation = audit?.violation(in: scheduler, after: events[next], effects) { throw fail(violation) }
      }
      next += 1
      for effect in effects {
        if let event = try perform(effect, closable) { events.append(event) }
      }
    }
  }

  private func perform(_ effect: Scheduler.Effect, _ closable: Set<Int>) throws -> Scheduler.Event? {
    switch effect {
    case .send(let message, let route):
      if case .acknowledge(let ids) = message { try checkDurable(ids, closable: closable) }
      return send(message, on: route.number) ? nil : .unreachable(route)
    case .assign(let leases, let route):
      if stopping != nil { throw fail("a coordinator that stops hands out trials") }
      try checkStored(leases, of: route)
      let assignments = leases.map { TrialAssignment(trial: items[$0.index].id, attempt: $0.attempt, payload: []) }
      return send(.assign(assignments), on: route.number) ? nil : .unreachable(route)
    case .commit(let index, let report, let worker): return try prepare(index, report, by: worker)
    case .compare(let index, let report, _):
      let first = stored[index] ?? pending[index]
      if first?.encoded() != report.outcome.value?.encoded() { throw fail("two results of trial \(index) differ") }
    case .record(let fault):
      // The store takes one fault of a trial for each number and worker in a run.
      let key = FaultKey(index: fault.index, attempt: fault.attempt, worker: fault.worker.id)
      guard faultKeys.insert(key).inserted else { throw fail("two faults of trial \(fault.index) have one number") }
      pendingFaults.append(fault)
    case .suspect(let index): pendingBystanders.append(index)
    case .hold(let worker, let trials):
      pendingHoldings[worker.id] = Holding(worker: worker, trials: trials.map { items[$0].id })
    case .retryStore: storeIsWaiting = false
    case .finished(.complete): outcome = .complete
    case .finished: waitForFarewells()
    case .storeTrouble, .workerJoined, .workerLeft, .hostPaused, .hostResumed: break
    }
    return nil
  }

  private func prepare(
    _ index: Int, _ report: TrialReport, by worker: WorkerIdentity
  ) throws -> Scheduler.Event? {
    guard let value = report.outcome.value else { throw fail("a failure is committed") }
    guard stored[index] == nil, pending[index] == nil else { throw fail("trial \(index) is committed a second time") }
    if parameters.nature(of: index) == .malformed { return .malformedResult(index, reason: "wrong size", by: worker) }
    pending[index] = value
    pendingResults.append((index, report))
    return nil
  }

  /// Stores what waits, and what that causes.
  func flush() throws {
    while scheduler != nil, !storeIsWaiting, isPending { try store() }
  }

  /// Stores what waits, or fails, or dies before or after.
  private func store() throws {
    commits += 1
    if chance(parameters.faults.coordinatorCrash) || isCrash(isBefore: true) { return endCoordinator() }
    if now < storeBrokenUntil || chance(parameters.faults.storeFailure) {
      storeIsWaiting = true
      return try dispatch(.storeFailed("disk full"))
    }
    var settled: [Int] = []
    for (index, report) in pendingResults {
      guard stored[index] == nil else { throw fail("trial \(index) is stored twice") }
      stored[index] = report.outcome.value
      storedCount += 1
      faulted.remove(index)
      settled.append(index)
    }
    for fault in pendingFaults {
      if Self.strikeKinds.contains(fault.kind) {
        strikes[fault.index] = max(strikes[fault.index] ?? 0, fault.attempt)
      }
      guard fault.isFinal else { continue }
      if stored[fault.index] == nil { faulted.insert(fault.index) }
      settled.append(fault.index)
    }
    pendingFaults = []
    bystanders.formUnion(pendingBystanders)
    pendingBystanders = []
    for (id, holding) in pendingHoldings { holdings[id] = holding.trials.isEmpty ? nil : holding }
    pendingHoldings = [:]
    if chance(parameters.faults.coordinatorCrash) || isCrash(isBefore: false) { return endCoordinator() }
    pendingResults = []
    pending = [:]
    try dispatch(.stored(settled))
  }

  /// Whether anything waits to be stored.
  var isPending: Bool {
    !pendingResults.isEmpty || !pendingFaults.isEmpty || !pendingBystanders.isEmpty || !pendingHoldings.isEmpty
  }

  /// Nothing is sent before it is stored who is to have it.
  private func checkStored(_ leases: [Scheduler.Lease], of route: Route) throws {
    guard let life = lives[route.number] else { return }
    let stored = Set(holdings[Identifier(high: 9, low: UInt64(life))]?.trials ?? [])
    if let lease = leases.first(where: { !stored.contains(items[$0.index].id) }) {
      throw fail("trial \(lease.index) is handed out before that is stored")
    }
  }

  private func isCrash(isBefore: Bool) -> Bool {
    guard let crash = parameters.crashAtCommit else { return false }
    return crash.number == commits && crash.isBefore == isBefore
  }
}

extension TrialReport.Outcome {
  /// The result, if it is one.
  var value: MessagePackValue? { if case .result(let value) = self { value } else { nil } }
}
