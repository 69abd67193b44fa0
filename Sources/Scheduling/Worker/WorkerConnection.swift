import Messaging

/// A worker's connection, made anew with every attempt. All endpoints of the join file are tried at once, and the first
/// whose handshake succeeds is used.
final class WorkerConnection {
  /// One endpoint that is being tried.
  private struct Attempt {
    let endpoint: String
    let socket: Socket
    let monitor: SocketMonitor
  }

  private let context: Context
  private let joinFile: String
  private var contents: JoinFile
  private var connects = 0
  /// Endpoints that race; empty once one of them is chosen.
  private var attempts: [Attempt] = []
  private var chosen: Attempt?
  /// Messages that wait for the choice.
  private var waiting: [WorkerMessage] = []
  private var failures: JoinFailures

  /// A connection by a join file, which is read again before every attempt but the first.
  init(joinFile: String, contents: JoinFile) throws {
    context = try Context()
    self.joinFile = joinFile
    self.contents = contents
    failures = JoinFailures(joinFile: joinFile)
  }

  /// Connects fresh sockets to all endpoints; throws a `ZeroMQError` if no endpoint can even be tried.
  func connect() throws {
    close()
    // A coordinator that came back may have written a new file; one that is just being replaced is no reason to end.
    if connects > 0, let contents = try? JoinFile.load(from: joinFile) { self.contents = contents }
    // The second attempt means that the first failed: now it is worth while to find out why.
    if connects == 1 { failures.probe(contents.endpoints) }
    connects += 1
    var problem: (any Error)?
    for endpoint in contents.endpoints {
      do { attempts.append(try attempt(endpoint)) } catch { problem = error }
    }
    if attempts.isEmpty, let problem { throw problem }
    if attempts.count == 1 { choose(attempts[0]) }
  }

  private func attempt(_ endpoint: String) throws -> Attempt {
    let socket = try Socket(context, .dealer, options: SocketOptions(security: contents.security))
    let monitor = try SocketMonitor(context, watching: socket)
    try socket.connect(endpoint)
    return Attempt(endpoint: endpoint, socket: socket, monitor: monitor)
  }

  private func choose(_ attempt: Attempt) {
    chosen = attempt
    attempts = []
  }

  /// The sweep that the join file names, and where the worker is connected, or is trying to be.
  var place: (sweepName: String, endpoint: String) {
    (contents.sweepName, chosen?.endpoint ?? contents.endpoints.joined(separator: ", "))
  }

  func close() {
    attempts = []
    chosen = nil
    waiting = []
  }

  /// Sends if it can; what a broken connection does not take is made good by the machine's next `hello`.
  func send(_ message: WorkerMessage) throws {
    guard let chosen else {
      waiting.append(message)
      return
    }
    _ = try chosen.socket.send([message.encoded()])
  }

  /// The next message that can be read.
  func receive() throws -> CoordinatorMessage? {
    while let socket = chosen?.socket {
      switch try socket.receive(framesMax: 1) {
      case .nothing: return nil
      case .tooManyFrames: continue
      case .message(let frames):
        do { return try CoordinatorMessage(decoding: frames[0]) } catch {
          if case .otherVersion(let version) = error { failures.otherVersion = version }
        }
      }
    }
    return nil
  }

  /// Waits for a message, or for one of the descriptors.
  func wait(descriptors: [Int32], milliseconds: Int) throws {
    let watched = chosen.map { [$0] } ?? attempts
    let sockets = (chosen.map { [$0.socket] } ?? []) + watched.map(\.monitor.socket)
    var poller = Poller(sockets: sockets, descriptors: descriptors)
    _ = try poller.wait(milliseconds: milliseconds)
    for attempt in watched {
      while let event = try attempt.monitor.next() {
        failures.note(event, at: attempt.endpoint)
        if event == .connected, chosen == nil { choose(attempt) }
      }
    }
    guard let chosen, !waiting.isEmpty else { return }
    for message in waiting { _ = try chosen.socket.send([message.encoded()]) }
    waiting = []
  }

  /// What to tell the user about an end that was not in order.
  func explain(_ exit: WorkerExit) -> RunError {
    switch exit {
    case .cannotJoin: failures.explanation(contents)
    case .refused: RunError("\(exit.description) (joined with \(joinFile))", isRefusal: true)
    default: RunError(exit.description)
    }
  }
}
