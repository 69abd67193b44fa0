import Foundation
import Reports

extension SweepStatus {
  /// Workers that a page for people names.
  private static let workersShownMax = 40

  /// A page for people.
  var text: String {
    ([counts] + situation + workerTable + reasons).joined(separator: "\n")
  }

  /// One line for people.
  var line: String { ([counts] + situation.prefix(1)).joined(separator: "; ") }

  private var counts: String {
    "\(sweep): \(done) done + \(failed) failed + \(quarantined) quarantined + \(running) running + \(queued) queued = "
      + "\(planned) trials"
  }

  private var situation: [String] {
    guard let coordinator else { return ["no coordinator answers; this is what \(directory ?? "the store") holds"] }
    var words = [coordinator.state.replacingOccurrences(of: "_", with: " ")]
    if coordinator.ratePerSecond > 0 { words.append(ProgressText.rate(coordinator.ratePerSecond)) }
    if let remaining = coordinator.remainingSeconds, running + queued > 0 {
      words.append("\(ProgressText.duration(remaining)) left")
    }
    words.append("for \(ProgressText.duration(coordinator.elapsedSeconds))")
    words.append("coordinator \(coordinator.host):\(coordinator.pid) (icd \(coordinator.build))")
    let hosts = Set(workers.map(\.host)).count
    var people = "\(Self.count(workers.count, "worker")) on \(Self.count(hosts, "host"))"
    if coordinator.connectionsRefused > 0 {
      people += "; \(Self.count(coordinator.connectionsRefused, "connection")) turned away"
    }
    return [words.joined(separator: ", "), people]
  }

  private var workerTable: [String] {
    guard !workers.isEmpty else { return [] }
    let rows =
      [["WORKER", "RUNS", "FOR", "HOLDS", "RESULTS", "HEARD"]]
      + workers.prefix(Self.workersShownMax).map {
        [
          $0.name, $0.trial ?? "-", $0.trial == nil ? "-" : Self.seconds($0.runningSeconds), "\($0.held)",
          "\($0.results)", "\(Self.seconds($0.silentSeconds)) ago",
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      "  "
        + zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        .trimmingCharacters(in: .whitespaces)
    }
    let rest = workers.count - Self.workersShownMax
    return lines + (rest > 0 ? ["  and \(rest) more, which --format json names"] : [])
  }

  private var reasons: [String] {
    (failures ?? []).map { failure in
      "  \(failure.trial)  \(failure.kind) after \(failure.attempts) attempts on \(failure.host): \(failure.message)"
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// A short time to a tenth of a second, a longer one in its two largest units.
  private static func seconds(_ seconds: Double) -> String {
    seconds < 60 ? String(format: "%.1f s", seconds) : ProgressText.duration(seconds)
  }
}
