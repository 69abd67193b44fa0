import Foundation
import Messaging

// Many workers in one process, which join a coordinator, take the trials that they are given, execute none, and send
// heartbeats: what the coordinator's side of a large fleet costs. Each has a connection and keys of its own, as a real
// worker has.
//
//   fleet JOIN-FILE WORKERS SECONDS
//
// Prints when all were registered, waits for the seconds, and ends without a word to the coordinator.

/// One worker.
final class Peer {
  private let id = Identifier.random()
  private let socket: Socket
  private var held = 0
  private(set) var isWelcome = false
  private var spokeAt = Date.distantPast
  private var interval = 2.0

  init(_ context: Context, _ file: JoinFile, number: Int) throws {
    socket = try Socket(context, .dealer, options: SocketOptions(security: file.security))
    try socket.connect(file.endpoints[0])
    let hello = WorkerMessage.Hello(
      worker: id, session: 1, name: "fleet:\(number)", host: "fleet", pid: UInt64(number), build: file.build,
      sweep: file.sweepHash, capacity: 4)
    try say(.hello(hello))
  }

  private func say(_ message: WorkerMessage) throws {
    _ = try socket.send([message.encoded()])
    spokeAt = Date()
  }

  /// Takes what came, and says that it lives when that is due.
  func step() throws {
    while case .message(let frames) = try socket.receive(framesMax: 1) {
      switch try CoordinatorMessage(decoding: frames[0]) {
      case .welcome(let welcome):
        isWelcome = true
        interval = Double(welcome.heartbeatMilliseconds) / 1_000
      case .assign(let trials): held += trials.count
      case .refuse(_, let message): throw FleetError(description: "refused: \(message)")
      default: break
      }
    }
    if isWelcome, Date().timeIntervalSince(spokeAt) >= interval { try say(.heartbeat(running: nil, held: held)) }
  }
}

/// What went wrong.
struct FleetError: Error, CustomStringConvertible {
  let description: String
}

/// Sockets that share a context and its thread.
let peersPerContext = 250
/// Seconds between two rounds over all peers.
let roundInterval = 0.02
/// Seconds after which registration has failed.
let registrationTimeMax = 60.0

func run() throws {
  let arguments = CommandLine.arguments
  guard arguments.count == 4, let count = Int(arguments[2]), count > 0, let seconds = Double(arguments[3]) else {
    throw FleetError(description: "usage: fleet JOIN-FILE WORKERS SECONDS")
  }
  let file = try JoinFile.load(from: arguments[1])
  let begin = Date()
  var peers: [Peer] = []
  while peers.count < count {
    let context = try Context()
    for _ in 0..<min(peersPerContext, count - peers.count) {
      peers.append(try Peer(context, file, number: peers.count + 1))
    }
  }
  while peers.contains(where: { !$0.isWelcome }) {
    for peer in peers { try peer.step() }
    guard Date().timeIntervalSince(begin) < registrationTimeMax else {
      throw FleetError(description: "\(peers.count { !$0.isWelcome }) of \(count) workers were not registered in time")
    }
    Thread.sleep(forTimeInterval: roundInterval)
  }
  print(String(format: "%d workers registered in %.2f s", count, Date().timeIntervalSince(begin)))
  fflush(nil)
  let end = Date(timeIntervalSinceNow: seconds)
  while Date() < end {
    for peer in peers { try peer.step() }
    Thread.sleep(forTimeInterval: roundInterval)
  }
}

do { try run() } catch {
  FileHandle.standardError.write(Data("fleet: \(error)\n".utf8))
  exit(1)
}
