import CZeroMQ
import Synchronization

/// Watches a socket's connections. It is the only way to learn why a connection does not come about.
public final class SocketMonitor {
  /// What happened to a connection, in the order of how much it says about why there is none.
  public enum Event: Int, Sendable, Hashable, Comparable {
    /// A connection could not be accepted.
    case notAccepted
    /// An attempt to connect failed; libzmq tries again.
    case unreachable
    /// The connection ended.
    case disconnected
    /// The peer does not speak the same protocol or has another server key.
    case mismatched
    /// The peer ended the handshake or refused the key.
    case refused
    /// The peer can be talked to.
    case connected

    /// Says less.
    public static func < (left: Event, right: Event) -> Bool { left.rawValue < right.rawValue }
  }

  /// To be polled; call ``next()`` when it is ready.
  public let socket: Socket
  private let watched: Socket
  private static let counter = Atomic<UInt64>(0)

  private static let events =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
    | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED
    | ZMQ_EVENT_ACCEPT_FAILED

  /// Watches a socket, from before it is connected or bound; throws a ``ZeroMQError``.
  public init(_ context: Context, watching watched: Socket) throws {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    let endpoint = "inproc://monitor-\(number)"
    guard zmq_socket_monitor(watched.handle, endpoint, Self.events) == 0 else {
      throw ZeroMQError.last("zmq_socket_monitor")
    }
    self.watched = watched
    socket = try Socket(context, .pair)
    try socket.connect(endpoint)
  }

  /// Ends the watching before the reading end closes: libzmq's I/O thread sends its events to that end and would wait
  /// for ever for a reader that is gone, and no socket of the context would work any more.
  deinit { zmq_socket_monitor(watched.handle, nil, 0) }

  /// The next event if one is waiting; throws a ``ZeroMQError``.
  public func next() throws -> Event? {
    while true {
      // zmq_socket_monitor(3): the first frame is a 16-bit event and a 32-bit value, the second the address.
      guard case .message(let frames) = try socket.receive(framesMax: 2) else { return nil }
      guard let head = frames.first, head.count == 6 else { continue }
      let code = head.withUnsafeBytes { Int32($0.loadUnaligned(as: UInt16.self)) }
      switch code {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .refused
      case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: return .mismatched
      case ZMQ_EVENT_DISCONNECTED: return .disconnected
      case ZMQ_EVENT_ACCEPT_FAILED: return .notAccepted
      case ZMQ_EVENT_CONNECT_RETRIED, ZMQ_EVENT_CLOSED: return .unreachable
      default: continue
      }
    }
  }
}
