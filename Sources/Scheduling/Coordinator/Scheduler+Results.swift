import Messaging

// Results come in, are stored once, and are acknowledged after that.
extension Scheduler {
  mutating func receive(_ reports: [TrialReport], from key: Int, route: Route, at now: Instant) {
    guard let identity = workers[key]?.identity else { return }
    var settled: [Identifier] = []
    var succeeded = false
    for report in reports {
      guard let index = work.position(of: report.trial) else {
        settled.append(report.trial)
        continue
      }
      let isSettled: Bool
      switch report.outcome {
      case .result:
        isSettled = receiveResult(report, index, from: key, identity, route)
        succeeded = true
      case .failure(let kind, let message):
        isSettled = receiveFailure(kind, message, report, index, from: key, identity, route, at: now)
      }
      if isSettled { settled.append(report.trial) }
    }
    if succeeded { hosts.noteSuccess(on: identity.host, at: now) }
    acknowledge(settled, to: route)
  }

  /// Takes a good result from whomever it comes; true if there is nothing to wait for before it is acknowledged.
  private mutating func receiveResult(
    _ report: TrialReport, _ index: Int, from key: Int, _ identity: WorkerIdentity, _ route: Route
  ) -> Bool {
    switch phases[index] {
    case .committed:
      effects.append(.compare(index: index, report, by: identity))
      return true
    case .committing(isFault: false):
      effects.append(.compare(index: index, report, by: identity))
      wait(for: index, route)
      return false
    case .leased:
      if isLeased(index, to: key) { learn(index, seconds: report.seconds, from: key) }
      endLeases(of: index) { $0 != key }
    case .queued, .failed, .committing(isFault: true): break
    }
    setPhase(of: index, .committing(isFault: false))
    wait(for: index, route)
    effects.append(.commit(index: index, report, by: identity))
    return false
  }

  private mutating func learn(_ index: Int, seconds: Double, from key: Int) {
    let cost = work.items[index].cost
    if let predicted = model.predict(cost: cost), predicted > 0 {
      workers[key]?.speed.observe(ratio: seconds / predicted)
    }
    model.observe(cost: cost, seconds: seconds)
  }

  private mutating func wait(for index: Int, _ route: Route) {
    // Once for each: a store that fails for long must not make the list grow.
    if awaiting[index]?.contains(route) != true { awaiting[index, default: []].append(route) }
  }

  /// Takes a failure, which counts only from a worker that holds the lease.
  private mutating func receiveFailure(
    _ kind: String, _ message: String, _ report: TrialReport, _ index: Int, from key: Int, _ identity: WorkerIdentity,
    _ route: Route, at now: Instant
  ) -> Bool {
    if case .committing = phases[index] {
      wait(for: index, route)
      return false
    }
    guard isLeased(index, to: key) else { return true }
    let isFinal: Bool
    switch kind {
    case TrialReport.cancelledKind:
      giveBack(index, from: key)
      return true
    case TrialReport.timeoutKind:
      // A slow machine may be to blame, so it is tried elsewhere, as often as one that costs its worker.
      isFinal = strike(index, of: key, kind: kind, reason: message)
      noteFault(.worker, on: identity.host, at: now)
    default:
      endLeases(of: index) { $0 != key }
      setPhase(of: index, .committing(isFault: true))
      record(index, kind, message, by: identity, isFinal: true, attempt: report.attempt)
      noteFault(.trial, on: identity.host, at: now)
      isFinal = true
    }
    if isFinal { wait(for: index, route) }
    return !isFinal
  }

  /// The shell found that a result it was to commit is not one.
  mutating func malformedResult(_ index: Int, reason: String, by worker: WorkerIdentity) {
    guard phases[index] == .committing(isFault: false) else { return }
    setPhase(of: index, .committing(isFault: true))
    record(index, "malformed_result", reason, by: worker, isFinal: true)
  }

  /// The shell found that two results of a trial differ, which no fault of the network or of a worker's end explains.
  mutating func mismatch(_ index: Int, reason: String, by worker: WorkerIdentity) {
    record(index, TrialFault.mismatchKind, reason, by: worker, isFinal: false)
  }

  /// Has a fault written down, by a number that no other fault of the trial has in this run: a worker that was given up
  /// comes back with the number of the attempt that it was given up over.
  private mutating func record(
    _ index: Int, _ kind: String, _ reason: String, by worker: WorkerIdentity, isFinal: Bool, attempt: Int = 1
  ) {
    let number = max(attempt, (faultNumbers[index] ?? 0) + 1, (strikes[index] ?? 0) + 1)
    faultNumbers[index] = number
    effects.append(
      .record(
        TrialFault(index: index, attempt: number, kind: kind, message: reason, worker: worker, isFinal: isFinal)))
  }

  /// Trials are durable: say so to those who wait.
  mutating func stored(_ indices: [Int], at now: Instant) {
    var acknowledgements: [Route: [Identifier]] = [:]
    for index in indices {
      guard case .committing(let isFault) = phases[index] else { continue }
      setPhase(of: index, isFault ? .failed : .committed)
      bystanders.remove(index)
      if !isFault {
        strikes[index] = nil
        quarantine.remove(index)
      }
      for route in awaiting.removeValue(forKey: index) ?? [] {
        acknowledgements[route, default: []].append(work.items[index].id)
      }
    }
    for route in acknowledgements.keys.sorted(by: { $0.number < $1.number }) {
      acknowledge(acknowledgements[route] ?? [], to: route)
    }
    if trouble != nil {
      trouble = nil
      effects.append(.storeTrouble(nil))
      mustSupply = true
    }
    if let limit = configuration.failuresMax, counts.failed - counts.failedBefore >= limit {
      drain(toward: .tooManyFailures, at: now)
    }
    sendPlanned(at: now)
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
