import ArgumentParser
import Foundation
import Scheduling

/// The root command: what `icd` alone prints.
struct ICD: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "icd",
    abstract: "Distributed sweeps of in-context denoising with one-layer attention.",
    discussion: """
      Trains one-layer attention on denoising prompts over grids of context \
      length, dimension, noise and seeds, in many processes, and sets the losses \
      and weight scales beside the theory of Smart, Bietti and Sengupta, \
      "In-context denoising with one-layer transformers" (ICML 2025).

      EXAMPLES:
        icd plan examples/quickstart.yaml           what would run, what is there
        icd run examples/quickstart.yaml            all cores; again to resume
        icd report results/quickstart --figures     tables and figures again
        icd verify results/quickstart               check the store, run some again
        icd launch --hosts hosts sweep.yaml         on many machines, through ssh

      EXIT CODES:
        0    everything is done
        1    some trials failed, or two executions, or `icd verify`, found a difference
        2    wrong usage, or a sweep file with errors
        3    the store, the network, standard output or another program failed
        4    refused by the coordinator: other version, other sweep, or a key that is not
             on its list; trying again does not help
        5    stopped by --max-failures; the same command goes on
        75   a worker ended because of a trial that hangs; start another
        130  stopped by Ctrl-C or SIGTERM, or by --until; the same command resumes
      """,
    version: Version.description,
    subcommands: [
      RunCommand.self, PlanCommand.self, ReportCommand.self, StatusCommand.self, VerifyCommand.self,
      ExportCommand.self, RetryCommand.self, LaunchCommand.self, CoordinatorCommand.self, WorkerCommand.self,
      KeygenCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    occupyStandardStreams()
    // A reader that goes away, of a table or of the progress, must not take a run with it.
    signal(SIGPIPE, SIG_IGN)
    // Before any number is touched, since the numeric core would die of an illegal instruction without a word.
    if let problem = ProcessorRequirement.problem() {
      printError("icd: \(problem)")
      exit(with: SilentExit(status: .environment))
    }
    do {
      var command = try ICD.parseAsRoot()
      try command.run()
    } catch {
      exit(with: error)
    }
  }
}
