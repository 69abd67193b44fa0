import Foundation
import Messaging

// Workers of the coordinator before this one, and the end of this one's.
extension Coordinator {
  /// Finds out what became of those that do not come back.
  ///
  /// A worker that the coordinator started, here or through ssh, ends with it, and writes that into its log. A local one
  /// that is gone without a word was lost before, and the coordinator did not live to write that down.
  func lookForFormerWorkers() throws {
    formerWorkers.forget { !scheduler.isAbsent($0.id) }
    guard !formerWorkers.expected.isEmpty else { return }
    for (worker, fate) in formerWorkers.take(at: Clock.now) {
      let detail =
        switch fate {
        case .ended: "ended with the coordinator before this one"
        case .lost: "process \(worker.pid) is gone, and left no word to the coordinator before this one"
        }
      try dispatch(.absentEnded(worker.id, detail: detail, isLost: fate == .lost))
    }
    try flush()
  }

  /// Tells why trials wait.
  func sayWhoIsExpected() {
    let count = formerWorkers.expected.count
    guard count > 0, outcome == nil else { return }
    let limit = Int(configuration.scheduler.returnLimit.seconds)
    observer(.expecting(workers: count, secondsMax: limit))
  }

  /// Ends the local workers that still run: not over what they execute.
  func endLocalWorkers() throws {
    guard let localWorkers else { return }
    for (ended, isStopped) in localWorkers.end() {
      let (pid, host) = (UInt64(ended.pid), HostName.current)
      try dispatch(
        isStopped
          ? .processStopped(pid: pid, host: host, detail: ended.detail)
          : .processEnded(pid: pid, host: host, detail: ended.detail))
    }
  }
}
