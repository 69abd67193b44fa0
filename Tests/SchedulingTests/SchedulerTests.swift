import Messaging
import Scheduling
import Testing

/// A scheduler in a test's hand, with a clock that the test turns.
struct Bench {
  var scheduler: Scheduler
  var now = Instant(nanoseconds: 0)
  let items: [WorkItem]

  init(
    trials: Int, cost: (Int) -> Double = { _ in 1 }, committed: Set<Int> = [], failed: Set<Int> = [],
    quarantined: Set<Int> = [], strikes: [Int: Int] = [:],
    adjust: (inout SchedulerConfiguration) -> Void = { _ in }
  ) {
    items = TestWork.items(trials, cost: cost)
    var configuration = SchedulerConfiguration(build: "1", sweepHash: "s")
    adjust(&configuration)
    let items = items
    let prior = PriorWork(
      committed: Set(committed.map { items[$0].id }), failed: Set(failed.map { items[$0].id }),
      quarantined: Set(quarantined.map { items[$0].id }),
      strikes: Dictionary(uniqueKeysWithValues: strikes.map { (items[$0.key].id, $0.value) }))
    scheduler = Scheduler(configuration: configuration, work: WorkList(items), prior: prior)
  }

  /// Gives an event; the machine must be sound after it.
  mutating func give(_ event: Scheduler.Event) -> [Scheduler.Effect] {
    let effects = scheduler.handle(event, at: now)
    if let violation = scheduler.invariantViolation() { Issue.record("\(violation)") }
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

@Suite struct SchedulerTests {
  @Test func longestFirstThenInGridOrder() {
    var bench = Bench(trials: 5, cost: { [1, 5, 3, 5, 1][$0] })
    var order: [Int] = []
    #expect(assigned(bench.hello(1)) == [1: [1]])
    for index in [1, 3, 2, 0, 4] {
      order.append(index)
      let next = assigned(bench.report([index], from: 1, seconds: 10))[1] ?? []
      #expect(next.count <= 1)
    }
    #expect(order == [1, 3, 2, 0, 4])
    #expect(bench.scheduler.unfinished == 5)
    #expect(bench.give(.stored([0, 1, 2, 3, 4])).last == .finished(.complete))
  }

  @Test func shortTrialsTravelTogetherAndLongOnesAlone() {
    // 2 ms each: half a second is 250 of them.
    var short = Bench(trials: 10_000)
    _ = short.hello(1, capacity: 1_000)
    let batch = assigned(short.report([0], from: 1, seconds: 0.002))[1] ?? []
    #expect((249...251).contains(batch.count))
    // Nothing more before half of it is done, and then up to the horizon again.
    #expect(assigned(short.report(Array(batch[..<100]), from: 1, seconds: 0.002)).isEmpty)
    let refill = assigned(short.report(Array(batch[100..<130]), from: 1, seconds: 0.002))[1] ?? []
    #expect((129...131).contains(refill.count))

    var long = Bench(trials: 100)
    _ = long.hello(1)
    #expect(assigned(long.report([0], from: 1, seconds: 120))[1]?.count == 1)
  }

  @Test func capacityIsNeverExceededAndTheTailIsShared() {
    var bench = Bench(trials: 101)
    _ = bench.hello(1, capacity: 8)
    #expect(assigned(bench.report([0], from: 1, seconds: 1e-6))[1]?.count == 8)
    var tail = Bench(trials: 101)
    _ = tail.hello(1)
    for worker in 2...5 { _ = tail.hello(UInt64(worker)) }
    // 96 trials of 2 ms are left; a tenth of them for one of five workers.
    #expect((9...11).contains(assigned(tail.report([0], from: 1, seconds: 0.002))[1]?.count ?? 0))
  }

  @Test func acknowledgesOnlyWhatIsStored() {
    var bench = Bench(trials: 3)
    _ = bench.hello(1)
    let effects = bench.report([0], from: 1)
    #expect(committing(effects) == [0] && bench.acknowledged(effects).isEmpty)
    // The same again while it is being stored: not stored twice, and acknowledged once it is.
    let again = bench.report([0, 0], from: 1)
    #expect(committing(again).isEmpty && bench.acknowledged(again).isEmpty)
    #expect(bench.acknowledged(bench.give(.stored([0]))) == [1: [0]])
    let late = bench.report([0], from: 1)
    #expect(committing(late).isEmpty && bench.acknowledged(late) == [1: [0]])
  }

  @Test func takesAGoodResultFromAnybody() {
    var bench = Bench(trials: 2)
    _ = bench.hello(1)
    _ = bench.hello(2)
    // Worker 2 delivers what worker 1 has: 1 is told to stop.
    let effects = bench.report([0], from: 2)
    #expect(committing(effects) == [0])
    #expect(effects.contains(.send(.cancel([bench.items[0].id]), to: Route(1))))
    // But its failure would not have counted.
    var other = Bench(trials: 2)
    _ = other.hello(1)
    _ = other.hello(2)
    let failure = other.report([0], from: 2, failure: "error")
    #expect(faults(failure).isEmpty && other.acknowledged(failure) == [2: [0]])
  }

  @Test func aFailureIsFinalAndALateResultStillCounts() {
    var bench = Bench(trials: 2)
    _ = bench.hello(1)
    let effects = bench.report([0], from: 1, failure: "diverged")
    #expect(faults(effects).map(\.isFinal) == [true])
    #expect(bench.acknowledged(bench.give(.stored([0]))) == [1: [0]])
    #expect(bench.scheduler.failed == 1)
    #expect(committing(bench.report([0], from: 1)) == [0])
    #expect(bench.scheduler.failed == 0)
  }

  @Test func aConnectionBelongsToOneWorker() {
    var bench = Bench(trials: 1)
    #expect(assigned(bench.hello(1, route: 7)) == [7: [0]])
    // What the first was handed goes to the second, and nobody gets a strike.
    let effects = bench.hello(2, route: 7)
    #expect(assigned(effects) == [7: [0]] && faults(effects).isEmpty)
    #expect(
      effects.contains {
        if case .workerLeft(let identity, _) = $0 { identity.id == Identifier(high: 0, low: 1) } else { false }
      })
    // The end of the first does not cut the second off.
    let answer = bench.give(.message(.heartbeat(running: nil, held: 1), from: Route(7)))
    #expect(answer.contains(.send(.heartbeat, to: Route(7))))
  }

  @Test func aLostWorkerStrikesWhatItExecuted() {
    var bench = Bench(trials: 50)
    _ = bench.hello(1)
    let held = assigned(bench.report([0], from: 1, seconds: 0.001, running: nil))[1] ?? []
    _ = bench.give(.message(.heartbeat(running: bench.items[held[2]].id, held: 10), from: Route(1)))
    let effects = bench.give(.processEnded(pid: 1, host: "h", detail: "killed by signal 9"))
    #expect(faults(effects).map(\.index) == [held[2]])
    #expect(faults(effects).map(\.isFinal) == [false])
    // All of them are suspects: the next worker gets them one at a time, after it is empty.
    let first = assigned(bench.hello(2))[2] ?? []
    #expect(first.count == 1 && held.contains(first[0]))
    // A process of the same number on another machine is another.
    #expect(bench.give(.processEnded(pid: 2, host: "elsewhere", detail: "")).isEmpty)
  }

  @Test func quarantinesAfterThreeStrikes() {
    var bench = Bench(trials: 2, cost: { [2, 1][$0] })
    for worker in 1...3 {
      #expect(assigned(bench.hello(UInt64(worker))) == [UInt32(worker): [0]])
      let effects = bench.give(.processEnded(pid: UInt64(worker), host: "h", detail: "killed"))
      #expect(faults(effects).map(\.isFinal) == [worker == 3])
      #expect(faults(effects).map(\.attempt) == [worker])
    }
    _ = bench.give(.stored([0]))
    #expect(bench.scheduler.failed == 1)
    #expect(assigned(bench.hello(4)) == [4: [1]])
  }

  /// Whatever the worker's last words were, three workers are lost over a trial, and not one more.
  @Test func aTrialThatIsNotTheFirstInLineCostsThreeWorkersToo() {
    var bench = Bench(trials: 50)
    _ = bench.hello(1)
    let held = assigned(bench.report([0], from: 1, seconds: 0.001))[1] ?? []
    let killer = held[3]
    #expect(faults(bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))).map(\.index) == [held[0]])
    var lost = 1
    var worker: UInt64 = 2
    var given = assigned(bench.hello(worker))[2] ?? []
    while bench.scheduler.failed == 0, lost < 9 {
      #expect(given.count == 1)
      guard given == [killer] else {
        given = assigned(bench.report(given, from: UInt32(worker)))[UInt32(worker)] ?? []
        continue
      }
      lost += 1
      let effects = bench.give(.processEnded(pid: worker, host: "h", detail: "killed"))
      if faults(effects).contains(where: \.isFinal) { _ = bench.give(.stored([killer])) }
      worker += 1
      given = assigned(bench.hello(worker))[UInt32(worker)] ?? []
    }
    #expect(lost == 3)
  }

  @Test func aPlannedLeaveStrikesNobody() {
    var bench = Bench(trials: 2)
    _ = bench.hello(1)
    let effects = bench.give(.message(.goodbye(reason: "walltime"), from: Route(1)))
    #expect(faults(effects).isEmpty)
    let reasons = effects.compactMap { if case .workerLeft(_, let reason) = $0 { reason } else { nil } }
    #expect(reasons == ["walltime"])
    #expect(assigned(bench.hello(2)) == [2: [0]])
    // Nor does a trial that was cancelled.
    #expect(faults(bench.report([0], from: 2, failure: "cancelled")).isEmpty)
    #expect(bench.scheduler.unfinished == 2)
  }

  @Test func silenceEndsALeaseUnlessTheCoordinatorSlept() {
    var bench = Bench(trials: 2)
    _ = bench.hello(1)
    for _ in 0..<29 {
      bench.now = bench.now + .seconds(1)
      #expect(bench.give(.tick).isEmpty)
    }
    // The coordinator is stopped for a minute: the worker cannot be blamed.
    bench.now = bench.now + .seconds(60)
    #expect(bench.give(.tick).isEmpty)
    bench.now = bench.now + .seconds(2)
    #expect(faults(bench.give(.tick)).map(\.message) == ["silent for 30 s"])
  }

  @Test func aWorkerThatReturnsKeepsWhatItHolds() {
    var bench = Bench(trials: 10)
    _ = bench.hello(1)
    // On a new connection, with 0 finished and 3 running, which this coordinator never gave away; 5 is committed.
    _ = bench.hello(2)
    _ = bench.report([5], from: 2)
    _ = bench.give(.stored([5]))
    let effects = bench.hello(1, session: 2, route: 9, held: [3, 5], running: 3, finished: [0])
    guard case .send(.welcome(let welcome), Route(9))? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(welcome.drop == [bench.items[5].id])
    // An old session, or the old connection, changes nothing.
    #expect(bench.hello(1, session: 1, route: 8).isEmpty)
    #expect(bench.give(.message(.heartbeat(running: nil, held: 0), from: Route(1))) == [.send(.rejoin, to: Route(1))])
    #expect(committing(bench.report([0, 3], from: 9)) == [0, 3])
  }

  @Test func storeTroubleStopsTheHandOut() {
    var bench = Bench(trials: 10)
    _ = bench.hello(1)
    _ = bench.report([0], from: 1, seconds: 100)
    #expect(bench.give(.storeFailed("disk full")) == [.storeTrouble("disk full")])
    #expect(assigned(bench.report([1], from: 1)).isEmpty)
    bench.now = bench.now + .seconds(0.4)
    #expect(bench.give(.tick).isEmpty)
    bench.now = bench.now + .seconds(0.1)
    #expect(bench.give(.tick) == [.retryStore])
    // It fails again, and the wait doubles.
    #expect(bench.give(.storeFailed("disk full")).isEmpty)
    bench.now = bench.now + .seconds(0.9)
    #expect(bench.give(.tick).isEmpty)
    bench.now = bench.now + .seconds(0.1)
    #expect(bench.give(.tick) == [.retryStore])
    let effects = bench.give(.stored([0, 1]))
    #expect(bench.acknowledged(effects) == [1: [0, 1]])
    #expect(effects.contains(.storeTrouble(nil)) && assigned(effects)[1]?.count == 1)
  }

  @Test func drainLetsShortTrialsFinish() {
    var bench = Bench(trials: 10, cost: { $0 == 0 ? 1_000 : 1 })
    _ = bench.hello(1)
    _ = bench.hello(2)
    _ = bench.report([1], from: 2, seconds: 1)
    _ = bench.give(.message(.heartbeat(running: bench.items[0].id, held: 1), from: Route(1)))
    _ = bench.give(.message(.heartbeat(running: bench.items[2].id, held: 1), from: Route(2)))
    let effects = bench.give(.drain)
    #expect(effects.contains(.send(.drain(finishWithinMilliseconds: 0), to: Route(1))))
    #expect(effects.contains(.send(.drain(finishWithinMilliseconds: 5_000), to: Route(2))))
    // Nothing is handed out any more, and results still count.
    let last = bench.report([2], from: 2)
    #expect(assigned(last).isEmpty && committing(last) == [2])
    _ = bench.give(.stored([1, 2]))
    _ = bench.give(.message(.goodbye(reason: ""), from: Route(1)))
    #expect(bench.give(.message(.goodbye(reason: ""), from: Route(2))).last == .finished(.interrupted))
  }

  /// The worker leaves before its last result is durable: nothing is left to do, so the run is complete.
  @Test func aDrainThatGetsEverythingDoneIsComplete() {
    var bench = Bench(trials: 2)
    _ = bench.hello(1)
    _ = bench.report([0], from: 1, seconds: 1)
    _ = bench.give(.stored([0]))
    _ = bench.give(.drain)
    #expect(committing(bench.report([1], from: 1)) == [1])
    #expect(!bench.give(.message(.goodbye(reason: "drained"), from: Route(1))).contains(.finished(.complete)))
    #expect(bench.give(.stored([1])).last == .finished(.complete))
  }

  @Test func drainEndsWithoutItsWorkers() {
    var bench = Bench(trials: 10)
    _ = bench.hello(1)
    _ = bench.give(.drain)
    bench.now = bench.now + .seconds(6.9)
    #expect(!bench.give(.tick).contains(.finished(.interrupted)))
    bench.now = bench.now + .seconds(0.2)
    #expect(bench.give(.tick).contains(.finished(.interrupted)))
  }

  @Test func takesBackWhatNeverArrived() {
    var bench = Bench(trials: 3)
    _ = bench.hello(1)
    for _ in 0..<31 {
      bench.now = bench.now + .seconds(1)
      let effects = bench.give(.message(.heartbeat(running: nil, held: 0), from: Route(1)))
      if bench.now.nanoseconds > 30_000_000_000 { #expect(assigned(effects) == [1: [0]]) }
    }
  }

  @Test func refusesStrangersOfOtherKinds() {
    var bench = Bench(trials: 1, adjust: { $0.workersMax = 1 })
    _ = bench.hello(1)
    guard case .send(.refuse(.worker, _), _)? = bench.hello(2).first else {
      Issue.record("not refused")
      return
    }
    let effects = bench.give(.malformedFrame(.otherVersion(2), from: Route(7)))
    guard case .send(.refuse(.protocol, _), Route(7))? = effects.first else {
      Issue.record("not refused")
      return
    }
    #expect(bench.give(.malformedFrame(.notAnEnvelope, from: Route(8))).isEmpty)
  }

  @Test func whatFailedBeforeIsNotTriedAgainAndStrikesAreKept() {
    var bench = Bench(trials: 3, failed: [0], strikes: [1: 2, 0: 1])
    #expect(bench.scheduler.failed == 1 && bench.scheduler.unfinished == 2)
    // A suspect goes first, and alone; its third strike is its last.
    #expect(assigned(bench.hello(1)) == [1: [1]])
    let effects = bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))
    #expect(faults(effects).map(\.attempt) == [3] && faults(effects).map(\.isFinal) == [true])
    _ = bench.give(.stored([1]))
    #expect(assigned(bench.hello(2)) == [2: [2]])
    _ = bench.report([2], from: 2)
    #expect(bench.give(.stored([2])).last == .finished(.complete))
    #expect(bench.scheduler.failed == 2 && bench.scheduler.committedNow == 1)
  }

