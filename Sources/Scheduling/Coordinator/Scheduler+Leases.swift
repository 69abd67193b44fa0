import Messaging

// Trials are leased and come back.
extension Scheduler {
  /// Changes the phase of a trial, and everything that is counted by phase.
  mutating func setPhase(of index: Int, _ phase: Phase) {
    count(phases[index], by: -1, index)
    count(phase, by: 1, index)
    phases[index] = phase
  }

  mutating func count(_ phase: Phase, by change: Int, _ index: Int) {
    switch phase {
    case .queued:
      counts.queued += change
      if change > 0 { mustSupply = true }
      let cost = CostModel.effective(work.items[index].cost)
      let place = CostModel.costClass(cost)
      // The sum is kept by adding and subtracting; at zero its rounding errors are cleared.
      queuedCosts[place] = counts.queued == 0 ? 0 : max(0, queuedCosts[place] + Double(change) * cost)
      switch (change > 0, strikes[index] == nil) {
      case (true, true): queue.insert(index)
      case (true, false): suspects.insert(index)
      case (false, true): queue.remove(index)
      case (false, false): suspects.remove(index)
      }
    case .leased: counts.leased += change
    case .committing: counts.committing += change
    case .committed: counts.committedNow += change
    case .failed: counts.failed += change
    }
  }

  /// Leases a trial to a worker that is not the only one to have it, or the first.
  mutating func lease(_ index: Int, to key: Int, _ stage: LeaseList.Stage) {
    if case .leased = phases[index] { hedges[index] = key } else { setPhase(of: index, .leased(key)) }
    appendLease(index, to: key, stage)
  }

  mutating func appendLease(_ index: Int, to key: Int, _ stage: LeaseList.Stage) {
    let seconds = workers[key].flatMap { predict(index, on: $0) }
    workers[key]?.leases.append(.init(index: index, seconds: seconds ?? LeaseList.unknownSeconds, stage: stage))
    noteHolding(of: key)
    hungry.remove(key)
  }

  /// Whether a worker has a lease of a trial, alone or with another.
  func isLeased(_ index: Int, to key: Int) -> Bool { phases[index] == .leased(key) || hedges[index] == key }

  /// Ends the leases of a trial, whoever has them, and tells those workers not to go on with it for which `isTold` holds.
  /// The phase is left to the caller.
  mutating func endLeases(of index: Int, telling isTold: (Int) -> Bool) {
    guard case .leased(let owner) = phases[index] else { return }
    for key in [owner, hedges.removeValue(forKey: index)].compactMap({ $0 }) {
      dropLease(index, of: key)
      if isTold(key), let route = workers[key]?.route {
        effects.append(.send(.cancel([work.items[index].id]), to: route))
      }
    }
  }

  /// A worker has a trial no more: another that has it keeps it, else it is queued again.
  mutating func giveBack(_ index: Int, from key: Int) {
    if !passOn(index, from: key) { setPhase(of: index, .queued) }
  }

  /// Ends one lease of a trial; false if that was the only one, and then the phase is left to the caller.
  mutating func passOn(_ index: Int, from key: Int) -> Bool {
    dropLease(index, of: key)
    guard let other = hedges.removeValue(forKey: index) else { return false }
    if other != key { setPhase(of: index, .leased(other)) }
    return true
  }

  private mutating func dropLease(_ index: Int, of key: Int) {
    guard workers[key]?.remove(index) == true else { return }
    noteHolding(of: key)
    guard workers[key]?.leases.isEmpty == true else { return }
    hungry.insert(key)
    mustSupply = true
  }

  /// Predicted seconds of a trial on a worker; nothing before the first trial is done.
  func predict(_ index: Int, on worker: WorkerRecord) -> Double? {
    model.predict(cost: work.items[index].cost).map { $0 * worker.speed.factor }
  }
}
