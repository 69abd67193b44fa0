import Messaging
import Scheduling
import Testing

@Suite struct SchedulerMemoryTests {
  /// Thousands of effects at once, as when a run is stopped, do not make every event after that allocate for as many.
  @Test func aLargeEventLeavesNothingBehind() {
    var bench = Bench(trials: 1)
    for worker in 1...2_000 { _ = bench.hello(UInt64(worker), capacity: 1) }
    #expect(bench.give(.stop).count > 2_000)
    let answer = bench.give(.message(.heartbeat(running: nil, held: 0), from: Route(7)))
    #expect(answer == [.send(.heartbeat, to: Route(7))] && answer.capacity < 100)
  }

  /// The bench looks after each event whether more machines are remembered than the workers that are left account for.
  /// Half of the machines are paused, which is remembered until it ends.
  @Test func machinesAreForgottenWithTheirWorkers() {
    var bench = Bench(trials: 1_000, adjust: { $0.hostFaultsMax = 2 })
    for worker in 1...UInt32(400) {
      let isGood = worker % 2 == 0
      var effects = bench.hello(UInt64(worker), capacity: 1, host: "h\(worker)")
      for _ in 0..<(isGood ? 1 : 2) {
        let trials = assigned(effects)[worker] ?? []
        effects = bench.report(trials, from: worker, failure: isGood ? nil : TrialReport.timeoutKind)
      }
    }
    for worker in 1...UInt32(400) { _ = bench.give(.message(.goodbye(reason: ""), from: Route(worker))) }
    bench.now = bench.now + .seconds(100_000)
    _ = bench.give(.tick)
  }
}
