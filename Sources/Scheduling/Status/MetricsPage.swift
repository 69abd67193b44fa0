import Foundation
import Messaging

/// The page of metrics in the text form of Prometheus; `docs/protocol.md` lists the names.
enum MetricsPage {
  /// The page for a status, and for how many trials this process committed.
  static func text(_ status: RunStatus, committed: Int) -> String {
    var page = ""
    func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      page += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for sample in samples { page += "\(name)\(sample.labels) \(sample.value)\n" }
    }
    func add(_ name: String, _ kind: String, _ help: String, _ value: String) {
      add(name, kind, help, [("", value)])
    }
    let sweep = label(status.sweepName)
    add(
      "icd_info", "gauge", "What runs here.", [("{sweep=\"\(sweep)\",version=\"\(label(status.build))\"}", "1")])
    let counts = [
      ("done", status.done), ("failed", status.failed), ("quarantined", status.quarantined),
      ("running", status.running), ("queued", status.queued),
    ]
    add(
      "icd_trials", "gauge", "Trials by state; their sum is the grid.",
      counts.map { ("{state=\"\($0.0)\"}", "\($0.1)") })
    add("icd_trials_committed_total", "counter", "Trials that this process committed.", "\(committed)")
    let rate = "\(status.ratePerSecond)"
    add("icd_trials_per_second", "gauge", "Trials committed in a second, over the last minute.", rate)
    if let remaining = status.remainingSeconds {
      add("icd_remaining_seconds", "gauge", "Predicted time to the end.", "\(remaining)")
    }
    add("icd_elapsed_seconds", "gauge", "Time since the coordinator started.", "\(status.elapsedSeconds)")
    add("icd_workers", "gauge", "Registered workers.", "\(status.workers.count)")
    add("icd_hosts", "gauge", "Machines with a registered worker.", "\(Set(status.workers.map(\.host)).count)")
    add(
      "icd_workers_silence_seconds_max", "gauge", "Time since the most silent worker was heard of.",
      "\(status.workers.map(\.silentSeconds).max() ?? 0)")
    add("icd_peers_rejected_total", "counter", "Connections and messages that were turned away.", "\(status.refusals)")
    add(
      "icd_store_failing", "gauge", "1 while the store cannot be written.", status.state == .storeTrouble ? "1" : "0")
    add("process_cpu_seconds_total", "counter", "Processor time of this process.", "\(cpuSeconds)")
    return page
  }

  /// A label's value: backslash, quote and line end are escaped.
  private static func label(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      .replacingOccurrences(of: "\n", with: "\\n")
  }

  private static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
