import ArgumentParser
import Messaging
import Scheduling
import Sweeps

/// What the commands with a coordinator have in common: `run`, `coordinator` and `launch`.
struct RunOptions: ParsableArguments {
  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @OptionGroup var output: OutputDirectory

  @OptionGroup var limits: RunLimits

  @OptionGroup var end: EndOption

  @OptionGroup var observation: ObservationOptions

  @OptionGroup var log: LogOptions

  @Flag(help: "Also draw the figures at the end, into the directory's figures/.")
  var figures = false

  @Flag(help: "Print no tables and no progress, only errors.")
  var quiet = false

  /// Puts what all coordinators are told into a configuration.
  func apply(to configuration: inout CoordinatorConfiguration, _ plan: SweepPlan) {
    configuration.end = end.end
    observation.apply(to: &configuration, plan)
  }
}

/// Limits of the trials of a run.
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

/// What workers on other machines are told of where to connect.
struct AdvertiseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where workers are told to connect: HOST or HOST:PORT. May be given more than once; they are tried at once.",
      discussion: "By default the address that is listened on, or this machine's name and addresses for tcp://*.",
      valueName: "address"))
  var advertise: [String] = []

  func validate() throws { do { _ = try addresses() } catch { throw ValidationError("--advertise \(error)") } }

  /// The addresses; throws what is wrong with one.
  func addresses() throws -> [AdvertisedAddress] { try advertise.map { try AdvertisedAddress($0) } }
}
