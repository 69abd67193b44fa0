import Messaging
import Scheduling
import Testing

/// A worker's machine in a test's hand.
struct WorkerBench {
  var machine: WorkerMachine
  var now = Instant(nanoseconds: 0)
  let started: [WorkerMachine.Effect]

  init(adjust: (inout WorkerMachineConfiguration) -> Void = { _ in }) {
    let identity = WorkerIdentity(id: Identifier(high: 0, low: 1), name: "w", host: "h", pid: 1)
    var configuration = WorkerMachineConfiguration(identity: identity, build: "1", sweepHash: "s")
    adjust(&configuration)
    machine = WorkerMachine(configuration: configuration, at: now)
    started = machine.start(at: now)
  }

  mutating func give(_ events: WorkerMachine.Event...) -> [WorkerMachine.Effect] {
    events.flatMap { machine.handle($0, at: now) }
  }

  mutating func welcome(
    session: UInt64 = 1, trialTimeLimit: UInt64? = nil, drop: [Identifier] = []
  ) -> [WorkerMachine.Effect] {
    give(
      .message(
        .welcome(
          .init(
            incarnation: Identifier(high: 0, low: 0), session: session, heartbeatMilliseconds: 2_000,
            silenceLimitMilliseconds: 30_000, trialTimeLimitMilliseconds: trialTimeLimit, drop: drop))), .tick)
  }

  mutating func assign(_ numbers: UInt64...) -> [WorkerMachine.Effect] {
    give(.message(.assign(numbers.map { TrialAssignment(trial: Self.id($0), attempt: 1, payload: []) })))
  }

  static func id(_ number: UInt64) -> Identifier { Identifier(high: 7, low: number) }

  static func report(_ number: UInt64, failure: String? = nil) -> TrialReport {
    TrialReport(
      trial: id(number), attempt: 1, startedAt: 0, seconds: 1,
      outcome: failure.map { .failure(kind: $0, message: "") } ?? .result(.uint(number)))
  }
}

@Suite struct WorkerMachineTests {
  func hello(_ effects: [WorkerMachine.Effect]) -> WorkerMessage.Hello? {
    for case .send(.hello(let hello)) in effects { return hello }
    return nil
  }

  @Test func greetsOnAFreshConnectionUntilItIsWelcome() {
    var bench = WorkerBench()
    #expect(bench.started.first == .connect && hello(bench.started)?.session == 1)
    bench.now = bench.now + .seconds(2.9)
    #expect(bench.give(.tick).isEmpty)
    bench.now = bench.now + .seconds(0.1)
    let again = bench.give(.tick)
    #expect(again.first == .connect && hello(again)?.session == 2)
    // The answer to the first attempt comes too late.
    #expect(bench.welcome(session: 1).isEmpty)
    #expect(bench.assign(1).isEmpty)
    #expect(bench.welcome(session: 2).isEmpty)
    #expect(bench.assign(1).count == 1)
  }

  @Test func givesUpAfterAWhile() {
    var bench = WorkerBench()
    bench.now = bench.now + .seconds(8)
    #expect(bench.give(.tick) == [.exit(.cannotJoin)])
    #expect(bench.give(.tick).isEmpty)
    var other = WorkerBench()
    _ = other.welcome()
    var exits: [WorkerMachine.Effect] = []
    for _ in 0..<700 {
      other.now = other.now + .seconds(1)
      exits += other.give(.tick).filter { if case .exit = $0 { true } else { false } }
    }
    #expect(exits == [.exit(.coordinatorLost)])
    #expect(WorkerExit.coordinatorLost.isOrderly == false)
  }

  /// A coordinator that ended removed its join file; one that was killed, and one that moves, did not, or writes it anew.
  @Test func givesUpSoonWhenTheJoinFileIsGone() {
    func secondsUntilItEnds(_ isThere: (Int) -> Bool) -> (Int, WorkerMachine.Effect)? {
      var bench = WorkerBench()
      _ = bench.welcome()
      for second in 1...700 {
        bench.now = bench.now + .seconds(1)
        for effect in bench.give(.tick) {
          if case .exit = effect { return (second, effect) }
          if effect == .connect { _ = bench.give(.joinFile(exists: isThere(second))) }
        }
      }
      return nil
    }
    // Silence, the first look at the file, then the patience.
    let gone = secondsUntilItEnds { _ in false }
    #expect(gone?.1 == .exit(.coordinatorEnded) && (61...65).contains(gone?.0 ?? 0), "\(String(describing: gone))")
    let replaced = secondsUntilItEnds { $0 > 50 }
    #expect(replaced?.1 == .exit(.coordinatorLost) && (600...603).contains(replaced?.0 ?? 0))
    #expect(WorkerExit.coordinatorEnded.isOrderly == false)
    // Gone, there, and gone again: the patience begins anew.
    let twice = secondsUntilItEnds { $0 > 50 && $0 < 60 }
    #expect(twice?.1 == .exit(.coordinatorEnded) && (90...96).contains(twice?.0 ?? 0), "\(String(describing: twice))")
  }

