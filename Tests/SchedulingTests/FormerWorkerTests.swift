import Messaging
import Scheduling
import Testing

/// A coordinator that starts again knows who had what, and whom it lost over what.
@Suite struct FormerWorkerTests {
  private func suspected(_ effects: [Scheduler.Effect]) -> [Int] {
    effects.compactMap { if case .suspect(let index) = $0 { index } else { nil } }
  }

  private func holders(_ effects: [Scheduler.Effect]) -> [UInt64: [Int]] {
    var result: [UInt64: [Int]] = [:]
    for case .hold(let worker, let trials) in effects { result[worker.pid] = trials }
    return result
  }

  @Test func whatAFormerWorkerHasIsNotHandedToOthers() {
    var bench = Bench(trials: 3, holdings: [1: [0, 2]])
    #expect(bench.scheduler.workerCount == 0 && bench.scheduler.isAbsent(Identifier(high: 0, low: 1)))
    #expect(assigned(bench.hello(2)) == [2: [1]])
    let back = bench.hello(1, held: [0, 2], running: 0)
    #expect(bench.scheduler.workerCount == 2 && !bench.scheduler.isAbsent(Identifier(high: 0, low: 1)))
    #expect(back.contains { if case .workerJoined(let worker) = $0 { worker.pid == 1 } else { false } })
    #expect(faults(back).isEmpty && assigned(back).isEmpty)
    #expect(committing(bench.report([0, 2], from: 1)) == [0, 2])
  }

  @Test func whoComesBackWithoutATrialHasGivenItBack() {
    var bench = Bench(trials: 2, holdings: [1: [0, 1]])
    #expect(assigned(bench.hello(1, held: [1], running: 1)).isEmpty)
    let effects = bench.hello(2)
    #expect(assigned(effects) == [2: [0]] && faults(effects).isEmpty)
  }

