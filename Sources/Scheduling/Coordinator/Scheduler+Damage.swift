package import Messaging

// What a mistake in the machine could do, so that tests can see that the invariants notice. It stands here because the
// tests are built as the product is, without access to what is internal.
extension Scheduler {
  /// One thing that is not as it must be.
  package enum Damage: Sendable, CaseIterable {
    case phase, count, cost, queue, suspects
    case leaseLost, leaseTwice, leaseOfNothing, hedge, running
    case worker, identity, route, hungry, hosts
    case awaiting, awaitingTwice, strikes, bystander, supply
    case holding, planned, absent
  }

  /// Does that to a trial, or to a worker.
  package mutating func damage(_ damage: Damage, trial index: Int, worker: Identifier) {
    switch damage {
    case .phase: phases[index] = phases[index] == .failed ? .queued : .failed
    case .count: counts.queued += 1
    case .cost: queuedCosts[0] += 1
    case .queue: Self.toggle(&queue, index)
    case .suspects: Self.toggle(&suspects, index)
    case .hedge: if case .leased(let key) = phases[index] { hedges[index] = key }
    case .awaiting: awaiting[index, default: []].append(Route(.max))
    case .awaitingTwice: awaiting[index] = awaiting[index].map { $0 + $0 }
    case .strikes: strikes[index] = configuration.attemptsMax + 1
    case .bystander: bystanders.insert(index)
    case .hosts:
      let tooMany = hostsMax + configuration.hostFaultsMax + 1
      for number in 0..<tooMany { hosts.noteSuccess(on: "x\(number)", at: Instant(nanoseconds: 0)) }
    case .leaseLost, .leaseTwice, .leaseOfNothing, .running, .worker, .identity, .route, .hungry, .supply,
      .holding, .planned, .absent:
      if let key = workersByID[worker] { self.damage(damage, trial: index, key) }
    }
  }

  /// Takes a committed trial for one that waits, by the book; false if it is not committed.
  package mutating func uncommit(_ index: Int) -> Bool {
    guard phases[index] == .committed else { return false }
    setPhase(of: index, .queued)
    return true
  }

  private mutating func damage(_ damage: Damage, trial index: Int, _ key: Int) {
    let first = workers[key]?.leases.entries.first
    switch damage {
    case .leaseLost: if let first { _ = workers[key]?.remove(first.index) }
    case .leaseTwice: if let first { workers[key]?.leases.append(first) }
    case .leaseOfNothing: workers[key]?.leases.append(.init(index: index, seconds: 1, stage: .held))
    case .running: workers[key]?.running = index
    case .worker: _ = workers.remove(key)
    case .identity: if let id = workers[key]?.identity.id { workersByID[id] = nil }
    case .route: if let route = workers[key]?.route { workersByRoute[route] = nil }
    case .holding: workers[key]?.hasNewHolding = true
    case .planned: planned.removeAll { $0 == key }
    case .absent: workers[key]?.isAbsent = true
    case .hungry: if hungry.contains(key) { hungry.remove(key) } else { hungry.insert(key) }
    // What it had is given back by the book, and it is given nothing.
    case .supply: for entry in workers[key]?.leases.entries ?? [] { giveBack(entry.index, from: key) }
    default: break
    }
  }

  private static func toggle(_ queue: inout TrialQueue, _ index: Int) {
    if queue.contains(index) { queue.remove(index) } else { queue.insert(index) }
  }
}
