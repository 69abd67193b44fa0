/// A machine on which a launch starts workers through ssh.
public struct RemoteHost: Sendable, Hashable {
  /// What ssh is given: a name of its configuration, `HOST` or `USER@HOST`.
  public var destination: String
  /// Worker processes; nothing for as many as the machine allows.
  public var slots: Int?
  /// The program there.
  public var program: String
  /// Whether its workers reach the coordinator through the ssh connection, since they cannot dial back.
  public var usesTunnel: Bool

  /// A host with the program in its PATH that can dial back.
  public init(_ destination: String, slots: Int? = nil, program: String = "icd", usesTunnel: Bool = false) {
    self.destination = destination
    self.slots = slots
    self.program = program
    self.usesTunnel = usesTunnel
  }

  /// Workers of one host at most, as `icd worker --processes`.
  public static let slotsMax = 1_024

  /// The port of the host's loopback address that leads to the coordinator, and where that listens as seen from here.
  struct Tunnel: Sendable, Hashable {
    var port: Int
    var target: String
  }

  /// Seconds between two signs of life of an ssh connection, and how many may be missing: a host whose link is cut is
  /// noticed within 15 s, before the coordinator gives up its workers (`silenceLimit`).
  private static let aliveInterval = 5, aliveCountMax = 3
  /// Seconds until a host that does not answer counts as unreachable.
  private static let connectTimeout = 10

  /// What is to be run here: ssh, and as its last word the command for the host's shell. It names no key: the join file
  /// travels over standard input.
  func arguments(ssh: [String], tunnel: Tunnel?) -> [String] {
    // Never a question: nobody could answer it.
    let options = [
      "BatchMode=yes", "ConnectTimeout=\(Self.connectTimeout)", "ServerAliveInterval=\(Self.aliveInterval)",
      "ServerAliveCountMax=\(Self.aliveCountMax)",
      // A connection that is shared with others (ControlMaster) does not end when this one is killed.
      "ControlMaster=no", "ControlPath=none",
      // A tunnel that is not made is an error, or the workers would wait at a port that leads nowhere.
      "ExitOnForwardFailure=yes",
    ]
    var words = ssh + ["-T"] + options.flatMap { ["-o", $0] }
    if let tunnel { words += ["-R", "127.0.0.1:\(tunnel.port):\(tunnel.target)"] }
    let processes = slots.map(String.init) ?? "auto"
    let command = ShellWords.joined([program, "worker", "--join", "-", "--processes", processes])
    return words + ["--", destination, "umask 077; exec \(command)"]
  }
}