  /// A coordinator that answers is there, whatever the last look for its file showed.
  @Test func aFileThatWasGoneIsForgottenWhenACoordinatorAnswers() {
    var bench = WorkerBench()
    _ = bench.welcome()
    bench.now = bench.now + .seconds(31)
    #expect(bench.give(.tick).first == .connect)
    _ = bench.give(.joinFile(exists: false))
    _ = bench.welcome(session: 2)
    bench.now = bench.now + .seconds(29)
    let effects = bench.give(.message(.heartbeat), .message(.rejoin), .tick)
    #expect(!effects.contains { if case .exit = $0 { true } else { false } }, "\(effects)")
    // Not even one that knows nothing of this worker.
    _ = bench.give(.joinFile(exists: false))
    bench.now = bench.now + .seconds(29)
    _ = bench.give(.message(.rejoin))
    bench.now = bench.now + .seconds(2)
    #expect(!bench.give(.tick).contains { if case .exit = $0 { true } else { false } })
  }

  /// A worker without a coordinator sleeps until it tries again, and one that leaves until it has waited enough.
  @Test func itsNextTickIsNotPast() {
    var bench = WorkerBench()
    bench.now = bench.now + .seconds(2.5)
    _ = bench.give(.tick)
    #expect(bench.machine.nextTick > bench.now)
    _ = bench.welcome()
    _ = bench.assign(1)
    _ = bench.give(.started(WorkerBench.id(1)), .tick, .leave(reason: "asked to"), .tick)
    bench.now = bench.now + .seconds(0.1)
    _ = bench.give(.tick)
    #expect(bench.machine.nextTick > bench.now)
  }

