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
      leases += workers[key]?.leases.count ?? 0
      if let violation = violation(ofWorker: key) { return violation }
      let indices = workers[key]?.leases.entries.map(\.index) ?? []
      if Set(indices).count != indices.count { return "worker \(key) has one twice" }
    }
    for (index, key) in hedges where phases[index] == .leased(key) { return "trial \(index) is hedged with itself" }
    let absent = workers.keys.count { workers[$0]?.isAbsent == true }
    if absent != absentCount { return "\(absent) workers are absent instead of \(absentCount)" }
    return sumViolation(leases: leases)
  }

  /// What is wrong with one worker, but for trials that it has twice.
  func violation(ofWorker key: Int) -> String? {
    guard let worker = workers[key] else { return nil }
    for entry in worker.leases.entries where !isLeased(entry.index, to: key) {
      return "trial \(entry.index) is in the leases of worker \(key), but is \(phases[entry.index])"
    }
    if let running = worker.running, !worker.leases.contains(running) { return "worker \(key) runs what it lacks" }
    if workersByID[worker.identity.id] != key { return "worker \(key) is not found by its identity" }
    if let route = worker.route, workersByRoute[route] != key { return "worker \(key) is not found by its route" }
    if hungry.contains(key) != worker.leases.isEmpty { return "worker \(key) is hungry or not, against its leases" }
    if worker.hasNewHolding { return "nobody says what worker \(key) holds" }
    if worker.isAbsent && worker.route != nil { return "worker \(key) is absent, and has a connection" }
    return plannedViolation(ofWorker: key, worker)
  }

  /// What is planned is last, and will be sent.
  private func plannedViolation(ofWorker key: Int, _ worker: WorkerRecord) -> String? {
    let leases = worker.leases
    guard leases.planned.allSatisfy({ $0.stage == .planned }),
      leases.entries.count(where: { $0.stage == .planned }) == leases.plannedCount
    else { return "worker \(key) has planned trials before others" }
    if leases.plannedCount > 0 && !planned.contains(key) { return "worker \(key) will not be sent what is planned" }
    return nil
  }

  /// What is wrong with the sums that all workers share, if they have so many leases together.
  func sumViolation(leases: Int) -> String? {
    if leases != counts.leased + hedges.count { return "\(leases) leases for \(counts.leased) + \(hedges.count)" }
    if workersByRoute.count > workers.count || workersByID.count != workers.count { return "stale worker index" }
    if hosts.unpausedCount > hostsMax + configuration.hostFaultsMax {
      return "\(hosts.unpausedCount) machines are remembered for \(workers.count) workers"
    }
    return nil
  }

  /// What is wrong with one trial.
  func violation(ofTrial index: Int) -> String? {
    let phase = phases[index]
    let count = strikes[index]
    if queue.contains(index) != (phase == .queued && count == nil) { return "trial \(index), \(phase), waits or not" }
    if suspects.contains(index) != (phase == .queued && count != nil) {
      return "trial \(index), \(phase), waits among the suspects or not"
    }
    if let count, count > configuration.attemptsMax { return "too many strikes for trial \(index)" }
    if count != nil, phase == .committed { return "strikes are kept for trial \(index), which is done" }
    if count == nil, bystanders.contains(index) { return "trial \(index) is remembered for nothing" }
    return leaseViolation(ofTrial: index) ?? waitViolation(ofTrial: index)
  }

  private func leaseViolation(ofTrial index: Int) -> String? {
    let second = hedges[index]
    guard case .leased(let first) = phases[index] else {
      return second == nil ? nil : "trial \(index) is hedged, and \(phases[index])"
    }
    if first == second { return "trial \(index) is hedged with itself" }
    for key in [first, second ?? first] where workers[key]?.leases.contains(index) != true {
      return "trial \(index) is leased to worker \(key), which lacks it"
    }
    return nil
  }

  private func waitViolation(ofTrial index: Int) -> String? {
    guard let routes = awaiting[index] else { return nil }
    guard case .committing = phases[index] else { return "somebody waits for trial \(index), \(phases[index])" }
    if let gone = routes.first(where: { workersByRoute[$0] == nil }) {
      return "connection \(gone) waits for trial \(index), and is no worker's"
    }
    return Set(routes).count == routes.count ? nil : "somebody waits twice for trial \(index)"
  }

  /// What grows is bounded by the trials and workers that are there.
  private func boundViolation() -> String? {
    for index in awaiting.keys {
      if let violation = waitViolation(ofTrial: index) { return violation }
    }
    for (index, count) in strikes {
      if count > configuration.attemptsMax { return "too many strikes for trial \(index)" }
      if phases[index] == .committed { return "strikes are kept for trial \(index), which is done" }
    }
    if let index = bystanders.first(where: { strikes[$0] == nil }) { return "trial \(index) is remembered for nothing" }
    if handsOut, let key = workers.keys.first(where: { isUnsupplied($0) }) { return unsuppliedText(key) }
    return nil
  }

  /// Whether no worker may be without a trial.
  var handsOut: Bool { mode == .running && counts.queued > 0 && trouble == nil }

  /// Whether a worker could be given any trial and has none.
  func isUnsupplied(_ key: Int) -> Bool {
    guard let worker = workers[key], worker.leases.isEmpty, worker.route != nil else { return false }
    return worker.deadline == nil && !worker.isHung && !hosts.isPaused(worker.identity.host)
  }

  /// The first worker that is.
  var firstUnsupplied: Int? {
    var key = 0
    while let next = hungry.first(from: key) {
      if isUnsupplied(next) { return next }
      key = next + 1
    }
    return nil
  }

  func unsuppliedText(_ key: Int) -> String { "worker \(key) holds nothing while \(counts.queued) trials wait" }
}
