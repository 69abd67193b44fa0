/// Answers libzmq's question who may connect (ZAP, RFC 27): only holders of a key on the list, only by CURVE.
///
/// It must exist before a CURVE socket of its context is bound: CURVE without it admits anybody who knows the server's
/// public key. Its socket is polled by the thread that owns the server's socket.
public final class Authenticator {
  /// Where libzmq asks.
  static let endpoint = "inproc://zeromq.zap.01"
  /// Frames of a request: version, request, domain, address, identity, mechanism, and for CURVE the key.
  private static let requestFramesMax = 7

  /// To be polled; call ``serve()`` when it is ready.
  public let socket: Socket
  private let admitted: Set<[UInt8]>
  /// Connections that were turned away.
  public private(set) var refusals = 0

  /// Starts to answer for all CURVE sockets of the context; throws a ``ZeroMQError``.
  public init(_ context: Context, admitting keys: [CurvePublicKey]) throws {
    admitted = Set(keys.map(\.bytes))
    socket = try Socket(context, .reply)
    _ = try socket.bind(Self.endpoint)
  }

  /// Answers all waiting requests; throws a ``ZeroMQError``.
  public func serve() throws {
    while true {
      switch try socket.receive(framesMax: Self.requestFramesMax) {
      case .nothing: return
      case .tooManyFrames: _ = try socket.send(reply(version: Array("1.0".utf8), request: [], isAdmitted: false))
      case .message(let frames):
        let isAdmitted = isAdmitted(frames)
        if !isAdmitted { refusals += 1 }
        let request = frames.count > 1 ? frames[1] : []
        _ = try socket.send(reply(version: frames[0], request: request, isAdmitted: isAdmitted))
      }
    }
  }

  private func isAdmitted(_ frames: [[UInt8]]) -> Bool {
    frames.count == 7 && frames[0] == Array("1.0".utf8) && frames[2] == Array(SocketOptions.domain.utf8)
      && frames[5] == Array("CURVE".utf8) && admitted.contains(frames[6])
  }

  private func reply(version: [UInt8], request: [UInt8], isAdmitted: Bool) -> [[UInt8]] {
    let status = isAdmitted ? ("200", "OK") : ("400", "key not on the list")
    return [version, request, Array(status.0.utf8), Array(status.1.utf8), [], []]
  }
}
