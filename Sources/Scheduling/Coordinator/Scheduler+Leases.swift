import Messaging

// Trials are handed out and come back.
extension Scheduler {
  /// Changes the phase of a trial, and everything that is counted by phase.
  mutating func setPhase(of index: Int, _ phase: Phase) {
    count(phases[index], by: -1, index)
    count(phase, by: 1, index)
    phases[index] = phase
  }

  private mutating func count(_ phase: Phase, by change: Int, _ index: Int) {
    switch phase {
    case .queued:
      counts.queued += change
      // The sum is kept by adding and subtracting; at zero its rounding errors are cleared.
      queuedCost = counts.queued == 0 ? 0 : queuedCost + Double(change) * CostModel.effective(items[index].cost)
      if strikes[index] != nil { suspectCount += change }
    case .leased: counts.leased += change
    case .committing: counts.committing += change
    case .committed: counts.committedNow += change
    case .failed: counts.failed += change
    }
  }

  /// Puts a trial that is leased to nobody any more back into its queue.
  mutating func requeue(_ index: Int) {
    setPhase(of: index, .queued)
    if strikes[index] == nil { queue.putBack(index) } else { suspects.putBack(index) }
  }

  /// Counts a worker lost over a trial, and gives the trial up if it were too many.
  mutating func strike(_ index: Int, worker: WorkerIdentity, reason: String) {
    let count = (strikes[index] ?? 0) + 1
    strikes[index] = count
    let isFinal = count >= configuration.attemptsMax
    effects.append(
      .record(
        TrialFault(
          index: index, attempt: count, kind: "worker_lost", message: reason, worker: worker, isFinal: isFinal)))
    if isFinal { setPhase(of: index, .committing(isFault: true)) } else { requeue(index) }
  }

  /// Hands work to every worker that has room.
  mutating func supplyAll(at now: Instant) {
    guard counts.queued > 0 else { return }
    for key in workers.keys.sorted() {
      supply(key, at: now)
      if counts.queued == 0 { return }
    }
  }

  /// Hands work to a worker up to its horizon, if it is down to half of it.
  mutating func supply(_ key: Int, at now: Instant) {
    guard mode == .running, trouble == nil, counts.queued > 0, let worker = workers[key], let route = worker.route
    else { return }
    if worker.leases.isEmpty, suspectCount > 0,
      let index = suspects.take(where: { phases[$0] == .queued && strikes[$0] != nil })
    {
      lease([index], to: key, route: route, at: now)
      return
    }
    // A suspect travels alone.
    if let first = worker.leases.first, worker.leases.count == 1, strikes[first] != nil { return }
    let horizon = horizon()
    var supplied = predictedSeconds(of: worker.leases)
    guard worker.leases.isEmpty || supplied < horizon / 2 else { return }
    var batch: [Int] = []
    while worker.leases.count + batch.count < worker.capacity,
      worker.leases.isEmpty && batch.isEmpty || supplied < horizon,
      let index = queue.take(where: { phases[$0] == .queued && strikes[$0] == nil })
    {
      batch.append(index)
      // Before anything is known, a worker gets one trial.
      supplied += model.predict(cost: items[index].cost) ?? .infinity
    }
    lease(batch, to: key, route: route, at: now)
  }

  /// Seconds of work to keep at a worker; near the end, half of its share of what is left.
  private func horizon() -> Double {
    let remaining = model.predict(cost: queuedCost) ?? 0
    return min(configuration.prefetchHorizon.seconds, remaining / Double(2 * max(workers.count, 1)))
  }

  private func predictedSeconds(of indices: [Int]) -> Double {
    indices.reduce(0) { $0 + (model.predict(cost: items[$1].cost) ?? .infinity) }
  }

  private mutating func lease(_ batch: [Int], to key: Int, route: Route, at now: Instant) {
    guard !batch.isEmpty else { return }
    for index in batch { setPhase(of: index, .leased(key)) }
    workers[key]?.leases += batch
    workers[key]?.movedAt = now
    let leases = batch.map { Lease(index: $0, attempt: (strikes[$0] ?? 0) + 1) }
    effects.append(.assign(leases, to: route))
  }
}
