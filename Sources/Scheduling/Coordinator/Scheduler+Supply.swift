import Messaging

// Workers are kept supplied.
extension Scheduler {
  /// Hands work to every worker that has none.
  mutating func supplyHungry(at now: Instant) {
    mustSupply = false
    var key = 0
    while counts.queued > 0, let next = hungry.first(from: key) {
      supply(next, at: now)
      key = next + 1
    }
  }

  /// Hands work to a worker up to its horizon, if it is down to half of it.
  mutating func supply(_ key: Int, at now: Instant) {
    guard workers[key] != nil else { return }
    if canSupply(key) { assign(selection(for: key, at: now), to: key, at: now) }
    if workers[key]?.leases.isEmpty == true { hungry.insert(key) }
  }

  private func canSupply(_ key: Int) -> Bool {
    guard mode == .running, trouble == nil, counts.queued > 0, let worker = workers[key], worker.route != nil,
      !worker.isHung, worker.leases.count < worker.capacity
    else { return false }
    return !hosts.isPaused(worker.identity.host)
  }

  /// The trials that a worker is to have besides its own.
  private mutating func selection(for key: Int, at now: Instant) -> [Int] {
    guard let worker = workers[key] else { return [] }
    let timeLeft = worker.deadline.map { ($0 - now).seconds } ?? .infinity
    if worker.leases.isEmpty, let index = next(of: suspects, for: worker, within: timeLeft) { return [index] }
    // A suspect travels alone.
    if let first = worker.leases.entries.first, worker.leases.count == 1, strikes[first.index] != nil { return [] }
    let horizon = horizon(of: worker)
    var supplied = worker.leases.seconds
    guard worker.leases.isEmpty || supplied < horizon / 2 else { return [] }
    var batch: [Int] = []
    while worker.leases.count + batch.count < worker.capacity,
      worker.leases.isEmpty && batch.isEmpty || supplied < horizon,
      let index = next(of: queue, for: worker, within: timeLeft - supplied)
    {
      batch.append(index)
      queue.remove(index)
      // Before anything is known, a worker gets one trial.
      supplied += predict(index, on: worker) ?? LeaseList.unknownSeconds
    }
    return batch
  }

  /// The first trial of a queue, or the first that is predicted to end within the time that a worker has left.
  private func next(of queue: TrialQueue, for worker: WorkerRecord, within seconds: Double) -> Int? {
    guard seconds < .infinity else { return queue.first }
    guard seconds > 0, let first = queue.first else { return nil }
    var place = CostModel.costClass(CostModel.effective(work.items[first].cost))
    while place >= 0 {
      // Nothing is learned yet: a try tells more than a wait.
      guard model.rate(ofClass: place) != nil else { return first }
      guard let limit = model.costMax(ofClass: place, within: seconds / worker.speed.factor) else {
        place -= 1
        continue
      }
      guard let index = queue.first(costAtMost: limit) else { return nil }
      let found = CostModel.costClass(CostModel.effective(work.items[index].cost))
      if found == place { return index }
      place = found
    }
    return nil
  }

  /// Seconds of work to keep at a worker; near the end, half of its share of what is left.
  private func horizon(of worker: WorkerRecord) -> Double {
    let share = (queuedSeconds ?? 0) / Double(2 * max(workerCount, 1))
    return min(configuration.prefetchHorizon.seconds, share)
  }

  /// Predicted seconds of all that is queued; nothing before the first trial is done.
  var queuedSeconds: Double? {
    var seconds = 0.0
    for (place, cost) in queuedCosts.enumerated() where cost > 0 {
      guard let rate = model.rate(ofClass: place) else { return nil }
      seconds += rate * cost
    }
    return seconds
  }

  /// Leases trials to a worker; they are sent when that is stored.
  mutating func assign(_ batch: [Int], to key: Int, at now: Instant) {
    guard !batch.isEmpty else { return }
    for index in batch { lease(index, to: key, .planned) }
    workers[key]?.movedAt = now
    planned.append(key)
  }
}
