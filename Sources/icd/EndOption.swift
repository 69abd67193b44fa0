import ArgumentParser
import Foundation
import Scheduling

/// The time by which a command must have ended.
struct EndOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "End by this time: 18:00, +1h30m, or 2026-11-21T18:00:00Z.",
      discussion: """
        In time before it, trials that can end are let end, the others are put back, and results are delivered. Under \
        Slurm the end of the allocation by default (SLURM_JOB_END_TIME); `none` to go without.
        """,
      valueName: "time"))
  var until: String?

  func validate() throws {
    guard let until, until != Self.none else { return }
    let end: EndTime
    do { end = try EndTime(until) } catch { throw ValidationError("--until \(error)") }
    guard end.unixSeconds > Date().timeIntervalSince1970 else { throw ValidationError("--until \(until) is past") }
  }

  /// The time, if there is one.
  var end: EndTime? {
    guard let until else { return EndTime.ofSlurmAllocation(ProcessInfo.processInfo.environment) }
    return until == Self.none ? nil : try? EndTime(until)
  }

  private static let none = "none"
}

extension EndTime {
  /// The words that give this time to another `icd`.
  var arguments: [String] { ["--until", "@\(unixSeconds)"] }
}
