import ArgumentParser
import Foundation
import Results
import Sweeps

/// `icd status`: how far a sweep is.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how many trials of a sweep are done, failed and missing, and why those failed.",
    discussion: """
      Reads the store, also while a sweep runs.

      EXAMPLES:
        icd status results/figure-4a
        icd status results/figure-4a --format json
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @OptionGroup var choice: SweepChoice

  @Option(help: "How to print it: text or json.")
  var format = StatusFormat.text

  /// The forms that a status is printed in.
  enum StatusFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func run() throws {
    let (store, plan) = try ResultDirectory.open(directory, sweep: choice.sweep)
    defer { try? store.close() }
    let committed = try store.committedTrials()
    let planned = Set(plan.trials.map(\.id.description))
    let failures = try store.failures().filter { planned.contains($0.trial) }
    let done = plan.trials.count { committed.contains($0.id) }
    let status = SweepStatus(
      sweep: plan.sweep.name, planned: plan.trials.count, done: done, failed: failures.count,
      missing: plan.trials.count - done - failures.count,
      failures: failures.map {
        SweepStatus.Failure(
          trial: $0.trial, kind: $0.kind, message: $0.message, attempts: $0.attempts, worker: $0.worker,
          host: $0.host)
      })
    switch format {
    case .text: try StandardOutput.write(status.text + "\n")
    case .json: try StandardOutput.write(jsonText(status) + "\n")
    }
  }
}

/// What `icd status` has to say: done + failed + missing = planned.
private struct SweepStatus: Encodable {
  struct Failure: Encodable {
    let trial: String
    let kind: String
    let message: String
    let attempts: Int
    let worker: String
    let host: String
  }

  let sweep: String
  let planned: Int
  let done: Int
  let failed: Int
  let missing: Int
  let failures: [Failure]

  var text: String {
    let counts = "\(sweep): \(done) done + \(failed) failed + \(missing) missing = \(planned) trials"
    let reasons = failures.map { failure in
      "  \(failure.trial)  \(failure.kind) after \(failure.attempts) attempts on \(failure.host): \(failure.message)"
    }
    return ([counts] + reasons).joined(separator: "\n")
  }
}