  /// The faults while nobody says anything for so many seconds.
  func silence(_ seconds: Int, _ bench: inout Bench) -> [TrialFault] {
    var found: [TrialFault] = []
    for _ in 0..<seconds {
      bench.now = bench.now + .seconds(1)
      found += faults(bench.give(.tick))
    }
    return found
  }

  /// A worker that was given up over a trial comes back with it, and with the number of that attempt. The store keeps one
  /// fault of a trial for each number, so the next one must have another.
  @Test func everyFaultOfATrialHasANumberOfItsOwn() {
    var bench = Bench(trials: 1)
    _ = bench.hello(1)
    _ = bench.give(.message(.heartbeat(running: bench.items[0].id, held: 1), from: Route(1)))
    #expect(silence(31, &bench).map(\.attempt) == [1])
    _ = bench.hello(1, session: 2, held: [0], running: 0)
    let final = faults(bench.report([0], from: 1, failure: "error"))
    #expect(final.map(\.attempt) == [2] && final.map(\.isFinal) == [true])
  }

  @Test func aMismatchAfterAStrikeHasANumberOfItsOwn() {
    var bench = Bench(trials: 1)
    _ = bench.hello(1)
    _ = bench.give(.message(.heartbeat(running: bench.items[0].id, held: 1), from: Route(1)))
    #expect(silence(31, &bench).map(\.attempt) == [1])
    _ = bench.hello(2)
    #expect(committing(bench.report([0], from: 2)) == [0])
    let identity = WorkerIdentity(id: Identifier(high: 0, low: 1), name: "w1", host: "h", pid: 1)
    #expect(faults(bench.give(.mismatch(0, reason: "other bits", by: identity))).map(\.attempt) == [2])
  }

