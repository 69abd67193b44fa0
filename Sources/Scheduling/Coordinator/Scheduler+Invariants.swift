// What must hold after every event.
extension Scheduler {
  /// The first broken invariant, if any is: for tests, after every event.
  package func invariantViolation() -> String? {
    countViolation() ?? queueViolation() ?? workerViolation() ?? boundViolation()
  }

  private func countViolation() -> String? {
    var counted = Counts()
    counted.committedBefore = counts.committedBefore
    counted.failedBefore = counts.failedBefore
    for phase in phases {
      switch phase {
      case .queued: counted.queued += 1
      case .leased: counted.leased += 1
      case .committing: counted.committing += 1
      case .committed: counted.committedNow += 1
      case .failed: counted.failed += 1
      }
    }
    counted.committedNow -= counts.committedBefore
    return counted == counts ? nil : "counts say \(counts), phases say \(counted)"
  }

  private func queueViolation() -> String? {
    var costs = [Double](repeating: 0, count: CostModel.classCount)
    for (index, phase) in phases.enumerated() {
      let (isInQueue, isAmongSuspects) = (queue.contains(index), suspects.contains(index))
      guard phase == .queued else {
        if isInQueue || isAmongSuspects { return "trial \(index) is \(phase), and waits" }
        continue
      }
      let isSuspect = strikes[index] != nil
      if isInQueue == isSuspect || isAmongSuspects != isSuspect { return "trial \(index) waits in the wrong queue" }
      let cost = CostModel.effective(work.items[index].cost)
      costs[CostModel.costClass(cost)] += cost
    }
    for (cost, counted) in zip(costs, queuedCosts) where abs(cost - counted) > 1e-6 * max(1, cost) {
      return "queued costs \(queuedCosts) instead of \(costs)"
    }
    return nil
  }

  /// Every lease is where the phases and the hedges say, and nowhere else.
  private func workerViolation() -> String? {
    var leases = 0
    for key in workers.keys {
      guard let worker = workers[key] else { continue }
      leases += worker.leases.count
      for entry in worker.leases.entries where !isLeased(entry.index, to: key) {
        return "trial \(entry.index) is in the leases of worker \(key), but is \(phases[entry.index])"
      }
      if Set(worker.leases.entries.map(\.index)).count != worker.leases.count { return "worker \(key) has one twice" }
      if let running = worker.running, !worker.leases.contains(running) { return "worker \(key) runs what it lacks" }
      if workersByID[worker.identity.id] != key { return "worker \(key) is not found by its identity" }
      if let route = worker.route, workersByRoute[route] != key { return "worker \(key) is not found by its route" }
      if hungry.contains(key) != worker.leases.isEmpty { return "worker \(key) is hungry or not, against its leases" }
    }
    if leases != counts.leased + hedges.count { return "\(leases) leases for \(counts.leased) + \(hedges.count)" }
    for (index, key) in hedges where phases[index] == .leased(key) { return "trial \(index) is hedged with itself" }
    if workersByRoute.count > workers.count || workersByID.count != workers.count { return "stale worker index" }
    return nil
  }

  /// What grows is bounded by the trials and workers that are there.
  private func boundViolation() -> String? {
    for (index, routes) in awaiting {
      guard case .committing = phases[index] else { return "somebody waits for trial \(index), \(phases[index])" }
      if let gone = routes.first(where: { workersByRoute[$0] == nil }) {
        return "connection \(gone) waits for trial \(index), and is no worker's"
      }
      if Set(routes).count != routes.count { return "somebody waits twice for trial \(index)" }
    }
    for (index, count) in strikes {
      if count > configuration.attemptsMax { return "too many strikes for trial \(index)" }
      if phases[index] == .committed { return "strikes are kept for trial \(index), which is done" }
    }
    if let index = bystanders.first(where: { strikes[$0] == nil }) { return "trial \(index) is remembered for nothing" }
    if hosts.count > 2 * workers.count + 64 + configuration.hostFaultsMax { return "\(hosts.count) hosts remembered" }
    if case .running = mode, counts.queued > 0, trouble == nil, let key = unsupplied() {
      return "worker \(key) holds nothing while \(counts.queued) trials wait"
    }
    return nil
  }

  /// A worker that could be given any trial and has none.
  private func unsupplied() -> Int? {
    workers.keys.first { key in
      guard let worker = workers[key], worker.leases.isEmpty, worker.route != nil else { return false }
      return worker.deadline == nil && !hosts.isPaused(worker.identity.host)
    }
  }
}
