import Foundation
import Messaging

/// The ssh process of one host, its lifeline and its log, around a ``HostMachine``.
struct HostConnection {
  /// Between two signs of life on the lifeline; the other end waits for `Lifeline.silenceLimit`.
  static let aliveInterval = Span.seconds(5)
  private static let signOfLife = [UInt8(ascii: "\n")]
  /// Ports of a host's loopback address among which that of a tunnel is drawn: below those that Linux gives to
  /// connections. If it is taken, ssh ends, and another is drawn.
  private static let tunnelPorts = 20_000..<32_000

  private let host: RemoteHost
  private let configuration: RemoteHosts.Configuration
  private let joinFile: JoinFile
  private var machine: HostMachine
  private var log: ProcessLog
  private var process: ChildProcess?
  /// The end of the pipe that this process keeps; −1 without one.
  private var lifeline: Int32 = -1
  private var spokeAt: Instant

  init(_ host: RemoteHost, _ configuration: RemoteHosts.Configuration, _ joinFile: JoinFile) {
    self.host = host
    self.configuration = configuration
    self.joinFile = joinFile
    let now = Clock.now
    machine = HostMachine(at: now)
    spokeAt = now
    let name = host.destination.map { $0 == "/" ? "_" : $0 }
    log = ProcessLog(path: "\(configuration.logDirectory)/\(String(name)).log")
  }

  var isRunning: Bool { process != nil }

  var isGivenUp: Bool { if case .givenUp = machine.state { true } else { false } }

  /// Looks after it; returns what there is to tell.
  mutating func poll(at now: Instant) -> String? {
    if let process, let (ending, _) = process.poll() {
      self.process = nil
      cutLifeline()
      return text(machine.end(HostMachine.Ending(ending), words: lastWords, at: now))
    }
    if machine.start(at: now) {
      do { try start(at: now) } catch {
        cutLifeline()
        return text(machine.end(.exited(255), words: "\(error)", at: now))
      }
    } else if isRunning && now - spokeAt >= Self.aliveInterval {
      spokeAt = now
      send(Self.signOfLife)
    }
    return nil
  }

  /// Nothing is started any more.
  mutating func close() { machine.close() }

  /// The other end reads the end of the file, and ends.
  mutating func cutLifeline() {
    guard lifeline >= 0 else { return }
    Foundation.close(lifeline)
    lifeline = -1
  }

  /// Ends what is left.
  mutating func kill() {
    process?.kill()
    process = nil
    cutLifeline()
  }

  private mutating func start(at now: Instant) throws {
    var file = joinFile
    var tunnel: RemoteHost.Tunnel?
    if host.usesTunnel {
      let made = RemoteHost.Tunnel(port: .random(in: Self.tunnelPorts), target: configuration.tunnelTarget)
      file.endpoints = ["tcp://127.0.0.1:\(made.port)"]
      tunnel = made
    }
    let output = try log.open()
    defer { Foundation.close(output) }
    let pipe = try makePipe()
    defer { Foundation.close(pipe.read) }
    lifeline = pipe.write
    spokeAt = now
    // ssh is looked for in the PATH by env(1), as a shell would.
    let words = ["/usr/bin/env"] + host.arguments(ssh: configuration.ssh, tunnel: tunnel)
    // As a program may expect of its standard input; only the end here must not block.
    _ = fcntl(pipe.read, F_SETFL, 0)
    process = try ChildProcess(words, input: pipe.read, output: output)
    // The sign of life at once, so that the other end counts on more to come.
    send(try file.line() + Self.signOfLife)
  }

  /// Writes what the pipe takes, which is more than a join file; a host that reads nothing any more is noticed by ssh.
  private func send(_ bytes: [UInt8]) { _ = write(lifeline, bytes, bytes.count) }

  private var lastWords: String { log.tail.split(whereSeparator: \.isNewline).last.map(String.init) ?? "" }

  private func text(_ notice: HostMachine.Notice) -> String {
    switch notice {
    case .ended: "host \(host.destination): its workers have ended"
    case .lost(let story, let retryAfter):
      "host \(host.destination): \(story); tried again in \(Int(retryAfter.seconds)) s"
    case .givenUp(let reason): "host \(host.destination) is given up: \(reason)"
    }
  }
}

extension HostMachine.Ending {
  fileprivate init(_ ending: ChildProcess.Ending) {
    switch ending {
    case .exited(let status): self = .exited(status)
    case .killed(let signal): self = .killed(signal: signal)
    }
  }
}
