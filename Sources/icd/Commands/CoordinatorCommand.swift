import ArgumentParser
import Foundation
import Messaging
import Scheduling
import Sweeps

/// `icd coordinator`: the half of a run that hands out trials and stores results, for workers on other machines.
struct CoordinatorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Hand out the trials of a sweep to workers that join over the network.",
    discussion: """
      Writes a join file, with the addresses and keys that workers need, and waits for them. Every connection is \
      encrypted, and only who has the file can join: keep it at mode 0600. The same command resumes, and workers that \
      still run find the new coordinator by themselves.

      The output directory also gets status.json, whose holder may ask for the status and do nothing else.

      EXAMPLES:
        icd coordinator sweep.yaml --listen 'tcp://*:7700' --join-file join.json
        icd worker --join join.json --processes 16     on each machine, with a copy
        icd coordinator sweep.yaml --listen tcp://10.0.0.5:7700 --advertise login1.example.org:17700
        icd coordinator sweep.yaml --keys keys/coordinator.key --listen 'tcp://*:7700'
      """)

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @Option(
    help: ArgumentHelp(
      "Where to listen, for example tcp://*:7700; a port of * is chosen. May be given more than once.",
      valueName: "endpoint"))
  var listen: [String] = ["tcp://*:*"]

  @Option(
    help: ArgumentHelp(
      "Where workers are told to connect: HOST or HOST:PORT. May be given more than once; they are tried at once.",
      discussion: "By default the address that is listened on, or this machine's name and addresses for tcp://*.",
      valueName: "address"))
  var advertise: [String] = []

  @Option(
    name: .customLong("keys"),
    help: ArgumentHelp(
      "The coordinator.key that `icd keygen` made.",
      discussion: "By default the one beside the join file or in the output directory, made if there is none.",
      valueName: "file"),
    completion: .file())
  var keyFile: String?

  @Option(
    help: ArgumentHelp("Where to write the join file.", discussion: "join.json in the output directory by default."))
  var joinFile: String?

  @OptionGroup var output: OutputDirectory

  @OptionGroup var limits: RunLimits

  @OptionGroup var end: EndOption

  @Option(
    help: ArgumentHelp(
      "Workers that may join at a time.",
      discussion: "With this option, a limit of descriptors that is too low for so many is an error.",
      valueName: "count"))
  var maxWorkers: Int?

  @OptionGroup var observation: ObservationOptions

  @OptionGroup var log: LogOptions

  @Flag(help: "Also draw the figures at the end, into the directory's figures/.")
  var figures = false

  @Flag(help: "Print no tables and no progress, only errors.")
  var quiet = false

  func validate() throws {
    do { _ = try ListenEndpoint.list(listen) } catch { throw ValidationError("--listen: \(error)") }
    if let maxWorkers, !(1...MessageLimits.statusWorkersMax).contains(maxWorkers) {
      throw ValidationError("--max-workers must be between 1 and \(MessageLimits.statusWorkersMax)")
    }
    do { _ = try addresses() } catch { throw ValidationError("--advertise \(error)") }
  }

  private func addresses() throws -> [AdvertisedAddress] { try advertise.map { try AdvertisedAddress($0) } }

  func run() throws {
    let plan = SweepPlan(try SweepFile.load(path: sweep))
    let directory = output.resolved(for: plan.sweep.name)
    let session = try RunSession(
      plan: plan, sweepPath: sweep, directory: directory, workers: 0, isQuiet: quiet, log: try log.open())
    var configuration = CoordinatorConfiguration(
      outputDirectory: directory, listen: listen, joinFile: joinFile ?? "\(directory)/join.json",
      sweepName: plan.sweep.name, scheduler: limits.scheduler(for: plan))
    configuration.advertised = try addresses()
    configuration.keyFile = keyFile
    configuration.end = end.end
    if let maxWorkers {
      configuration.scheduler.workersMax = maxWorkers
      configuration.demandsWorkersMax = true
    }
    observation.apply(to: &configuration, plan)
    let summary = try session.perform { sink, observer in
      let coordinator = try Coordinator(
        configuration: configuration, items: plan.workItems, payload: { plan.trials[$0].canonicalBytes }, sink: sink)
      return try coordinator.run(observer: observer)
    }
    try session.conclude(
      summary, printsTables: !quiet, figures: figures,
      resumeCommand: ShellWords.joined(CommandLine.arguments))
  }
}
