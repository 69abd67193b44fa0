import ArgumentParser
import Foundation
import Messaging
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

  @OptionGroup var advertise: AdvertiseOption

  @OptionGroup var options: RunOptions

  func validate() throws {
    do {
      guard try ListenEndpoint(listen).scheme == .tcp else { throw ValidationError("--listen: give tcp://HOST:PORT") }
    } catch let error as ListenEndpoint.Malformed { throw ValidationError("--listen: \(error)") }
    guard !sshWords.isEmpty else { throw ValidationError("--ssh is empty; give a program, such as ssh") }
  }

  func run() throws {
    let hosts: [RemoteHost]
    do { hosts = try HostsFile.load(path: self.hosts) } catch { throw UsageError(description: "\(error)") }
    let session = try RunSession(options, workers: 0)
    let privateDirectory = try PrivateDirectory()
    let joinFile = "\(privateDirectory.path)/join.json"
    var configuration = CoordinatorConfiguration(
      outputDirectory: session.directory, listen: [listen], joinFile: joinFile, sweepName: session.plan.sweep.name,
      scheduler: options.limits.scheduler(for: session.plan))
    options.apply(to: &configuration, session.plan)
    configuration.advertised = try advertise.addresses()
    try session.conclude(
      session.perform { sink, observer in
        let coordinator = try session.coordinator(configuration, sink)
        try privateDirectory.takeOver(from: session.directory)
        guard let target = coordinator.localAddress else { throw RunError("the coordinator does not listen on TCP") }
        let remote = RemoteHosts.Configuration(
          joinFile: joinFile, ssh: sshWords, logDirectory: configuration.logDirectory, tunnelTarget: target)
        return try Self.runOnHosts(coordinator, hosts, remote, observer)
      })
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

  private var sshWords: [String] { ssh.split(separator: " ").map(String.init) }
}
