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

  @Option(
    help: ArgumentHelp(
      "Where to listen, for example tcp://*:7700; a port of * is chosen. May be given more than once.",
      valueName: "endpoint"))
  var listen: [String] = ["tcp://*:*"]

  @OptionGroup var advertise: AdvertiseOption

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

  @Option(
    help: ArgumentHelp(
      "Workers that may join at a time.",
      discussion: "With this option, a limit of descriptors that is too low for so many is an error.",
      valueName: "count"))
  var maxWorkers: Int?

  @OptionGroup var options: RunOptions

  func validate() throws {
    do { _ = try ListenEndpoint.list(listen) } catch { throw ValidationError("--listen: \(error)") }
    if let maxWorkers, !(1...MessageLimits.statusWorkersMax).contains(maxWorkers) {
      throw ValidationError("--max-workers must be between 1 and \(MessageLimits.statusWorkersMax)")
    }
  }

  func run() throws {
    let session = try RunSession(options, workers: 0)
    var configuration = CoordinatorConfiguration(
      outputDirectory: session.directory, listen: listen, joinFile: joinFile ?? "\(session.directory)/join.json",
      sweepName: session.plan.sweep.name, scheduler: options.limits.scheduler(for: session.plan))
    options.apply(to: &configuration, session.plan)
    configuration.advertised = try advertise.addresses()
    configuration.keyFile = keyFile
    if let maxWorkers {
      configuration.scheduler.workersMax = maxWorkers
      configuration.demandsWorkersMax = true
    }
    try session.conclude(
      session.perform { sink, observer in
        try session.coordinator(configuration, sink).run(observer: observer)
      })
  }
}
