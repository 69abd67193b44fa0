import Messaging

/// A peer's connection to the coordinator, made anew with every attempt. All endpoints of the join file are tried at
/// once, and the first whose handshake succeeds is used.
final class PeerConnection {
  /// One endpoint that is being tried.
  private struct Attempt {
    let endpoint: String
    let socket: Socket
    let monitor: SocketMonitor
  }

  /// Nothing after the end.
  private var context: Context?
  let joinFile: String
  private var contents: JoinFile
  private var connects = 0
  /// Whether the join file was not there when it was to be read again.
  private(set) var isJoinFileGone = false
  /// Endpoints that race; empty once one of them is chosen.
  private var attempts: [Attempt] = []
  private var chosen: Attempt?
  /// Frames that wait for the choice.
  private var waiting: [[UInt8]] = []
  /// Why connections did not come about.
  var failures: JoinFailures

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
    if connects > 0 { readAgain() }
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

  /// A coordinator that came back may have written a new file; one that cannot be read now is no reason to end.
  private func readAgain() {
    do {
      contents = try JoinFile.load(from: joinFile)
      isJoinFileGone = false
    } catch { isJoinFileGone = (error as? PrivateFileError)?.isMissing ?? false }
  }

  private func attempt(_ endpoint: String) throws -> Attempt {
    guard let context else { throw RunError("the connection to the coordinator was ended") }
    let socket = try Socket(context, .dealer, options: SocketOptions(security: contents.security))
    let monitor = try SocketMonitor(context, watching: socket)
    try socket.connect(endpoint)
    return Attempt(endpoint: endpoint, socket: socket, monitor: monitor)
  }

  private func choose(_ attempt: Attempt) {
    chosen = attempt
    attempts = []
  }

  /// The sweep that the join file names, and where the peer is connected, or is trying to be.
  var place: (sweepName: String, endpoint: String) {
    (contents.sweepName, chosen?.endpoint ?? contents.endpoints.joined(separator: ", "))
  }

  /// What to tell the user about a coordinator that was never reached.
  var explanation: RunError { failures.explanation(contents) }

  /// Whether every endpoint was tried and none could be talked to.
  var hasFailedEverywhere: Bool { failures.hasFailed(at: contents.endpoints) }

  func close() {
    attempts = []
    chosen = nil
    waiting = []
  }

  /// Closes it for good, when what was said last is sent; waits for that, at most `lingerMax`.
  func end() {
    close()
    context = nil
  }

  /// Sends if it can, and keeps what is said before the choice of an endpoint.
  func send(_ frame: [UInt8]) throws {
    guard let chosen else {
      waiting.append(frame)
      return
    }
    _ = try chosen.socket.send([frame])
  }

  /// The next frame, if there is one.
  func receive() throws -> [UInt8]? {
    while let socket = chosen?.socket {
      switch try socket.receive(framesMax: 1) {
      case .nothing: return nil
      case .tooManyFrames: continue
      case .message(let frames): return frames[0]
      }
    }
    return nil
  }

  /// Waits for a frame, or for one of the descriptors.
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
    for frame in waiting { _ = try chosen.socket.send([frame]) }
    waiting = []
  }
}
