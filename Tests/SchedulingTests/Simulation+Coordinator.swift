import Messaging
import Scheduling

// The coordinator's shell, and the store, in virtual time.
extension Simulation {
  func startCoordinator() {
    var configuration = SchedulerConfiguration(
      build: "1", sweepHash: "s", incarnation: Identifier(high: 1, low: UInt64(coordinatorLife)))
    configuration.attemptsMax = parameters.attemptsMax
    coordinatorLife += 1
    pendingResults = []
    pendingFaults = []
    storeIsWaiting = false
    let prior = PriorWork(
      committed: Set(stored.keys.map { items[$0].id }), failed: Set(faulted.map { items[$0].id }),
      strikes: Dictionary(uniqueKeysWithValues: strikes.map { (items[$0.key].id, $0.value) }))
    scheduler = Scheduler(
      configuration: configuration, work: work, prior: prior)
  }

  func crashCoordinator() {
    scheduler = nil
    // Every connection ends with it; what is on the way to it is lost.
    routes.removeAll()
    calendar.add(.restartCoordinator, at: now + random(0.2...20))
  }

  func dispatch(_ event: Scheduler.Event) throws {
    var events = [event]
    isChanged = true
    while !events.isEmpty {
      let event = events.removeFirst()
      let effects = scheduler?.handle(event, at: now) ?? []
      for effect in effects {
        if let event = try perform(effect) { events.append(event) }
      }
    }
  }

  private func perform(_ effect: Scheduler.Effect) throws -> Scheduler.Event? {
    switch effect {
    case .send(let message, let route):
      if case .acknowledge(let ids) = message { try checkDurable(ids) }
      return send(message, on: route.number) ? nil : .unreachable(route)
    case .assign(let leases, let route):
      let assignments = leases.map {
        TrialAssignment(trial: items[$0.index].id, attempt: $0.attempt, payload: TestWork.payload($0.index))
      }
      return send(.assign(assignments), on: route.number) ? nil : .unreachable(route)
    case .commit(let index, let report, _):
      guard stored[index] == nil else { throw fail("trial \(index) is committed a second time") }
      pendingResults.append((index, report))
    case .record(let fault): pendingFaults.append(fault)
    case .retryStore: storeIsWaiting = false
    case .finished(let outcome): self.outcome = outcome
    case .compare(let index, let report, _):
      let first = stored[index] ?? pendingResults.first { $0.0 == index }?.1.outcome.value
      if first != report.outcome.value { throw fail("two results of trial \(index) differ") }
    case .storeTrouble, .workerJoined, .workerLeft, .hostPaused, .hostResumed: break
    }
    return nil
  }

  private func checkDurable(_ ids: [Identifier]) throws {
    for id in ids {
      let index = Int(id.low)
      // A cancelled trial, and a failure that came too late, are closed without a record.
      let isClosed = stored[index] != nil || faulted.contains(index) || parameters.throwing.contains(index)
      if !isClosed { throw fail("the result of trial \(index) is acknowledged and not stored") }
    }
  }

  /// Stores what waits, or fails, or dies before or after.
  func flush() throws {
    guard scheduler != nil, !storeIsWaiting, !pendingResults.isEmpty || !pendingFaults.isEmpty else { return }
    if chance(parameters.faults.coordinatorCrash) { return crashCoordinator() }
    if chance(parameters.faults.storeFailure) {
      storeIsWaiting = true
      return try dispatch(.storeFailed("disk full"))
    }
    var settled: [Int] = []
    for (index, report) in pendingResults {
      guard case .result(let value) = report.outcome else { throw fail("a failure is committed") }
      guard stored.updateValue(value, forKey: index) == nil else { throw fail("trial \(index) is stored twice") }
      settled.append(index)
    }
    for fault in pendingFaults {
      if fault.kind == TrialFault.workerLostKind { strikes[fault.index] = fault.attempt }
      guard fault.isFinal else { continue }
      faulted.insert(fault.index)
      settled.append(fault.index)
    }
    if chance(parameters.faults.coordinatorCrash) { return crashCoordinator() }
    pendingResults = []
    pendingFaults = []
    try dispatch(.stored(settled))
  }
}

extension TrialReport.Outcome {
  /// The result, if it is one.
  var value: MessagePackValue? { if case .result(let value) = self { value } else { nil } }
}
