import Messaging
import Scheduling
import Testing

/// Stragglers at the tail, and workers of unlike speed.
@Suite struct HedgingTests {
  /// Two workers, of which 1 has trial 0 and 2 is idle, after a second for a unit of cost was learned.
  func bench(cost: Double = 4) -> Bench {
    var bench = Bench(trials: 4, cost: { [cost, 1, 1, 1][$0] })
    #expect(assigned(bench.hello(1)) == [1: [0]])
    _ = bench.give(.message(.heartbeat(running: bench.items[0].id, held: 1), from: Route(1)))
    _ = bench.hello(2)
    for index in 1...3 { _ = bench.report([index], from: 2, seconds: 1) }
    _ = bench.give(.stored([1, 2, 3]))
    return bench
  }

  /// Ticks for so many seconds in which both workers live; what is assigned.
  func wait(_ seconds: Int, _ bench: inout Bench) -> [UInt32: [Int]] {
    var result: [UInt32: [Int]] = [:]
    for _ in 0..<seconds {
      bench.now = bench.now + .seconds(1)
      _ = bench.give(.message(.heartbeat(running: bench.items[0].id, held: 1), from: Route(1)))
      _ = bench.give(.message(.heartbeat(running: nil, held: 0), from: Route(2)))
      result.merge(assigned(bench.give(.tick))) { $0 + $1 }
    }
    return result
  }

  @Test func aTrialThatIsLateIsDoneTwiceAndOnce() {
    var bench = bench()
    // Four seconds were predicted; a copy is worth its while when twice as much is expected to be left.
    #expect(wait(16, &bench).isEmpty)
    #expect(wait(1, &bench) == [2: [0]])
    // Not a third time, though somebody else comes.
    #expect(assigned(bench.hello(3)).isEmpty && wait(20, &bench).isEmpty)
    // The copy is good: the first one is told to stop, and its late result is compared.
    let effects = bench.report([0], from: 2, seconds: 4)
    #expect(committing(effects) == [0] && effects.contains(.send(.cancel([bench.items[0].id]), to: Route(1))))
    #expect(!effects.contains(.send(.cancel([bench.items[0].id]), to: Route(2))))
    let late = bench.report([0], from: 1, seconds: 30)
    #expect(committing(late).isEmpty)
    #expect(late.contains { if case .compare(0, _, let worker) = $0 { worker.pid == 1 } else { false } })
    #expect(bench.give(.stored([0])).last == .finished(.complete))
  }

  @Test func theFirstOneMayWin() {
    var bench = bench()
    #expect(wait(17, &bench) == [2: [0]])
    let effects = bench.report([0], from: 1, seconds: 18)
    #expect(committing(effects) == [0] && effects.contains(.send(.cancel([bench.items[0].id]), to: Route(2))))
  }

  @Test func aLostWorkersTrialGoesOnElsewhere() {
    var bench = bench()
    #expect(wait(17, &bench) == [2: [0]])
    let lost = bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))
    // A strike, but no third execution.
    #expect(faults(lost).map(\.index) == [0] && assigned(bench.hello(3)).isEmpty)
    // The copy is lost too: then it is queued again, and waits for a worker of its own.
    #expect(assigned(bench.give(.processEnded(pid: 2, host: "h", detail: "killed"))) == [3: [0]])
    #expect(committing(bench.report([0], from: 3)) == [0])
  }

  @Test func aFailureEndsBothExecutions() {
    var bench = bench()
    #expect(wait(17, &bench) == [2: [0]])
    let effects = bench.report([0], from: 2, failure: "diverged")
    #expect(faults(effects).map(\.isFinal) == [true])
    #expect(effects.contains(.send(.cancel([bench.items[0].id]), to: Route(1))))
    #expect(bench.report([0], from: 1, failure: TrialReport.cancelledKind).allSatisfy { faults([$0]).isEmpty })
  }

  @Test func shortTrialsAreNotWorthIt() {
    // The loss of a second is not worth a copy, twenty times late as it is.
    var bench = Bench(trials: 2, cost: { _ in 0.05 })
    _ = bench.hello(1)
    _ = bench.hello(2)
    _ = bench.report([1], from: 2, seconds: 0.05)
    _ = bench.give(.stored([1]))
    #expect(wait(3, &bench).isEmpty)
    #expect(wait(1, &bench) == [2: [0]])
  }

  @Test func suspectsAreNotHedged() {
    var bench = bench()
    _ = bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))
    #expect(wait(60, &bench).isEmpty)
  }

  @Test func aSlowWorkerGetsLess() {
    var bench = Bench(trials: 10_000)
    var fast = assigned(bench.hello(1, capacity: 1_000))[1] ?? []
    var slow = assigned(bench.hello(2, capacity: 1_000))[2] ?? []
    // Worker 2 takes ten times as long for everything; each is given up to half a second of its own time.
    for _ in 0..<12 {
      fast = assigned(bench.report(fast, from: 1, seconds: 0.002))[1] ?? []
      slow = assigned(bench.report(slow, from: 2, seconds: 0.02))[2] ?? []
    }
    #expect((150...350).contains(fast.count), "\(fast.count)")
    #expect((20...60).contains(slow.count), "\(slow.count)")
  }
}

