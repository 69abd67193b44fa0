/// The options of a socket, with the values that `docs/protocol.md` lists. What libzmq leaves unlimited is limited here.
public struct SocketOptions: Sendable, Hashable {
  /// How a connection is secured.
  public enum Security: Sendable, Hashable {
    /// Not at all: within a process, or in a directory that only the owner can enter.
    case none
    /// CURVE, as the side that binds; peers are admitted by an ``Authenticator``.
    case curveServer(CurveKeyPair)
    /// CURVE, as the side that connects, to the holder of the secret half of `server`.
    case curveClient(CurveKeyPair, server: CurvePublicKey)
  }

  /// How a connection is secured.
  public var security: Security = .none
  /// Milliseconds that closing waits for messages that are not yet sent.
  public var lingerMilliseconds: Int32 = Self.lingerMax
  /// A peer that sends a longer frame is disconnected.
  public var frameBytesMax: Int64 = Int64(MessageLimits.frameBytesMax)
  /// Milliseconds for the handshake of a new connection, after which it is dropped.
  public var handshakeMilliseconds: Int32 = Self.handshakeInterval
  /// Frames that wait in each direction for each peer.
  public var queueLengthMax: Int32 = 1_000

  /// Milliseconds: 1 s.
  public static let lingerMax: Int32 = 1_000
  /// Milliseconds: 10 s.
  public static let handshakeInterval: Int32 = 10_000
  /// Connections that wait to be accepted.
  static let backlog: Int32 = 1_024
  /// Milliseconds between ZMTP pings on a silent connection, and until a silent peer is disconnected: they find dead
  /// connections below the protocol, so that libzmq reconnects.
  static let pingInterval: Int32 = 10_000
  static let pingTimeout: Int32 = 30_000
  /// Milliseconds between attempts to reconnect, at first and at most.
  static let reconnectInterval: Int32 = 100
  static let reconnectIntervalMax: Int32 = 2_000
  /// Seconds of silence before TCP probes a connection, between probes, and probes before it is given up.
  static let keepaliveIdle: Int32 = 30
  static let keepaliveInterval: Int32 = 10
  static let keepaliveCount: Int32 = 3
  /// The domain that libzmq names to the authenticator.
  static let domain = "icd"

  /// The usual options, unsecured.
  public init() {}

  /// The usual options with CURVE.
  public init(security: Security) { self.security = security }
}
