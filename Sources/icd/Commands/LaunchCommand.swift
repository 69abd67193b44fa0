import ArgumentParser
import Foundation
import Messaging
import Reports
import Scheduling
import Sweeps

/// `icd launch`: a sweep on several machines that can be reached through ssh, with the coordinator here.
struct LaunchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch",
    abstract: "Run a sweep on several machines through ssh.",
    discussion: """
      Starts the coordinator here and worker processes on every host of a file, keeps them running while the sweep \
      lasts, and ends them. The hosts need the same version of icd, an ssh login without a password, and no shared \
      directory. A host that is lost is tried again, and its trials go to the others meanwhile. What the workers of a \
      host write is in DIR/logs/HOST.log here.

      No key appears in a command line, an environment or a directory of a host. When this program ends, in whatever \
      way, the workers end as well: at once, or within 30 s if their link is cut.

      The hosts file has one host a line:
        node1             slots=16                  worker processes; as many as it allows by default
        me@node2          slots=8  icd=/opt/bin/icd where the program is, if it is not in the PATH there
        node3             tunnel=yes                cannot connect to this machine: does so through ssh

      EXAMPLES:
        icd launch --hosts hosts sweep.yaml
        icd launch --hosts hosts --ssh 'ssh -i key -p 2222' --listen 'tcp://*:7700' sweep.yaml
      """)

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @Option(help: ArgumentHelp("The file of hosts.", valueName: "file"), completion: .file())
  var hosts: String

  @Option(
    help: ArgumentHelp(
      "The ssh program and its options; words are separated by spaces.",
      discussion: "Ports, users and keys are better kept in ~/.ssh/config.", valueName: "command"))
  var ssh = "ssh"

  @Option(
    help: ArgumentHelp(
      "Where the coordinator listens, for example tcp://*:7700; a port of * is chosen.", valueName: "endpoint"))
  var listen = "tcp://*:*"

  @Option(
    help: ArgumentHelp(
      "Where workers are told to connect: HOST or HOST:PORT. May be given more than once; they are tried at once.",
      discussion: "By default the address that is listened on, or this machine's name and addresses for tcp://*.",
      valueName: "address"))
  var advertise: [String] = []

  @OptionGroup var output: OutputDirectory

  @OptionGroup var limits: RunLimits

  @OptionGroup var end: EndOption

  @OptionGroup var observation: ObservationOptions

  @OptionGroup var log: LogOptions

  @Flag(help: "Also draw the figures at the end, into the directory's figures/.")
  var figures = false

  @Flag(help: "Print no tables and no progress, only errors.")
  var quiet = false

  func validate() throws {
    do {
      guard try ListenEndpoint(listen).scheme == .tcp else { throw ValidationError("--listen: give tcp://HOST:PORT") }
    } catch let error as ListenEndpoint.Malformed { throw ValidationError("--listen: \(error)") }
    do { _ = try addresses() } catch { throw ValidationError("--advertise \(error)") }
    guard !sshWords.isEmpty else { throw ValidationError("--ssh is empty; give a program, such as ssh") }
  }

  func run() throws {
    let plan = SweepPlan(try SweepFile.load(path: sweep))
    let hosts: [RemoteHost]
    do { hosts = try HostsFile.load(path: self.hosts) } catch { throw UsageError(description: "\(error)") }
    let directory = output.resolved(for: plan.sweep.name)
    let session = try RunSession(
      plan: plan, sweepPath: sweep, directory: directory, workers: 0, isQuiet: quiet, log: try log.open())
    let privateDirectory = try PrivateDirectory()
    let joinFile = "\(privateDirectory.path)/join.json"
    var configuration = CoordinatorConfiguration(
      outputDirectory: directory, listen: [listen], joinFile: joinFile, sweepName: plan.sweep.name,
      scheduler: limits.scheduler(for: plan))
    configuration.advertised = try addresses()
    configuration.end = end.end
    observation.apply(to: &configuration, plan)
    let remote = RemoteHosts.Configuration(
      joinFile: joinFile, ssh: sshWords, logDirectory: "\(directory)/logs", tunnelHost: tunnelHost)
    let summary = try session.perform { sink, observer in
      let coordinator = try Coordinator(
        configuration: configuration, items: plan.workItems, payload: { plan.trials[$0].canonicalBytes }, sink: sink)
      try privateDirectory.takeOver(from: directory)
      return try Self.runOnHosts(coordinator, hosts, remote, observer)
    }
    try session.conclude(
      summary, printsTables: !quiet, figures: figures, resumeCommand: ShellWords.joined(CommandLine.arguments))
  }

  /// Runs the coordinator while the workers of the hosts are kept running.
  private static func runOnHosts(
    _ coordinator: Coordinator, _ hosts: [RemoteHost], _ configuration: RemoteHosts.Configuration,
    _ observer: @escaping (RunNotice) -> Void
  ) throws -> RunSummary {
    // The signal that the user would give: everything that is finished is stored.
    let workers = try RemoteHosts(hosts, configuration) { kill(getpid(), SIGTERM) }
    defer { workers.end() }
    let summary = try coordinator.run { notice in
      for text in workers.takeNotices() { observer(.processTrouble(text)) }
      observer(notice)
    }
    if workers.isUseless && summary.outcome == .interrupted {
      throw RunError("none of the hosts can be used; what is finished is stored, and the same command resumes")
    }
    return summary
  }

  private func addresses() throws -> [AdvertisedAddress] { try advertise.map { try AdvertisedAddress($0) } }

  private var sshWords: [String] { ssh.split(separator: " ").map(String.init) }

  /// This machine as the coordinator can be reached from here.
  private var tunnelHost: String {
    let address = listen.dropFirst("tcp://".count)
    let host = address.lastIndex(of: ":").map { String(address[..<$0]) } ?? "*"
    return ["*", "0.0.0.0", "[::]"].contains(host) ? "127.0.0.1" : host
  }
}