  /// While a store fails, connections come and go; only those that are there wait.
  @Test func whoIsGoneWaitsForNothing() {
    var bench = Bench(trials: 1)
    _ = bench.hello(1)
    _ = bench.report([0], from: 1)
    for session in 2...5 as ClosedRange<UInt64> {
      _ = bench.hello(1, session: session, route: UInt32(session), finished: [0])
      _ = bench.report([0], from: UInt32(session))
    }
    let effects = bench.give(.stored([0]))
    #expect(bench.acknowledged(effects) == [5: [0]])
  }

  @Test func quarantineIsKnownAfterARestart() {
    let bench = Bench(trials: 3, failed: [0, 1], quarantined: [1])
    #expect(bench.scheduler.failed == 2 && bench.scheduler.quarantined == 1)
  }

  @Test func stopsInGoodOrderWhenTooManyFail() {
    // Those that failed in earlier runs do not count.
    var bench = Bench(trials: 10, failed: [8, 9], adjust: { $0.failuresMax = 2 })
    _ = bench.hello(1)
    _ = bench.hello(2)
    _ = bench.report([0], from: 1, failure: "error")
    #expect(!bench.give(.stored([0])).contains { if case .send(.drain, _) = $0 { true } else { false } })
    _ = bench.report([1], from: 2, failure: "error")
    let effects = bench.give(.stored([1]))
    let drained = effects.compactMap { if case .send(.drain, let route) = $0 { route.number } else { nil } }
    #expect(drained == [1, 2])
    // What still runs may end well.
    #expect(committing(bench.report([2], from: 1)) == [2])
    _ = bench.give(.stored([2]))
    _ = bench.give(.message(.goodbye(reason: ""), from: Route(1)))
    #expect(bench.give(.message(.goodbye(reason: ""), from: Route(2))).last == .finished(.tooManyFailures))
  }

  @Test func nothingToDoIsDoneAtOnce() {
    var bench = Bench(trials: 2, committed: [0, 1])
    #expect(bench.give(.tick) == [.finished(.complete)])
    #expect(bench.scheduler.committedBefore == 2 && bench.scheduler.committedNow == 0)
  }
}
