import Messaging

/// Finds what an event broke, at a cost that depends on what the event touched and not on how many trials and workers
/// there are (but for the trials that are on the way into the store, where a connection ends, and for the workers without
/// a trial, where handing out begins again): for tests.
///
/// It remembers where every trial was, and what every worker held, after the event before. What the event and its effects
/// name is looked at, and what is found to have changed on the way; all that is counted anew, and the sums must be the
/// scheduler's. So a change of what nobody named is found as well, if anything counts it. What nothing counts is found by
/// ``Scheduler/invariantViolation()`` alone, which looks at everything.
package struct SchedulerAudit {
  /// What must not be, and is.
  struct Violation: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  /// A worker as it was.
  struct KnownWorker {
    var id: Identifier
    var route: Route?
    var leases: [Int]
  }

  // As it was after the last event.
  private var phases: [Scheduler.Phase]
  private var hedges: [Int: Int]
  private var workers: [KnownWorker?] = []
  private(set) var keysByID: [Identifier: Int] = [:]
  private(set) var keysByRoute: [Route: Int] = [:]
  private var counts: Scheduler.Counts
  private var queuedCosts: [Double]
  private var leaseCount = 0
  private var handedOut = false

  /// What the event touched.
  private(set) var trials: Touched
  private(set) var touchedWorkers: Touched
  /// Who joined or left, by the effects.
  private var announced: Set<Identifier> = []
  /// In whose leases each trial was last seen, as a number that is drawn for each look at a worker.
  private var leaseMarks: [Int]
  private var lookCount = 0

  /// Follows a scheduler that has taken no event yet.
  package init(_ scheduler: Scheduler) {
    phases = scheduler.phases
    hedges = scheduler.hedges
    counts = scheduler.counts
    queuedCosts = scheduler.queuedCosts
    trials = Touched(count: scheduler.phases.count)
    touchedWorkers = Touched(count: 0)
    leaseMarks = Array(repeating: 0, count: scheduler.phases.count)
    for key in scheduler.workers.keys {
      guard let record = scheduler.workers[key] else { continue }
      let leases = record.leases.entries.map(\.index)
      while workers.count <= key { workers.append(nil) }
      workers[key] = KnownWorker(id: record.identity.id, route: nil, leases: leases)
      keysByID[record.identity.id] = key
      leaseCount += leases.count
    }
  }

  /// The first invariant that an event broke, if it broke one.
  package mutating func violation(
    in scheduler: Scheduler, after event: Scheduler.Event, _ effects: [Scheduler.Effect]
  ) -> String? {
    trials.removeAll()
    touchedWorkers.removeAll()
    announced.removeAll()
    name(event, in: scheduler)
    for effect in effects { name(effect, in: scheduler) }
    do {
      try follow(in: scheduler)
      for index in trials.list { try check(trial: index, in: scheduler, after: event) }
      try checkSums(in: scheduler)
      try checkSupply(in: scheduler, effects)
      return nil
    } catch {
      return error.text
    }
  }

  mutating func touch(trial index: Int) { trials.insert(index) }

  mutating func announce(_ worker: Identifier) { announced.insert(worker) }

  mutating func touch(worker key: Int?) {
    guard let key else { return }
    while workers.count <= key { workers.append(nil) }
    touchedWorkers.insert(key)
  }

  /// Looks at the workers that were touched, and touches what changed there, until nothing more has.
  private mutating func follow(in scheduler: Scheduler) throws(Violation) {
    var (trial, worker) = (0, 0)
    while true {
      if trial < trials.list.count {
        touchHolders(of: trials.list[trial], in: scheduler)
        trial += 1
      } else if worker < touchedWorkers.list.count {
        try compare(worker: touchedWorkers.list[worker], in: scheduler)
        worker += 1
      } else {
        return
      }
    }
  }

  /// Who has a trial, and who had it.
  private mutating func touchHolders(of index: Int, in scheduler: Scheduler) {
    if case .leased(let key) = phases[index] { touch(worker: key) }
    if case .leased(let key) = scheduler.phases[index] { touch(worker: key) }
    touch(worker: hedges[index])
    touch(worker: scheduler.hedges[index])
  }

  private mutating func compare(worker key: Int, in scheduler: Scheduler) throws(Violation) {
    if let violation = scheduler.violation(ofWorker: key) { throw Violation(violation) }
    let known = workers[key]
    workers[key] = nil
    let record = scheduler.workers[key]
    let leases = try compare(leases: known?.leases ?? [], with: record?.leases.entries ?? [], of: key)
    leaseCount += leases.count - (known?.leases.count ?? 0)
    if let old = known?.id, old != record?.identity.id {
      guard announced.contains(old) else { throw Violation("worker \(old) left unsaid") }
      keysByID[old] = nil
    }
    if let new = record?.identity.id, new != known?.id {
      guard announced.contains(new) else { throw Violation("worker \(new) came unsaid") }
      keysByID[new] = key
    }
    if known?.route != record?.route {
      if let old = known?.route { try leave(old, of: key, in: scheduler) }
      if let new = record?.route { keysByRoute[new] = key }
    }
    workers[key] = record.map { KnownWorker(id: $0.identity.id, route: $0.route, leases: leases) }
  }

  /// Touches the trials that came and went; returns the new ones.
  private mutating func compare(
    leases old: [Int], with entries: [LeaseList.Entry], of key: Int
  ) throws(Violation) -> [Int] {
    if old.isEmpty && entries.isEmpty { return old }
    lookCount += 2
    let (before, now) = (lookCount - 1, lookCount)
    for index in old { leaseMarks[index] = before }
    for entry in entries {
      if leaseMarks[entry.index] == now { throw Violation("worker \(key) has trial \(entry.index) twice") }
      if leaseMarks[entry.index] != before { touch(trial: entry.index) }
      leaseMarks[entry.index] = now
    }
    for index in old where leaseMarks[index] == before { touch(trial: index) }
    return entries.map(\.index)
  }

  /// A connection is no longer a worker's: nobody may wait on it.
  private mutating func leave(_ route: Route, of key: Int, in scheduler: Scheduler) throws(Violation) {
    if keysByRoute[route] == key { keysByRoute[route] = nil }
    guard scheduler.workersByRoute[route] == nil else { return }
    if let (index, _) = scheduler.awaiting.first(where: { $0.value.contains(route) }) {
      throw Violation("connection \(route) waits for trial \(index), and is no worker's")
    }
  }

  private mutating func check(
    trial index: Int, in scheduler: Scheduler, after event: Scheduler.Event
  ) throws(Violation) {
    let (old, new) = (phases[index], scheduler.phases[index])
    if old != new {
      guard old.mayBecome(new, after: event) else { throw Violation("trial \(index) was \(old), and is \(new)") }
      count(old, by: -1, cost: scheduler.work.items[index].cost)
      count(new, by: 1, cost: scheduler.work.items[index].cost)
      phases[index] = new
    }
    if hedges[index] != scheduler.hedges[index] { hedges[index] = scheduler.hedges[index] }
    if let violation = scheduler.violation(ofTrial: index) { throw Violation(violation) }
  }

  private mutating func count(_ phase: Scheduler.Phase, by change: Int, cost: Double) {
    switch phase {
    case .queued:
      counts.queued += change
      let cost = CostModel.effective(cost)
      queuedCosts[CostModel.costClass(cost)] += Double(change) * cost
    case .leased: counts.leased += change
    case .committing: counts.committing += change
    case .committed: counts.committedNow += change
    case .failed: counts.failed += change
    }
  }

  private func checkSums(in scheduler: Scheduler) throws(Violation) {
    if counts != scheduler.counts { throw Violation("counts say \(scheduler.counts), phases say \(counts)") }
    for place in queuedCosts.indices {
      let (cost, counted) = (queuedCosts[place], scheduler.queuedCosts[place])
      if abs(cost - counted) > 1e-6 * max(1, cost) { throw Violation("queued costs \(counted) instead of \(cost)") }
    }
    if let violation = scheduler.sumViolation(leases: leaseCount) { throw Violation(violation) }
    if keysByID.count != scheduler.workers.count { throw Violation("a worker came or went unsaid") }
    if keysByRoute.count != scheduler.workersByRoute.count { throw Violation("a connection came or went unsaid") }
    if scheduler.awaiting.count > counts.committing { throw Violation("somebody waits for what is not committing") }
  }

  /// A worker without a trial comes to be where it was touched, or where all of them are to be given trials again.
  private mutating func checkSupply(in scheduler: Scheduler, _ effects: [Scheduler.Effect]) throws(Violation) {
    let handedOutBefore = handedOut
    handedOut = scheduler.handsOut
    guard handedOut else { return }
    let isResumed = effects.contains { if case .hostResumed = $0 { true } else { false } }
    let key =
      handedOutBefore && !isResumed
      ? touchedWorkers.list.first { scheduler.isUnsupplied($0) } : scheduler.firstUnsupplied
    if let key { throw Violation(scheduler.unsuppliedText(key)) }
  }
}

extension SchedulerAudit {
  /// Numbers, each once.
  struct Touched {
    private(set) var list: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = Array(repeating: false, count: count) }

    mutating func insert(_ number: Int) {
      while isIn.count <= number { isIn.append(false) }
      guard !isIn[number] else { return }
      isIn[number] = true
      list.append(number)
    }

    mutating func removeAll() {
      for number in list { isIn[number] = false }
      list.removeAll(keepingCapacity: true)
    }
  }
}
