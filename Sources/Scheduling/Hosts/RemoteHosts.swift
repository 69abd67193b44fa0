import Foundation
import Messaging
import Synchronization

/// Keeps the workers of several hosts running through ssh, from a thread of its own, and ends them all.
///
/// Every ssh process has as standard input a pipe whose other end only this process holds. The join file travels over it
/// first, and then a sign of life from time to time. It is the lifeline of the workers: they end when it does, and when
/// they hear nothing any more, so that neither `kill -9` of this process nor a cut link leaves any behind.
public final class RemoteHosts: Sendable {
  /// What is needed besides the hosts.
  public struct Configuration: Sendable {
    /// Where workers connect, and with which keys.
    public var joinFile: String
    /// ssh, with options that it needs here.
    public var ssh: [String]
    /// Where the output of each host goes, `HOST.log`; made if it is missing.
    public var logDirectory: String
    /// HOST:PORT at which programs on this machine reach the coordinator: where tunnels end.
    public var tunnelTarget: String

    /// Workers of a join file.
    public init(joinFile: String, ssh: [String], logDirectory: String, tunnelTarget: String) {
      self.joinFile = joinFile
      self.ssh = ssh
      self.logDirectory = logDirectory
      self.tunnelTarget = tunnelTarget
    }
  }

  /// Between two looks at the processes.
  private static let pollInterval = Span.milliseconds(100)
  /// After the run, workers have so long to end by themselves; their lifelines are cut then.
  static let farewell = Span.seconds(3)
  /// And so long to end after that; ssh is killed then.
  static let endTimeout = Span.seconds(5)

  /// What both threads see.
  private struct Shared {
    var notices: [String] = []
    var isClosing = false
    var isUseless = false
  }

  private let shared = Mutex(Shared())
  private let done = DispatchSemaphore(value: 0)

  /// Starts the workers of all hosts. `onUseless` is called, from the other thread, when the last host is given up.
  /// Throws a `PrivateFileError` or another error if the join file cannot be read or the log directory not be made.
  public init(_ hosts: [RemoteHost], _ configuration: Configuration, onUseless: @escaping @Sendable () -> Void) throws {
    try FileManager.default.createDirectory(atPath: configuration.logDirectory, withIntermediateDirectories: true)
    let contents = try JoinFile.load(from: configuration.joinFile)
    let thread = Thread { [self] in
      var connections = hosts.map { HostConnection($0, configuration, contents) }
      supervise(&connections, onUseless: onUseless)
      done.signal()
    }
    thread.name = "hosts"
    thread.start()
  }

  /// What there is to tell the user since the last call.
  public func takeNotices() -> [String] {
    shared.withLock { shared in
      defer { shared.notices = [] }
      return shared.notices
    }
  }

  /// Whether all hosts were given up, so that no worker is left.
  public var isUseless: Bool { shared.withLock { $0.isUseless } }

  /// Ends all workers, and waits for that.
  public func end() {
    shared.withLock { $0.isClosing = true }
    done.wait()
  }

  private func supervise(_ connections: inout [HostConnection], onUseless: @Sendable () -> Void) {
    while !shared.withLock({ $0.isClosing }) {
      step(&connections)
      if !isUseless && connections.allSatisfy(\.isGivenUp) {
        shared.withLock { $0.isUseless = true }
        onUseless()
      }
    }
    for index in connections.indices { connections[index].close() }
    wait(&connections, for: Self.farewell)
    for index in connections.indices { connections[index].cutLifeline() }
    wait(&connections, for: Self.endTimeout)
    for index in connections.indices { connections[index].kill() }
  }

  private func step(_ connections: inout [HostConnection]) {
    let now = Clock.now
    for index in connections.indices {
      if let notice = connections[index].poll(at: now) { shared.withLock { $0.notices.append(notice) } }
    }
    usleep(UInt32(Self.pollInterval.milliseconds * 1_000))
  }

  private func wait(_ connections: inout [HostConnection], for span: Span) {
    let deadline = Clock.now + span
    while Clock.now < deadline, connections.contains(where: \.isRunning) { step(&connections) }
  }
}
