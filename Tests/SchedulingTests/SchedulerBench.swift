import Messaging
import Scheduling
import Testing

/// A scheduler in a test's hand, with a clock that the test turns.
struct Bench {
  var scheduler: Scheduler
  private var audit: SchedulerAudit
  private var storeFails = false
  /// Whether the store makes at once durable who holds what, unless it fails. The rest is durable when the test says so.
  var storesHoldings = true
  var now = Instant(nanoseconds: 0)
  let items: [WorkItem]

  init(
    trials: Int, cost: (Int) -> Double = { _ in 1 }, committed: Set<Int> = [], failed: Set<Int> = [],
    quarantined: Set<Int> = [], strikes: [Int: Int] = [:], bystanders: Set<Int> = [], holdings: [UInt64: [Int]] = [:],
    adjust: (inout SchedulerConfiguration) -> Void = { _ in }
  ) {
    items = TestWork.items(trials, cost: cost)
    var configuration = SchedulerConfiguration(build: "1", sweepHash: "s")
    adjust(&configuration)
    let items = items
    let prior = PriorWork(
      committed: Set(committed.map { items[$0].id }), failed: Set(failed.map { items[$0].id }),
      quarantined: Set(quarantined.map { items[$0].id }),
      strikes: Dictionary(uniqueKeysWithValues: strikes.map { (items[$0.key].id, $0.value) }),
      bystanders: Set(bystanders.map { items[$0].id }),
      holdings: holdings.sorted { $0.key < $1.key }.map { worker, trials in
        Holding(
          worker: WorkerIdentity(id: Identifier(high: 0, low: worker), name: "w\(worker)", host: "h", pid: worker),
          trials: trials.map { items[$0].id })
      })
    scheduler = Scheduler(configuration: configuration, work: WorkList(items), prior: prior)
    audit = SchedulerAudit(scheduler)
  }

  /// Gives an event, and what the store says to that.
  mutating func give(_ event: Scheduler.Event) -> [Scheduler.Effect] {
    var effects = handle(event)
    if case .storeFailed = event { storeFails = true }
    if case .stored = event { storeFails = false }
    let isHeld = effects.contains { if case .hold = $0 { true } else { false } }
    if isHeld, storesHoldings, !storeFails { effects += give(.stored([])) }
    return effects
  }

  /// Gives an event to the machine, which must be sound after it, and nothing else.
  mutating func handle(_ event: Scheduler.Event) -> [Scheduler.Effect] {
    let effects = scheduler.handle(event, at: now)
    if let violation = scheduler.invariantViolation() { Issue.record("\(violation)") }
    if let violation = audit.violation(in: scheduler, after: event, effects) { Issue.record("\(violation)") }
    return effects
  }

  mutating func hello(
    _ worker: UInt64, session: UInt64 = 1, capacity: Int = 64, route: UInt32? = nil, held: [Int] = [],
    running: Int? = nil, finished: [Int] = [], remaining: UInt64? = nil, host: String = "h"
  ) -> [Scheduler.Effect] {
    give(
      .message(
        .hello(
          .init(
            worker: Identifier(high: 0, low: worker), session: session, name: "w\(worker)", host: host, pid: worker,
            build: "1", sweep: "s", capacity: capacity, held: held.map { items[$0].id },
            running: running.map { items[$0].id }, finished: finished.map { items[$0].id },
            remainingMilliseconds: remaining)),
        from: Route(route ?? UInt32(worker))))
  }

  mutating func report(
    _ indices: [Int], from worker: UInt32, seconds: Double = 1, failure: String? = nil, running: Int? = nil
  ) -> [Scheduler.Effect] {
    let reports = indices.map { index in
      TrialReport(
        trial: items[index].id, attempt: 1, startedAt: 0, seconds: seconds,
        outcome: failure.map { .failure(kind: $0, message: "m") } ?? .result(.uint(UInt64(index))))
    }
    return give(.message(.results(reports, running: running.map { items[$0].id }), from: Route(worker)))
  }

  func acknowledged(_ effects: [Scheduler.Effect]) -> [UInt32: [Int]] {
    var result: [UInt32: [Int]] = [:]
    for case .send(.acknowledge(let ids), let route) in effects {
      result[route.number, default: []] += ids.map { Int($0.low) }
    }
    return result
  }
}

func assigned(_ effects: [Scheduler.Effect]) -> [UInt32: [Int]] {
  var result: [UInt32: [Int]] = [:]
  for case .assign(let leases, let route) in effects { result[route.number, default: []] += leases.map(\.index) }
  return result
}

func committing(_ effects: [Scheduler.Effect]) -> [Int] {
  effects.compactMap { if case .commit(let index, _, _) = $0 { index } else { nil } }
}

func faults(_ effects: [Scheduler.Effect]) -> [TrialFault] {
  effects.compactMap { if case .record(let fault) = $0 { fault } else { nil } }
}
