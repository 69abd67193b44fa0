import Messaging

/// A worker's socket, renewed with every attempt to connect, and what its monitor saw.
final class WorkerConnection {
  private let context: Context
  private let joinFile: String
  private var contents: JoinFile
  private var attempts = 0
  private var socket: Socket?
  private var monitor: SocketMonitor?
  private var lastEvent: SocketMonitor.Event?
  /// The version that the coordinator speaks, if it is another.
  private var otherVersion: UInt64?

  init(joinFile: String, contents: JoinFile) throws {
    context = try Context()
    self.joinFile = joinFile
    self.contents = contents
  }

  /// Connects a fresh socket, to each of the endpoints in turn.
  func connect() throws {
    close()
    // A coordinator that came back may have written a new file; one that is just being replaced is no reason to end.
    if attempts > 0, let contents = try? JoinFile.load(from: joinFile) { self.contents = contents }
    let socket = try Socket(context, .dealer, options: SocketOptions(security: contents.security))
    monitor = try SocketMonitor(context, watching: socket)
    try socket.connect(endpoint)
    attempts += 1
    self.socket = socket
  }

  /// The sweep that the join file names, and where the socket is connected.
  var place: (sweepName: String, endpoint: String) {
    (contents.sweepName, contents.endpoints[max(attempts - 1, 0) % contents.endpoints.count])
  }

  /// Where the next attempt connects.
  private var endpoint: String { contents.endpoints[attempts % contents.endpoints.count] }

  func close() {
    monitor = nil
    socket = nil
  }

  /// Sends if it can; what a broken connection does not take is made good by the machine's next `hello`.
  func send(_ message: WorkerMessage) throws {
    _ = try socket?.send([message.encoded()])
  }

  /// The next message that can be read.
  func receive() throws -> CoordinatorMessage? {
    while let socket {
      switch try socket.receive(framesMax: 1) {
      case .nothing: return nil
      case .tooManyFrames: continue
      case .message(let frames):
        do { return try CoordinatorMessage(decoding: frames[0]) } catch {
          if case .otherVersion(let version) = error { otherVersion = version }
        }
      }
    }
    return nil
  }

  /// Waits for a message, or for one of the descriptors.
  func wait(descriptors: [Int32], milliseconds: Int) throws {
    let sockets = [socket, monitor?.socket].compactMap { $0 }
    var poller = Poller(sockets: sockets, descriptors: descriptors)
    _ = try poller.wait(milliseconds: milliseconds)
    while let event = try monitor?.next() {
      // libzmq tries again and again, and what the first attempt said is soon followed by things that say less.
      lastEvent = max(event, lastEvent ?? event)
    }
  }

  /// A sentence for the user about an end that was not in order.
  func explain(_ exit: WorkerExit) -> String {
    guard exit == .cannotJoin else { return exit.description }
    let (sweepName, endpoint) = place
    if let otherVersion {
      return "cannot join the sweep '\(sweepName)' at \(endpoint): \(MessageError.otherVersion(otherVersion))"
    }
    let reason =
      switch lastEvent {
      case .connected: "it accepts connections, but is no coordinator that answers"
      case .refused, .mismatched, .disconnected:
        "it refuses the keys in \(joinFile), or does not speak the protocol; the file may be of an earlier run"
      case .unreachable, nil: "nothing answers there; the coordinator may have ended, or the address may be wrong"
      }
    return "cannot join the sweep '\(sweepName)' at \(endpoint): \(reason)"
  }
}
