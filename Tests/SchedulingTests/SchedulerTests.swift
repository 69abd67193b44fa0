import Messaging
import Scheduling
import Testing

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

  @Test func nothingToDoIsDoneAtOnce() {
    var bench = Bench(trials: 2, committed: [0, 1])
    #expect(bench.give(.tick) == [.finished(.complete)])
    #expect(bench.scheduler.committedBefore == 2 && bench.scheduler.committedNow == 0)
  }
}
