import Messaging
import Scheduling

// The coordinator stops in order, and another takes its place later.
extension Simulation {
  /// The coordinator was told to stop.
  struct Stopping {
    /// When the run must be over, seen at a tick: after `drainGrace` and `farewellTimeout`.
    var finishesBy: Instant
    /// When the process ends, which waits for farewells, once the run is over.
    var endsAt: Instant?
  }

  /// A signal: the first one usually drains, a second one stops at once.
  func stopCoordinator() throws {
    guard scheduler != nil, stopping?.endsAt == nil else { return }
    let isAtOnce = stopping != nil || Int.random(in: 0..<4, using: &generator) == 0
    stops += 1
    let grace = SchedulerConfiguration(build: "", sweepHash: "")
    let finishesBy = isAtOnce ? now : now + grace.drainGrace + grace.farewellTimeout
    stopping = Stopping(finishesBy: min(finishesBy, stopping?.finishesBy ?? finishesBy))
    try dispatch(isAtOnce ? .stop : .drain)
    try flush()
  }

  /// The run is over before its trials are.
  func waitForFarewells() {
    stopping?.endsAt = now + SchedulerConfiguration(build: "", sweepHash: "").farewellTimeout
  }

  /// What must hold while the coordinator stops, looked at with every tick; and the end of its process.
  func continueStopping() throws {
    guard let stopping, let scheduler, outcome == nil else { return }
    guard let endsAt = stopping.endsAt else {
      if now >= stopping.finishesBy { throw fail("the coordinator was told to stop, and does not") }
      return
    }
    guard now >= endsAt || scheduler.workerCount == 0 else { return }
    // A last try for what a failing store did not take.
    storeIsWaiting = false
    try flush()
    guard self.scheduler != nil else { return }
    if !storeIsWaiting, isPending { throw fail("what came in was not stored") }
    endCoordinator()
  }
}
