import Messaging
import Scheduling
import Testing

/// Time limits of trials, and workers whose time is limited.
@Suite struct SchedulerTimeTests {
  @Test func tellsTheTimeLimit() {
    var bench = Bench(trials: 1, adjust: { $0.trialTimeLimit = .seconds(90) })
    guard case .send(.welcome(let welcome), _)? = bench.hello(1).dropFirst().first else {
      Issue.record("no welcome")
      return
    }
    #expect(welcome.trialTimeLimitMilliseconds == 90_000)
  }

  @Test func aTimeoutIsAStrike() {
    var bench = Bench(trials: 2, cost: { [2, 1][$0] })
    for attempt in 1...3 {
      #expect(assigned(bench.hello(UInt64(attempt))) == [UInt32(attempt): [0]])
      let effects = bench.report([0], from: UInt32(attempt), failure: TrialReport.timeoutKind)
      #expect(faults(effects).map(\.kind) == ["timeout"])
      #expect(faults(effects).map(\.attempt) == [attempt])
      #expect(faults(effects).map(\.isFinal) == [attempt == 3])
      // What is final is acknowledged when it is stored.
      #expect(bench.acknowledged(effects).isEmpty == (attempt == 3))
      if attempt == 3 { #expect(bench.acknowledged(bench.give(.stored([0]))) == [3: [0]]) }
      _ = bench.give(.message(.goodbye(reason: "trial does not stop"), from: Route(UInt32(attempt))))
    }
    #expect(bench.scheduler.failed == 1)
  }

  @Test func aWorkerGetsNothingThatItCannotFinish() {
    // 100 s, 10 s and 1 s once a second for a unit is learned.
    var bench = Bench(trials: 4, cost: { [100, 10, 1, 1][$0] })
    _ = bench.hello(1)
    _ = bench.report([3], from: 1, seconds: 1)
    // Worker 1 has the long one; worker 2 has a minute, and gets the longest that fits.
    #expect(assigned(bench.hello(2, remaining: 60_000)) == [2: [1]])
    _ = bench.give(.message(.goodbye(reason: ""), from: Route(1)))
    #expect(assigned(bench.report([1], from: 2, seconds: 10)) == [2: [2]])
    bench.now = bench.now + .seconds(30)
    #expect(assigned(bench.report([2], from: 2, seconds: 1)).isEmpty)
    // Nobody has the time for the long one before a worker comes that does.
    #expect(assigned(bench.hello(3, remaining: 99_000)).isEmpty)
    #expect(assigned(bench.hello(4, remaining: 101_000)) == [4: [0]])
  }
}
