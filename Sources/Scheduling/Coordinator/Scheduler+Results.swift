import Messaging

// Results come in, are stored once, and are acknowledged after that.
extension Scheduler {
  mutating func receive(_ reports: [TrialReport], from key: Int, route: Route) {
    guard let identity = workers[key]?.identity else { return }
    var settled: [Identifier] = []
    for report in reports {
      guard let index = indices[report.trial].map(Int.init) else {
        settled.append(report.trial)
        continue
      }
      let isSettled =
        switch report.outcome {
        case .result: receiveResult(report, index, from: key, identity, route)
        case .failure(let kind, let message):
          receiveFailure(kind, message, report, index, from: key, identity, route)
        }
      if isSettled { settled.append(report.trial) }
    }
    acknowledge(settled, to: route)
  }

  /// Takes a good result from whomever it comes; true if there is nothing to wait for before it is acknowledged.
  private mutating func receiveResult(
    _ report: TrialReport, _ index: Int, from key: Int, _ identity: WorkerIdentity, _ route: Route
  ) -> Bool {
    switch phases[index] {
    case .committed: return true
    case .committing(isFault: false):
      awaiting[index, default: []].append(route)
      return false
    case .leased(let owner):
      _ = workers[owner]?.remove(index)
      if owner != key, let other = workers[owner]?.route { effects.append(.send(.cancel([report.trial]), to: other)) }
      model.observe(cost: items[index].cost, seconds: report.seconds)
    case .queued, .failed, .committing(isFault: true): break
    }
    setPhase(of: index, .committing(isFault: false))
    awaiting[index, default: []].append(route)
    effects.append(.commit(index: index, report, by: identity))
    return false
  }

  /// Takes a failure, which counts only from the worker that holds the lease.
  private mutating func receiveFailure(
    _ kind: String, _ message: String, _ report: TrialReport, _ index: Int, from key: Int, _ identity: WorkerIdentity,
    _ route: Route
  ) -> Bool {
    if case .committing = phases[index] {
      awaiting[index, default: []].append(route)
      return false
    }
    guard phases[index] == .leased(key) else { return true }
    _ = workers[key]?.remove(index)
    if kind == TrialReport.cancelledKind {
      requeue(index)
      return true
    }
    setPhase(of: index, .committing(isFault: true))
    awaiting[index, default: []].append(route)
    effects.append(
      .record(
        TrialFault(
          index: index, attempt: report.attempt, kind: kind, message: message, worker: identity, isFinal: true)))
    return false
  }

  /// The shell found that a result it was to commit is not one.
  mutating func malformedResult(_ index: Int, reason: String, by worker: WorkerIdentity) {
    guard phases[index] == .committing(isFault: false) else { return }
    setPhase(of: index, .committing(isFault: true))
    effects.append(
      .record(
        TrialFault(
          index: index, attempt: (strikes[index] ?? 0) + 1, kind: "malformed_result", message: reason, worker: worker,
          isFinal: true)))
  }

  /// Trials are durable: say so to those who wait.
  mutating func stored(_ indices: [Int], at now: Instant) {
    var acknowledgements: [Route: [Identifier]] = [:]
    for index in indices {
      guard case .committing(let isFault) = phases[index] else { continue }
      setPhase(of: index, isFault ? .failed : .committed)
      for route in Set(awaiting.removeValue(forKey: index) ?? []) {
        acknowledgements[route, default: []].append(items[index].id)
      }
    }
    for route in acknowledgements.keys.sorted(by: { $0.number < $1.number }) {
      acknowledge(acknowledgements[route] ?? [], to: route)
    }
    if trouble != nil {
      trouble = nil
      effects.append(.storeTrouble(nil))
      supplyAll(at: now)
    }
  }

  mutating func storeFailed(_ reason: String, at now: Instant) {
    let previous = trouble?.delay
    let delay = previous.map { min($0 * 2, configuration.storeRetryDelayMax) } ?? configuration.storeRetryDelay
    trouble = StoreTrouble(delay: delay, retryAt: now + delay)
    if previous == nil { effects.append(.storeTrouble(reason)) }
  }

  private mutating func acknowledge(_ trials: [Identifier], to route: Route) {
    guard workersByRoute[route] != nil else { return }
    var rest = trials[...]
    while !rest.isEmpty {
      effects.append(.send(.acknowledge(Array(rest.prefix(MessageLimits.resultsPerMessageMax))), to: route))
      rest = rest.dropFirst(MessageLimits.resultsPerMessageMax)
    }
  }
}
