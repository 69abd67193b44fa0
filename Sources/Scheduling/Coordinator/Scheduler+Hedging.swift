import Messaging

// At the tail, a second worker may finish a straggler sooner.
extension Scheduler {
  /// A trial that another worker may finish sooner.
  private struct Straggler {
    var index: Int
    /// Expected seconds to its end where it is.
    var remaining: Double
  }

  /// When nothing is queued, hands copies of the trials that are expected to end last to idle workers, one copy of each,
  /// if the copy is expected to end much sooner. The first good result wins.
  mutating func hedgeStragglers(at now: Instant) {
    guard mode == .running, trouble == nil, counts.queued == 0, counts.leased > 0 else { return }
    // One lost worker is all that a trial may cost.
    guard configuration.attemptsMax > 1 else { return }
    if let hedgeCheckAt, now < hedgeCheckAt { return }
    hedgeCheckAt = now + configuration.hedgeInterval
    let idle = idleWorkers()
    guard !idle.isEmpty else { return }
    var stragglers = stragglers(at: now)[...]
    for key in idle {
      guard let worker = workers[key] else { continue }
      let place = stragglers.firstIndex { isWorthwhile($0, on: worker, at: now) }
      guard let place else { continue }
      assign([stragglers[place].index], to: key, at: now)
      stragglers.remove(at: place)
      if stragglers.isEmpty { return }
    }
  }

  /// Workers that hold nothing and may be given something, the fastest first.
  private func idleWorkers() -> [Int] {
    var idle: [(factor: Double, key: Int)] = []
    var key = 0
    while let next = hungry.first(from: key) {
      key = next + 1
      guard let worker = workers[next], worker.route != nil, !worker.isHung, !hosts.isPaused(worker.identity.host)
      else { continue }
      idle.append((worker.speed.factor, next))
    }
    return idle.sorted { ($0.factor, $0.key) < ($1.factor, $1.key) }.map(\.key)
  }

  /// Trials that one worker has, the one that is expected to end last first. Suspects are not among them: a second
  /// worker may be lost to one.
  private func stragglers(at now: Instant) -> [Straggler] {
    var found: [Straggler] = []
    for key in workers.keys {
      guard let worker = workers[key] else { continue }
      var before = 0.0
      for entry in worker.leases.entries where !entry.isDelivering {
        let since = entry.index == worker.running ? worker.runningSince : worker.movedAt
        let elapsed = entry.index == worker.executing ? (now - since).seconds : 0
        // What takes longer than predicted is expected to take half as long again as it has: so do heavy tails.
        let seconds = predict(entry.index, on: worker) ?? entry.seconds
        before += max(seconds - elapsed, elapsed / 2)
        if hedges[entry.index] == nil, strikes[entry.index] == nil {
          found.append(Straggler(index: entry.index, remaining: before))
        }
      }
    }
    return found.sorted { ($0.remaining, $1.index) > ($1.remaining, $0.index) }
  }

  private func isWorthwhile(_ straggler: Straggler, on worker: WorkerRecord, at now: Instant) -> Bool {
    guard let seconds = predict(straggler.index, on: worker) else { return false }
    if let deadline = worker.deadline, seconds > (deadline - now).seconds { return false }
    return straggler.remaining > configuration.hedgeFactor * seconds
      && straggler.remaining - seconds > configuration.hedgeGainMin.seconds
  }
}
