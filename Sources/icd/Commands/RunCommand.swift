import ArgumentParser
import Foundation
import Scheduling
import Sweeps

/// `icd run`: a sweep on this machine.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a sweep on this machine, and print its tables.",
    discussion: """
      Starts worker processes, one for each core, trains every trial that has no result yet, stores each result \
      durably, and prints the loss and the weight table. Trials that are done already are not run again: the same \
      command resumes a run that was stopped or killed, and extends a sweep whose file was extended.

      Ctrl-C stops in good order: trials that are nearly done are waited for, everything finished is stored. A second \
      Ctrl-C stops at once.

      EXAMPLES:
        icd run examples/quickstart.yaml
        icd run sweep.yaml --workers 4 --output /scratch/me/sweep --figures
        icd run sweep.yaml --until 07:30
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Worker processes.", discussion: "One for each processor that this process may use by default.",
      valueName: "count"))
  var workers: Int = ProcessorShare.current.count

  @OptionGroup var options: RunOptions

  func validate() throws {
    guard (1...1024).contains(workers) else { throw ValidationError("--workers must be between 1 and 1024") }
  }

  func run() throws {
    let session = try RunSession(options, workers: workers)
    let plan = session.plan
    let end = options.end.end
    var local = LocalRun(
      workers: min(workers, max(1, plan.trials.count)), outputDirectory: session.directory, sweepName: plan.sweep.name,
      scheduler: options.limits.scheduler(for: plan),
      workerArguments: { WorkerProgram.arguments(joinFile: $0, end: end) })
    local.adjust = { [options] configuration in options.apply(to: &configuration, plan) }
    try session.conclude(
      session.perform { sink, observer in
        try local.run(items: plan.workItems, payload: session.payload, sink: sink, observer: observer)
      })
  }
}
