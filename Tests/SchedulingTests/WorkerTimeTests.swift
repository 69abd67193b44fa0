import Messaging
import Scheduling
import Testing

/// Trials that take too long, and workers whose time is limited.
@Suite struct WorkerTimeTests {
  static func timeouts(_ effects: [WorkerMachine.Effect]) -> [TrialReport] {
    effects.flatMap { effect -> [TrialReport] in
      if case .send(.results(let reports, _)) = effect { reports } else { [] }
    }.filter { if case .failure(TrialReport.timeoutKind, _) = $0.outcome { true } else { false } }
  }

  /// A worker that runs trial 1 of 2, with a limit of a minute, at the moment when the minute is over.
  func atTheLimit() -> (WorkerBench, [WorkerMachine.Effect]) {
    var bench = WorkerBench()
    _ = bench.welcome(trialTimeLimit: 60_000)
    _ = bench.assign(1, 2)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    #expect(bench.machine.nextTick == bench.now + .seconds(2))
    for _ in 0..<59 {
      bench.now = bench.now + .seconds(1)
      #expect(!bench.give(.message(.heartbeat), .tick).contains(.withdraw([WorkerBench.id(1)])))
    }
    bench.now = bench.now + .seconds(1)
    let effects = bench.give(.tick)
    #expect(effects.contains(.withdraw([WorkerBench.id(1)])))
    return (bench, effects)
  }

  @Test func aTrialThatRunsTooLongIsStoppedAndReported() {
    var (bench, _) = atTheLimit()
    // It is told once, and heartbeats go on until it stops.
    bench.now = bench.now + .seconds(2)
    let waiting = bench.give(.tick)
    #expect(waiting == [.send(.heartbeat(running: WorkerBench.id(1), held: 2))])
    let ended = bench.give(.ended(WorkerBench.report(1, failure: TrialReport.cancelledKind)), .tick)
    #expect(Self.timeouts(ended).map(\.trial) == [WorkerBench.id(1)])
    #expect(Self.timeouts(ended).map(\.attempt) == [1])
    // The next one has the whole time again.
    _ = bench.give(.started(WorkerBench.id(2)), .tick)
    bench.now = bench.now + .seconds(20)
    _ = bench.give(.message(.heartbeat), .tick)
    bench.now = bench.now + .seconds(20)
    #expect(!bench.give(.message(.heartbeat), .tick).contains(.withdraw([WorkerBench.id(2)])))
  }

  @Test func aResultThatComesAllTheSameIsAResult() {
    var (bench, _) = atTheLimit()
    let report = WorkerBench.report(1)
    #expect(bench.give(.ended(report), .tick) == [.send(.results([report], running: nil))])
  }

  @Test func aTrialThatDoesNotStopEndsItsProcess() {
    var (bench, _) = atTheLimit()
    var effects: [WorkerMachine.Effect] = []
    for _ in 0..<29 {
      bench.now = bench.now + .seconds(1)
      effects += bench.give(.message(.heartbeat), .tick)
    }
    #expect(Self.timeouts(effects).isEmpty)
    bench.now = bench.now + .seconds(1)
    let report = Self.timeouts(bench.give(.tick) + bench.give(.tick))
    #expect(report.map(\.trial) == [WorkerBench.id(1)])
    // Once that is acknowledged, it leaves, which gives trial 2 back; the thread's late answer is not wanted.
    #expect(bench.give(.ended(WorkerBench.report(1)), .tick).isEmpty)
    let last = bench.give(.message(.acknowledge([WorkerBench.id(1)])), .tick)
    #expect(last.count == 2 && last.last == .exit(.hung(WorkerBench.id(1))))
    #expect(WorkerExit.hung(WorkerBench.id(1)).isOrderly == false)
  }