  @Test func keepsResultsUntilTheyAreAcknowledged() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1, 2)
    let first = bench.give(.started(WorkerBench.id(1)), .ended(WorkerBench.report(1)), .tick)
    #expect(first == [.send(.results([WorkerBench.report(1)], running: nil))])
    #expect(bench.give(.tick).isEmpty)
    // Not acknowledged on this connection, so said again on the next; what is held is named.
    let rejoin = bench.give(.message(.rejoin))
    #expect(hello(rejoin)?.finished == [WorkerBench.id(1)])
    #expect(hello(rejoin)?.held == [WorkerBench.id(2)])
    #expect(bench.welcome(session: 2) == [.send(.results([WorkerBench.report(1)], running: nil))])
    _ = bench.give(.message(.acknowledge([WorkerBench.id(1)])))
    #expect(hello(bench.give(.message(.rejoin)))?.finished == [])
    #expect(bench.welcome(session: 3).isEmpty)
  }

  @Test func saysAResultAgainThatNobodyAcknowledges() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1)
    _ = bench.give(.ended(WorkerBench.report(1)), .tick)
    var resent = 0
    for _ in 0..<31 {
      bench.now = bench.now + .seconds(1)
      let effects = bench.give(.message(.heartbeat), .tick)
      resent += effects.count { if case .send(.results) = $0 { true } else { false } }
    }
    #expect(resent == 1)
  }

  @Test func heartbeatsWhileATrialRuns() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1)
    let id = WorkerBench.id(1)
    #expect(bench.give(.started(id), .tick) == [.send(.heartbeat(running: id, held: 1))])
    bench.now = bench.now + .seconds(1.9)
    #expect(bench.give(.tick).isEmpty)
    bench.now = bench.now + .seconds(0.1)
    #expect(bench.give(.tick) == [.send(.heartbeat(running: id, held: 1))])
    // The coordinator says nothing for too long: a fresh connection, and the trial goes on.
    for _ in 0..<14 {
      bench.now = bench.now + .seconds(2)
      #expect(bench.give(.tick) == [.send(.heartbeat(running: id, held: 1))])
    }
    bench.now = bench.now + .seconds(0.5)
    let effects = bench.give(.tick)
    #expect(effects.first == .connect && hello(effects)?.running == id)
  }

  @Test func ignoresWhatItHasAlready() {
    var bench = WorkerBench()
    _ = bench.welcome()
    #expect(bench.assign(1, 2, 1).count == 1)
    #expect(bench.assign(1, 2).isEmpty)
    _ = bench.give(.ended(WorkerBench.report(1)), .tick)
    #expect(bench.assign(1).isEmpty)
    _ = bench.give(.message(.acknowledge([WorkerBench.id(1), WorkerBench.id(9)])))
    #expect(bench.assign(1).count == 1)
  }

  @Test func withdrawsWhatIsCancelled() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1, 2, 3)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    let ids = [WorkerBench.id(1), WorkerBench.id(3)]
    #expect(bench.give(.message(.cancel(ids + [WorkerBench.id(9)]))) == [.withdraw(ids)])
    // It stopped: not worth a word. It ended well all the same: a result.
    #expect(bench.give(.ended(WorkerBench.report(1, failure: "cancelled")), .tick).isEmpty)
    #expect(bench.give(.ended(WorkerBench.report(3)), .tick).count == 1)
    #expect(bench.welcome(session: 1, drop: [WorkerBench.id(2)]).isEmpty)
  }

  @Test func dropsWhatWelcomeDoesNotWant() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1, 2)
    _ = bench.give(.message(.rejoin))
    #expect(bench.welcome(session: 2, drop: [WorkerBench.id(2)]) == [.withdraw([WorkerBench.id(2)])])
  }

  @Test func drainsInOrder() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1, 2)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    let drain = bench.give(.message(.drain(finishWithinMilliseconds: 5_000)), .tick)
    #expect(drain == [.withdraw([WorkerBench.id(2)])])
    #expect(bench.assign(5).isEmpty)
    bench.now = bench.now + .seconds(1)
    #expect(
      bench.give(.ended(WorkerBench.report(1)), .tick) == [.send(.results([WorkerBench.report(1)], running: nil))])
    let last = bench.give(.message(.acknowledge([WorkerBench.id(1)])), .tick)
    #expect(
      last == [
        .send(.goodbye(reason: "the coordinator stops")), .exit(.released),
      ])
  }

  @Test func cancelsWhatRunsTooLongWhileDraining() {
    var bench = WorkerBench()
    _ = bench.welcome()
    _ = bench.assign(1)
    _ = bench.give(.started(WorkerBench.id(1)), .tick)
    _ = bench.give(.message(.drain(finishWithinMilliseconds: 1_000)), .tick)
    bench.now = bench.now + .seconds(1)
    #expect(bench.give(.tick) == [.withdraw([WorkerBench.id(1)])])
    let last = bench.give(.ended(WorkerBench.report(1, failure: "cancelled")), .tick)
    #expect(last.last == .exit(.released))
    // One that does not stop is left behind.
    var stubborn = WorkerBench()
    _ = stubborn.welcome()
    _ = stubborn.assign(1)
    _ = stubborn.give(.started(WorkerBench.id(1)), .tick)
    #expect(stubborn.give(.leave(reason: "walltime"), .tick) == [.withdraw([WorkerBench.id(1)])])
    stubborn.now = stubborn.now + .seconds(2)
    #expect(stubborn.give(.tick).last == .exit(.drained(reason: "walltime")))
  }

  @Test func stopsAndIsRefused() {
    var bench = WorkerBench()
    _ = bench.welcome()
    #expect(bench.give(.message(.stop(reason: "done"))).last == .exit(.finished(reason: "done")))
    var other = WorkerBench()
    #expect(
      other.give(.message(.refuse(code: .build, message: "no"))) == [.exit(.refused(.build, message: "no"))])
  }

  @Test func closesAMessageThatIsFull() {
    var bench = WorkerBench()
    _ = bench.welcome()
    for number in 0..<600 { _ = bench.give(.ended(WorkerBench.report(UInt64(number)))) }
    let sizes = bench.give(.tick).compactMap { effect -> Int? in
      if case .send(.results(let reports, _)) = effect { reports.count } else { nil }
    }
    #expect(sizes == [512, 88])
    var large = WorkerBench()
    _ = large.welcome()
    for number in 0..<5 {
      var report = WorkerBench.report(UInt64(number))
      report.outcome = .result(.binary([UInt8](repeating: 0, count: 400_000)))
      _ = large.give(.ended(report))
    }
    #expect(large.give(.tick).count == 3)
  }
}