/// Machines on which too much goes wrong.
@Suite struct HostPauseTests {
  func paused(_ effects: [Scheduler.Effect]) -> [Double] {
    effects.compactMap { if case .hostPaused("bad", let span, _) = $0 { span.seconds } else { nil } }
  }

  /// Loses workers `numbers` of the bad machine, a second apart.
  func lose(_ numbers: ClosedRange<UInt64>, _ bench: inout Bench) -> [Double] {
    var pauses: [Double] = []
    for number in numbers {
      _ = bench.hello(number, host: "bad")
      bench.now = bench.now + .seconds(1)
      pauses += paused(bench.give(.processEnded(pid: number, host: "bad", detail: "killed")))
    }
    return pauses
  }

  @Test func fiveLostWorkersPauseAMachineAndASuccessEndsTheBackOff() {
    var bench = Bench(trials: 100)
    #expect(lose(1...4, &bench).isEmpty)
    #expect(lose(5...5, &bench) == [10])
    // Nothing for its workers, work for others.
    #expect(assigned(bench.hello(10, host: "bad")).isEmpty)
    #expect(assigned(bench.hello(11, host: "good")).keys.sorted() == [11])
    bench.now = bench.now + .seconds(9)
    #expect(!bench.give(.tick).contains(.hostResumed("bad")))
    bench.now = bench.now + .seconds(1)
    let resumed = bench.give(.tick)
    #expect(resumed.contains(.hostResumed("bad")) && assigned(resumed).keys.sorted() == [10])
    // Again, for twice as long.
    #expect(lose(20...24, &bench) == [20])
    bench.now = bench.now + .seconds(20)
    _ = bench.give(.tick)
    let index = assigned(bench.hello(30, host: "bad"))[30]?.first ?? 0
    _ = bench.report([index], from: 30)
    #expect(lose(31...35, &bench) == [10])
  }

  @Test func rareFaultsPauseNothing() {
    var bench = Bench(trials: 100)
    for number in 1...20 {
      _ = bench.hello(UInt64(number), host: "bad")
      bench.now = bench.now + .seconds(16)
      #expect(paused(bench.give(.processEnded(pid: UInt64(number), host: "bad", detail: ""))).isEmpty)
    }
  }

  @Test func failingTrialsPauseAMachineOnlyIfOthersDoBetter() {
    for othersDoBetter in [false, true] {
      var bench = Bench(trials: 100)
      var (bad, good) = (
        assigned(bench.hello(1, host: "bad"))[1] ?? [], assigned(bench.hello(2, host: "good"))[2] ?? []
      )
      var pauses: [Double] = []
      for _ in 0..<10 where pauses.isEmpty {
        let failed = bench.report(bad, from: 1, failure: "error")
        pauses += paused(failed)
        bad = assigned(failed)[1] ?? []
        bench.now = bench.now + .seconds(0.1)
        let done = bench.report(good, from: 2, seconds: 100, failure: othersDoBetter ? nil : "error")
        good = assigned(done)[2] ?? []
      }
      #expect(pauses == (othersDoBetter ? [10] : []))
      #expect(bad.isEmpty == othersDoBetter)
    }
  }
}
