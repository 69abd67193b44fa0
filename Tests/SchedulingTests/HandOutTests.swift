import Messaging
import Scheduling
import Testing

/// Nothing is sent before it is stored who is to have it.
@Suite struct HandOutTests {
  private func held(_ effects: [Scheduler.Effect]) -> [UInt64: [Int]] {
    var result: [UInt64: [Int]] = [:]
    for case .hold(let worker, let trials) in effects { result[worker.pid] = trials }
    return result
  }

  /// Registers a worker whose trial is not stored yet.
  private func waiting(trials: Int = 1, _ adjust: (inout SchedulerConfiguration) -> Void = { _ in }) -> Bench {
    var bench = Bench(trials: trials, adjust: adjust)
    bench.storesHoldings = false
    let effects = bench.hello(1)
    #expect(held(effects) == [1: [0]] && assigned(effects).isEmpty)
    return bench
  }

  @Test func isSentWhenItIsStored() {
    var bench = waiting()
    #expect(assigned(bench.give(.tick)).isEmpty)
    #expect(assigned(bench.give(.stored([]))) == [1: [0]])
    #expect(assigned(bench.give(.stored([]))).isEmpty, "once")
    let effects = bench.report([0], from: 1)
    #expect(held(effects) == [1: []], "with the result, in the same transaction")
  }

  @Test func aStoreThatFailsSendsNothing() {
    var bench = waiting()
    #expect(assigned(bench.give(.storeFailed("full"))).isEmpty)
    bench.now = bench.now + .seconds(5)
    #expect(assigned(bench.give(.tick)).isEmpty)
    #expect(assigned(bench.give(.stored([]))) == [1: [0]])
  }

  /// Whoever was never sent a trial was not lost over it.
  @Test func aWorkerThatIsLostBeforeGivesNoStrike() {
    var bench = waiting()
    let lost = bench.give(.processEnded(pid: 1, host: "h", detail: "killed"))
    #expect(faults(lost).isEmpty && held(lost) == [1: []])
    #expect(!lost.contains { if case .suspect = $0 { true } else { false } })
    bench.storesHoldings = true
    #expect(assigned(bench.hello(2)) == [2: [0]])
  }

  @Test func aWorkerThatLeavesBeforeIsSentNothing() {
    for event in [Scheduler.Event.message(.goodbye(reason: "r"), from: Route(1)), .unreachable(Route(1))] {
      var bench = waiting()
      #expect(held(bench.give(event)) == [1: []])
      #expect(assigned(bench.give(.stored([]))).isEmpty)
      bench.storesHoldings = true
      #expect(assigned(bench.hello(2)) == [2: [0]])
    }
  }

  @Test func aRunThatDrainsBeforeSendsNothing() {
    var bench = waiting(trials: 2)
    _ = bench.give(.drain)
    let effects = bench.give(.stored([]))
    #expect(assigned(effects).isEmpty && held(effects) == [1: []])
  }

  /// A worker says on a new connection what it has, and the trial is not among it.
  @Test func anotherConnectionIsHandedTheTrialAnew() {
    var bench = waiting()
    #expect(assigned(bench.hello(1, session: 2, route: 9)).isEmpty)
    #expect(assigned(bench.give(.stored([]))) == [9: [0]])
  }

  @Test func whatIsHeldIsToldWheneverItChanges() {
    var bench = Bench(trials: 100)
    _ = bench.hello(1)
    let batch = assigned(bench.report([0], from: 1, seconds: 0.01))[1] ?? []
    #expect(batch.count > 10)
    let effects = bench.report(Array(batch[..<3]), from: 1, seconds: 0.01)
    #expect(held(effects)[1] == Array(batch[3...]))
    #expect(held(bench.give(.tick)).isEmpty)
    #expect(held(bench.give(.message(.goodbye(reason: ""), from: Route(1))))[1] == [])
  }
}
