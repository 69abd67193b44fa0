import ArgumentParser
import Foundation
import Results
import Sweeps

/// `icd plan`: a dry run.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say what a sweep would run, and what of it is there already.",
    discussion: """
      Reads and checks the sweep file, counts its trials and looks which of them have a committed result. Runs and \
      writes nothing.

      EXAMPLES:
        icd plan examples/paper/figure-4a.yaml
        icd plan sweep.yaml --output /scratch/me/sweep --format json
        icd plan sweep.yaml --trials | grep missing
      """)

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @OptionGroup var output: OutputDirectory

  @Option(help: "How to print the plan: text or json.")
  var format = PlanFormat.text

  @Flag(help: "List every trial instead: state, identity and parameters, separated by tabs.")
  var trials = false

  /// The forms that a plan is printed in.
  enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func run() throws {
    let plan = SweepPlan(try SweepFile.load(path: sweep))
    let directory = output.resolved(for: plan.sweep.name)
    let (committed, givenUp) = try ResultDirectory.settledTrials(in: directory)
    let summary = PlanSummary(
      plan: plan, file: sweep, directory: directory, committed: committed, givenUp: givenUp)
    if trials {
      try StandardOutput.write(summary.trialList)
    } else {
      switch format {
      case .text: try StandardOutput.write(summary.text + "\n")
      case .json: try StandardOutput.write(summary.json() + "\n")
      }
    }
  }
}
