import Messaging
import Scheduling
import Testing

/// Failures, strikes and quarantine.
@Suite struct SchedulerFaultTests {
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

  /// A hang is counted once, and costs nobody else: not when the strike is the last and waits for the store, either.
  @Test func aWorkerThatHungGetsNothingAndItsEndStrikesNobody() {
    for before in [0, 2] {
      var bench = Bench(trials: 50, strikes: before > 0 ? [0: before] : [:])
      _ = bench.hello(1)
      let held = before > 0 ? [0] : assigned(bench.report([0], from: 1, seconds: 0.001))[1] ?? []
      _ = bench.give(.message(.heartbeat(running: bench.items[held[0]].id, held: held.count), from: Route(1)))
      var effects = bench.report([held[0]], from: 1, failure: TrialReport.timeoutKind, running: held[0])
      #expect(faults(effects).map(\.index) == [held[0]] && faults(effects).map(\.isFinal) == [before > 0])
      #expect(!held.contains { bench.scheduler.isLeased($0, to: Identifier(high: 0, low: 1)) })
      // Its report may come again, and it may ask on another connection.
      effects = bench.report([held[0]], from: 1, failure: TrialReport.timeoutKind, running: held[0])
      effects += bench.hello(1, session: 2, route: 9, held: [held[0]], running: held[0], remaining: 0)
      effects += bench.report([held[0]], from: 9, failure: TrialReport.timeoutKind, running: held[0])
      effects += bench.give(.processEnded(pid: 1, host: "h", detail: "exit status 75"))
      #expect(faults(effects).isEmpty && assigned(effects).isEmpty)
      #expect(bench.scheduler.workerCount == 0)
    }
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
}
