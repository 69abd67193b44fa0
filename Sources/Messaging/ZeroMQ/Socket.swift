import CZeroMQ

/// A ZeroMQ socket. It belongs to one thread, and closes when it is released.
public final class Socket {
  /// The patterns that this program uses.
  public enum Kind: Sendable {
    /// The coordinator's side: many peers, each named by its routing id.
    case router
    /// A worker's side.
    case dealer
    /// One to one, inside a process.
    case pair
    /// Answers each request: the authenticator's side of ZAP.
    case reply

    var code: Int32 {
      switch self {
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      case .pair: ZMQ_PAIR
      case .reply: ZMQ_REP
      }
    }
  }

  /// What became of a message.
  public enum SendOutcome: Sendable, Hashable {
    /// It is in libzmq's queue.
    case sent
    /// No such peer, or its queue is full; nothing was sent.
    case unreachable
  }

  /// What was waiting.
  public enum Received: Sendable, Hashable {
    /// Nothing.
    case nothing
    /// The frames of one message.
    case message([[UInt8]])
    /// A message of too many frames; it was thrown away.
    case tooManyFrames
  }

  /// Kept so that the context outlives its sockets.
  private let context: Context
  let handle: UnsafeMutableRawPointer
  /// One receive buffer for the socket's life; zmq_msg_recv(3) releases its old content.
  private let incoming: UnsafeMutablePointer<zmq_msg_t>

  /// A socket with its options set; throws a ``ZeroMQError``.
  public init(_ context: Context, _ kind: Kind, options: SocketOptions = SocketOptions()) throws {
    guard let handle = zmq_socket(context.handle, kind.code) else { throw ZeroMQError.last("zmq_socket") }
    self.context = context
    self.handle = handle
    incoming = .allocate(capacity: 1)
    zmq_msg_init(incoming)
    try apply(options, to: kind)
  }

  deinit {
    zmq_msg_close(incoming)
    incoming.deallocate()
    zmq_close(handle)
  }

  /// Binds to an endpoint and returns it with wildcards resolved; throws a ``ZeroMQError``.
  public func bind(_ endpoint: String) throws -> String {
    try allowIPv6(for: endpoint)
    guard zmq_bind(handle, endpoint) == 0 else { throw ZeroMQError.last("cannot listen on \(endpoint)") }
    return try lastEndpoint()
  }

  /// Starts to connect; throws a ``ZeroMQError`` only if the endpoint is malformed.
  public func connect(_ endpoint: String) throws {
    try allowIPv6(for: endpoint)
    guard zmq_connect(handle, endpoint) == 0 else { throw ZeroMQError.last("cannot connect to \(endpoint)") }
  }

  /// Queues a message of one or more frames, never waiting; throws a ``ZeroMQError`` for a broken socket.
  public func send(_ frames: [[UInt8]]) throws -> SendOutcome {
    for (index, frame) in frames.enumerated() {
      let flags = ZMQ_DONTWAIT | (index + 1 < frames.count ? ZMQ_SNDMORE : 0)
      while frame.withUnsafeBytes({ zmq_send(handle, $0.baseAddress, $0.count, flags) }) < 0 {
        switch zmq_errno() {
        case EINTR: continue
        case EAGAIN, EHOSTUNREACH: return .unreachable
        default: throw ZeroMQError.last("zmq_send")
        }
      }
    }
    return .sent
  }

  /// Takes one message if one is waiting; throws a ``ZeroMQError`` for a broken socket.
  public func receive(framesMax: Int) throws -> Received {
    var frames: [[UInt8]] = []
    var count = 0
    repeat {
      guard try receiveFrame() else { return .nothing }
      count += 1
      if count <= framesMax {
        let size = zmq_msg_size(incoming)
        frames.append([UInt8](UnsafeRawBufferPointer(start: zmq_msg_data(incoming), count: size)))
      }
    } while zmq_msg_more(incoming) != 0
    return count <= framesMax ? .message(frames) : .tooManyFrames
  }

  /// In which role the sender of the message that was just received was admitted; nothing for a connection that no
  /// ``Authenticator`` was asked about. Valid until the next ``receive(framesMax:)``.
  public var roleOfLastSender: PeerRole? {
    // zmq_msg_gets(3): the authenticator's user id; null if there is none.
    guard let user = zmq_msg_gets(incoming, "User-Id") else { return nil }
    return PeerRole(rawValue: String(cString: user))
  }

  /// False if nothing is waiting. The frames of a message arrive together, so that is so only before the first.
  private func receiveFrame() throws -> Bool {
    while zmq_msg_recv(incoming, handle, ZMQ_DONTWAIT) < 0 {
      switch zmq_errno() {
      case EINTR: continue
      case EAGAIN: return false
      default: throw ZeroMQError.last("zmq_msg_recv")
      }
    }
    return true
  }
}
