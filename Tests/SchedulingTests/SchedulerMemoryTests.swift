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
}
