import ArgumentParser
import Foundation
import Messaging
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

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Worker processes.", discussion: "One for each processor that this process may use by default.",
      valueName: "count"))
  var workers: Int = ProcessorShare.current.count

  @OptionGroup var output: OutputDirectory

  @OptionGroup var limits: RunLimits

  @OptionGroup var end: EndOption

  @OptionGroup var observation: ObservationOptions

  @OptionGroup var log: LogOptions

  @Flag(help: "Also draw the figures, into the directory's figures/.")
  var figures = false

  @Flag(help: "Print no tables and no progress, only errors.")
  var quiet = false

  func validate() throws {
    guard (1...1024).contains(workers) else { throw ValidationError("--workers must be between 1 and 1024") }
  }

  func run() throws {
    let plan = SweepPlan(try SweepFile.load(path: sweep))
    let directory = output.resolved(for: plan.sweep.name)
    let session = try RunSession(
      plan: plan, sweepPath: sweep, directory: directory, workers: workers, isQuiet: quiet, log: try log.open())
    let end = end.end
    var local = LocalRun(
      workers: min(workers, max(1, plan.trials.count)), outputDirectory: directory, sweepName: plan.sweep.name,
      scheduler: limits.scheduler(for: plan), workerArguments: { WorkerProgram.arguments(joinFile: $0, end: end) })
    local.adjust = { configuration in
      configuration.end = end
      observation.apply(to: &configuration, plan)
    }
    let summary = try session.perform { sink, observer in
      try local.run(
        items: plan.workItems, payload: { plan.trials[$0].canonicalBytes }, sink: sink, observer: observer)
    }
    try session.conclude(
      summary, printsTables: !quiet, figures: figures, resumeCommand: ShellWords.joined(CommandLine.arguments))
  }
}

/// Limits that all commands with a coordinator take.
struct RunLimits: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Attempts of a trial that ends its worker, or takes too long, before it is given up.", valueName: "count"))
  var attempts: Int = 3

  @Option(
    help: ArgumentHelp(
      "How long one trial may run, in seconds.",
      discussion: "Longer ones are stopped, which counts as an attempt. As long as they take by default.",
      valueName: "seconds"))
  var trialTimeout: Double?

  @Option(
    help: ArgumentHelp(
      "Stop in good order, with exit code 5, when so many trials have failed.", discussion: "Never by default.",
      valueName: "count"))
  var maxFailures: Int?

  func validate() throws {
    if let maxFailures, maxFailures < 1 { throw ValidationError("--max-failures must be at least 1") }
    guard (1...100).contains(attempts) else { throw ValidationError("--attempts must be between 1 and 100") }
    let timeoutMax = Double(MessageLimits.longMillisecondsMax) / 1_000
    if let trialTimeout, !(0.001...timeoutMax).contains(trialTimeout) {
      throw ValidationError("--trial-timeout must be between 0.001 and \(Int(timeoutMax)) seconds")
    }
  }

  /// The scheduler's configuration for a plan.
  func scheduler(for plan: SweepPlan) -> SchedulerConfiguration {
    var configuration = SchedulerConfiguration(build: Version.description, sweepHash: plan.sweep.hash)
    configuration.attemptsMax = attempts
    configuration.failuresMax = maxFailures
    configuration.trialTimeLimit = trialTimeout.map { .seconds($0) }
    return configuration
  }
}

extension SweepPlan {
  /// The trials as the scheduler sees them.
  var workItems: [WorkItem] { trials.map { WorkItem(id: Identifier($0.id), cost: $0.cost) } }
}