  /// The first in line gets the strike, as if the worker had been lost without a word; the others travel alone.
  @Test func whoDoesNotComeBackIsLost() {
    var bench = Bench(trials: 4, holdings: [1: [2, 0]])
    #expect(assigned(bench.hello(2)) == [2: [1]])
    let limit = SchedulerConfiguration(build: "", sweepHash: "").returnLimit
    for _ in 0..<Int(limit.seconds / 2) {
      bench.now = bench.now + .seconds(2)
      _ = bench.give(.message(.heartbeat(running: bench.items[1].id, held: 1), from: Route(2)))
      #expect(faults(bench.give(.tick)).isEmpty)
    }
    bench.now = bench.now + .seconds(1)
    let lost = bench.give(.tick)
    #expect(faults(lost).map(\.index) == [2] && faults(lost).map(\.kind) == [TrialFault.workerLostKind])
    #expect(suspected(lost) == [0])
    #expect(
      lost.contains { if case .hold(let worker, let trials) = $0 { worker.pid == 1 && trials.isEmpty } else { false } })
    // Nothing but the one suspect, and nothing behind it.
    #expect(assigned(bench.report([1], from: 2))[2]?.count == 1)
  }

  @Test func aProcessThatEndedIsMissedAtOnce() {
    var bench = Bench(trials: 2, holdings: [1: [0, 1]])
    let lost = bench.give(.absentEnded(Identifier(high: 0, low: 1), detail: "gone", isLost: true))
    #expect(faults(lost).map(\.index) == [0] && suspected(lost) == [1])
  }

  @Test func aProcessThatEndedWithItsCoordinatorStrikesNobody() {
    var bench = Bench(trials: 2, holdings: [1: [0, 1]])
    let stopped = bench.give(
      .absentEnded(Identifier(high: 0, low: 1), detail: "ended with its coordinator", isLost: false))
    #expect(faults(stopped).isEmpty && suspected(stopped).isEmpty)
    #expect(stopped.contains { if case .hold(_, let trials) = $0 { trials.isEmpty } else { false } })
    #expect(assigned(bench.hello(2)) == [2: [0]])
  }

  /// Every life of the coordinator ends before it has noted that the worker is gone.
  @Test func poisonCostsNoMoreWorkersThanAllowedHoweverOftenTheCoordinatorEnds() {
    var strikes: [Int: Int] = [:]
    var lost: UInt64 = 0
    var isQuarantined = false
    while lost < 10, !isQuarantined {
      var bench = Bench(trials: 1, strikes: strikes, holdings: lost == 0 ? [:] : [lost: [0]])
      let effects = bench.give(.absentEnded(Identifier(high: 0, low: lost), detail: "gone", isLost: true))
      for fault in faults(effects) {
        strikes[fault.index] = fault.attempt
        isQuarantined = fault.isFinal
      }
      if !assigned(bench.hello(lost + 1)).isEmpty { lost += 1 }
    }
    #expect(lost == 3 && isQuarantined)
  }

  @Test func whatWasWithALostWorkerIsRememberedAndCountsAsAStrike() {
    var bench = Bench(trials: 2, strikes: [0: 1], bystanders: [0]) { $0.attemptsMax = 3 }
    #expect(assigned(bench.hello(1)) == [1: [0]], "a suspect, alone")
    #expect(faults(bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))).map(\.isFinal) == [true])
  }

  @Test func whatIsDoneMeanwhileIsNotExpected() {
    var bench = Bench(trials: 2, committed: [0, 1], holdings: [1: [0, 1]])
    let effects = bench.give(.tick)
    #expect(effects.contains(.finished(.complete)))
    #expect(effects.contains { if case .hold(_, let trials) = $0 { trials.isEmpty } else { false } })
  }

  /// At most two may have had it, as a hedge.
  @Test func twoMayHaveHadTheSame() {
    var bench = Bench(trials: 1, holdings: [1: [0], 2: [0], 3: [0]])
    let effects = (1...3).flatMap {
      bench.give(.absentEnded(Identifier(high: 0, low: UInt64($0)), detail: "gone", isLost: true))
    }
    #expect(faults(effects).map(\.index) == [0, 0])
  }

  /// They are told to leave when they come back, and give back what they have.
  @Test func aDrainWaitsForTheAbsent() {
    var bench = Bench(trials: 2, holdings: [1: [0]])
    #expect(!bench.give(.drain).contains(.finished(.interrupted)))
    let back = bench.hello(1, held: [0], running: 0)
    #expect(back.contains { if case .send(.drain, to: Route(1)) = $0 { true } else { false } })
    let left = bench.give(.message(.goodbye(reason: "drained"), from: Route(1)))
    #expect(left.contains(.finished(.interrupted)) && faults(left).isEmpty && holders(left) == [1: []])
  }

  @Test func whoComesBackAfterTheEndGivesBackWhatItHas() {
    var bench = Bench(trials: 2, holdings: [1: [0]])
    #expect(bench.give(.stop).contains(.finished(.interrupted)))
    #expect(bench.hello(1, held: [0]).contains(.send(.stop(reason: "the run is over"), to: Route(1))))
    #expect(holders(bench.give(.message(.goodbye(reason: ""), from: Route(1)))) == [1: []])
  }

  /// A process of this coordinator may have the number of one that it waits for.
  @Test func anotherProcessOfTheSameNumberIsNotTheAbsentWorker() {
    var bench = Bench(trials: 2, holdings: [1: [0]])
    #expect(faults(bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))).isEmpty)
    #expect(bench.scheduler.isAbsent(Identifier(high: 0, low: 1)))
  }

  /// What is of another sweep in the same directory is left as it is.
  @Test func theWorkersOfAnotherSweepAreNotExpected() {
    let other = Holding(
      worker: WorkerIdentity(id: Identifier(high: 0, low: 1), name: "w", host: "h", pid: 1),
      trials: [Identifier(high: 7, low: 7)])
    var scheduler = Scheduler(
      configuration: SchedulerConfiguration(build: "1", sweepHash: "s"), work: WorkList(TestWork.items(1) { _ in 1 }),
      prior: PriorWork(holdings: [other]))
    #expect(!scheduler.isAbsent(other.worker.id) && scheduler.handle(.tick, at: Instant(nanoseconds: 1)).isEmpty)
  }

  /// A trial that has a strike, and is then lost with a worker over another one, may have cost two.
  @Test func aBystanderWithStrikesMayHaveCostAsManyAsAllowed() {
    var bench = Bench(trials: 2, strikes: [1: 1], holdings: [1: [0, 1]]) { $0.attemptsMax = 2 }
    let lost = bench.give(.absentEnded(Identifier(high: 0, low: 1), detail: "gone", isLost: true))
    #expect(faults(lost).map(\.index) == [1, 0] && faults(lost).map(\.isFinal) == [true, false])
  }

  @Test func anotherVersionIsNotLost() {
    var bench = Bench(trials: 1, holdings: [1: [0]]) { $0.build = "2" }
    let effects = bench.hello(1, held: [0])
    #expect(faults(effects).isEmpty && bench.scheduler.unfinished == 1)
    #expect(effects.contains { if case .hold(_, let trials) = $0 { trials.isEmpty } else { false } })
  }
}
