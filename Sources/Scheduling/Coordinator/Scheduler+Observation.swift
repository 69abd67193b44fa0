import Messaging
public import Sweeps

// What others may know of the machine.
extension Scheduler {
  /// A snapshot for people.
  public func progress(elapsed: Span) -> RunProgress {
    let leasedCost = workers.values.reduce(0) { sum, worker in
      worker.leases.reduce(sum) { $0 + CostModel.effective(items[$1].cost) }
    }
    // On average half of what is running is done.
    let remaining = model.predict(cost: queuedCost + leasedCost / 2)
    let isOver = counts.queued + counts.leased == 0
    return RunProgress(
      planned: items.count, committedBefore: counts.committedBefore,
      committedNow: counts.committedNow, failed: counts.failed,
      running: counts.leased + counts.committing, queued: counts.queued, workers: workers.count,
      elapsedSeconds: elapsed.seconds,
      remainingSeconds: isOver ? 0 : workers.isEmpty ? nil : remaining.map { $0 / Double(workers.count) })
  }

  /// Trials that were committed before this run.
  public var committedBefore: Int { counts.committedBefore }
  /// Trials that this run committed.
  public var committedNow: Int { counts.committedNow }
  /// Trials that were given up.
  public var failed: Int { counts.failed }
  /// Trials that have neither a committed result nor were given up.
  public var unfinished: Int { counts.queued + counts.leased + counts.committing }
  /// Registered workers.
  public var workerCount: Int { workers.count }

  /// The first broken invariant, if any is: for tests, after every event.
  package func invariantViolation() -> String? {
    var counted = Counts()
    counted.committedBefore = counts.committedBefore
    var leased: [Int: Int] = [:]
    for (index, phase) in phases.enumerated() {
      switch phase {
      case .queued: counted.queued += 1
      case .leased(let key):
        counted.leased += 1
        leased[index] = key
      case .committing: counted.committing += 1
      case .committed: counted.committedNow += 1
      case .failed: counted.failed += 1
      }
    }
    counted.committedNow -= counts.committedBefore
    if counted != counts { return "counts say \(counts), phases say \(counted)" }
    let cost = zip(items, phases).reduce(0) { $0 + ($1.1 == .queued ? CostModel.effective($1.0.cost) : 0) }
    if abs(cost - queuedCost) > 1e-6 * max(1, cost) { return "queued cost \(queuedCost) instead of \(cost)" }
    let waiting = phases.indices.count { phases[$0] == .queued && strikes[$0] != nil }
    if waiting != suspectCount { return "\(suspectCount) suspects counted, \(waiting) found" }
    return workerViolation(leased)
  }

  private func workerViolation(_ leased: [Int: Int]) -> String? {
    var unseen = leased
    for (key, worker) in workers {
      for index in worker.leases where unseen.removeValue(forKey: index) != key {
        return "trial \(index) is in the leases of worker \(key), but is \(phases[index])"
      }
      if worker.leases.count - worker.delivering.count > worker.capacity { return "worker \(key) holds too much" }
      if let running = worker.running, !worker.leases.contains(running) { return "worker \(key) runs what it lacks" }
      if !worker.delivering.isSubset(of: worker.leases) { return "worker \(key) delivers what it lacks" }
      if workersByID[worker.identity.id] != key { return "worker \(key) is not found by its identity" }
      if let route = worker.route, workersByRoute[route] != key { return "worker \(key) is not found by its route" }
      if worker.leases.count > 1, worker.leases.contains(where: { strikes[$0] != nil && $0 == worker.leases.first }) {
        // Only a `hello` after a strike elsewhere can bring a suspect among others.
        if worker.session <= 1 { return "worker \(key) has company for a suspect" }
      }
    }
    if let index = unseen.keys.min() { return "trial \(index) is leased to nobody" }
    if workersByRoute.count > workers.count || workersByID.count != workers.count { return "stale worker index" }
    if let index = awaiting.keys.first(where: {
      phases[$0] != .committing(isFault: false) && phases[$0] != .committing(isFault: true)
    }) {
      return "somebody waits for trial \(index), which is \(phases[index])"
    }
    if strikes.values.contains(where: { $0 > configuration.attemptsMax }) { return "too many strikes" }
    return nil
  }
}
