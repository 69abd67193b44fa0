import Foundation
import Messaging

// How a run ends before all is done, and how local workers end.
extension Coordinator {
  /// First in good order, then at once.
  func handle(signal: Int32) throws {
    guard signal != SIGCHLD else { return }
    signalCount += 1
    observer(.stopping(atOnce: signalCount > 1))
    localWorkers?.beginClosing()
    try dispatch(signalCount > 1 ? .stop : .drain)
  }

  /// Drains when the time by which the run must have ended is near.
  func drainInTime() throws {
    guard let drainAt, Clock.now >= drainAt, let end = configuration.end else { return }
    self.drainAt = nil
    guard outcome == nil, signalCount == 0 else { return }
    observer(.timeIsUp(end))
    localWorkers?.beginClosing()
    try dispatch(.drain)
  }

  /// Takes note of local workers that ended.
  func lookAfterProcesses() throws {
    guard let localWorkers else { return }
    for ended in localWorkers.poll(at: Clock.now) {
      let faultsBefore = pending.records.faults.count
      try dispatch(.processEnded(pid: UInt64(ended.pid), host: HostName.current, detail: ended.detail))
      // The fault of the trial that it took along tells the same.
      let isTold = pending.records.faults.count > faultsBefore
      if !isTold && outcome == nil && signalCount == 0 { observer(.processTrouble(ended.detail)) }
    }
    if localWorkers.isExhausted && scheduler.workerCount == 0 && signalCount == 0 && outcome == nil {
      throw RunError("no worker process could be kept running: \(localWorkers.lastDetail ?? "none was started")")
    }
  }

  /// Waits a moment for goodbyes, and then ends what is left.
  func sayFarewell() throws {
    let deadline = Clock.now + configuration.scheduler.farewellTimeout
    // A goodbye comes at once, and who said none counts as lost. The end of a process may take longer.
    while signalCount < 3, Clock.now < deadline,
      scheduler.isAnybodyThere || (signalCount < 2 && !(localWorkers?.isExhausted ?? true))
    {
      try step()
    }
    // What the store does not take, workers say themselves.
    if storeIsWaiting { localWorkers?.abandon(within: LocalWorkers.lastWordsTime) }
    try endLocalWorkers()
    // A last try for what a failing store did not take.
    storeIsWaiting = false
    try flush()
  }
}