  @Test func aWorkerThatCannotSayThatItsTrialHungIsMissedOverIt() {
    var (bench, _) = atTheLimit()
    bench.now = bench.now + .seconds(29)
    _ = bench.give(.message(.heartbeat), .tick)
    bench.now = bench.now + .seconds(1)
    let first = bench.give(.tick)
    #expect(Self.timeouts(first).count == 1)
    let runs = first.compactMap { if case .send(.results(_, let running)) = $0 { running } else { nil } }
    #expect(runs == [WorkerBench.id(1)])
    // The report may be lost. Whoever asks is told that the trial runs, and nobody that it is given back.
    let answer = bench.give(.message(.rejoin))
    guard answer.count == 1, case .send(.hello(let hello)) = answer[0] else {
      Issue.record("no hello: \(answer)")
      return
    }
    #expect(hello.held == [WorkerBench.id(1)] && hello.running == WorkerBench.id(1) && hello.finished.isEmpty)
    #expect(hello.remainingMilliseconds == 0)
    var effects: [WorkerMachine.Effect] = []
    for _ in 0..<100 where effects.last != .exit(.hung(WorkerBench.id(1))) {
      bench.now = bench.now + .seconds(1)
      effects += bench.give(.tick)
    }
    #expect(effects.last == .exit(.hung(WorkerBench.id(1))))
    for case .send(.goodbye) in effects { Issue.record("the trial is given back") }
  }

  /// Another worker may have ended it meanwhile, or it was given up.
  @Test func aWorkerWhoseHungTrialIsNotWantedAnyMoreSaysGoodbye() {
    var (bench, _) = atTheLimit()
    bench.now = bench.now + .seconds(29)
    _ = bench.give(.message(.heartbeat), .tick)
    bench.now = bench.now + .seconds(1)
    #expect(Self.timeouts(bench.give(.tick)).count == 1)
    let effects = bench.give(.message(.cancel([WorkerBench.id(1)])), .tick)
    #expect(effects.contains { if case .send(.goodbye) = $0 { true } else { false } })
    #expect(effects.last == .exit(.hung(WorkerBench.id(1))))
  }

  @Test func aCancelledTrialThatDoesNotStopEndsItsProcessToo() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    _ = bench.give(.message(.cancel([WorkerBench.id(1)])), .tick)
    bench.now = bench.now + .seconds(29)
    #expect(!bench.give(.message(.heartbeat), .tick).contains(.exit(.hung(WorkerBench.id(1)))))
    bench.now = bench.now + .seconds(1)
    // Its lease is another's: nothing is reported.
    let effects = bench.give(.tick)
    #expect(Self.timeouts(effects).isEmpty && effects.last == .exit(.hung(WorkerBench.id(1))))
  }

  @Test func saysHowMuchTimeItHasAndLeavesInTime() {
    var bench = WorkerBench { $0.deadline = Instant(nanoseconds: 0) + .seconds(100) }
    func remaining(_ effects: [WorkerMachine.Effect]) -> UInt64? {
      for case .send(.hello(let hello)) in effects { return hello.remainingMilliseconds }
      return nil
    }
    // What is left for trials is what is left less the margin.
    #expect(remaining(bench.started) == 90_000)
    bench.now = bench.now + .seconds(3)
    #expect(remaining(bench.give(.tick)) == 87_000)
    _ = bench.welcome(session: 2)
    _ = bench.assign(1, 2)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    while bench.now < Instant(nanoseconds: 89_000_000_000) {
      bench.now = bench.now + .seconds(1)
      _ = bench.give(.message(.heartbeat), .tick)
    }
    #expect(bench.machine.nextTick <= Instant(nanoseconds: 90_000_000_000))
    bench.now = bench.now + .seconds(1)
    let effects = bench.give(.tick)
    #expect(effects.contains(.withdraw([WorkerBench.id(2)])) && effects.contains(.withdraw([WorkerBench.id(1)])))
    let last = bench.give(.ended(WorkerBench.report(1, failure: TrialReport.cancelledKind)), .tick)
    #expect(last.last == .exit(.drained(reason: "its time is nearly over")))
    #expect(remaining(WorkerBench().started) == nil)
  }
}
