/// Answers libzmq's question who may connect (ZAP, RFC 27): only holders of a key on the list, only by CURVE. It also
/// says in which role, which libzmq then attaches to every message of the connection.
///
/// It must exist before a CURVE socket of its context is bound: CURVE without it admits anybody who knows the server's
/// public key. Its socket is polled by the thread that owns the server's socket.
public final class Authenticator {
  /// Where libzmq asks.
  static let endpoint = "inproc://zeromq.zap.01"
  /// Frames of a request: version, request, domain, address, identity, mechanism, and for CURVE the key.
  private static let requestFramesMax = 7
  /// Addresses of refused peers that are kept until they are taken.
  static let refusedAddressesMax = 256

  /// To be polled; call ``serve()`` when it is ready.
  public let socket: Socket
  private let admitted: [[UInt8]: PeerRole]
  /// Connections that were turned away.
  public private(set) var refusals = 0
  private var refusedAddresses: [String] = []

  /// Starts to answer for all CURVE sockets of the context; throws a ``ZeroMQError``.
  public init(_ context: Context, admitting roles: [CurvePublicKey: PeerRole]) throws {
    admitted = Dictionary(uniqueKeysWithValues: roles.map { ($0.key.bytes, $0.value) })
    socket = try Socket(context, .reply)
    _ = try socket.bind(Self.endpoint)
  }

  /// Answers all waiting requests; throws a ``ZeroMQError``.
  public func serve() throws {
    while true {
      switch try socket.receive(framesMax: Self.requestFramesMax) {
      case .nothing: return
      case .tooManyFrames: _ = try socket.send(reply(version: Array("1.0".utf8), request: [], role: nil))
      case .message(let frames):
        let role = role(frames)
        if role == nil { note(refusalFrom: frames.count > 3 ? frames[3] : []) }
        let request = frames.count > 1 ? frames[1] : []
        _ = try socket.send(reply(version: frames[0], request: request, role: role))
      }
    }
  }

  /// Addresses of the peers that were turned away since the last time, at most ``refusedAddressesMax``.
  public func takeRefusedAddresses() -> [String] {
    defer { refusedAddresses.removeAll(keepingCapacity: true) }
    return refusedAddresses
  }

  private func note(refusalFrom address: [UInt8]) {
    refusals += 1
    guard refusedAddresses.count < Self.refusedAddressesMax else { return }
    refusedAddresses.append(String(decoding: address.prefix(64), as: UTF8.self))
  }

  private func role(_ frames: [[UInt8]]) -> PeerRole? {
    guard
      frames.count == 7 && frames[0] == Array("1.0".utf8) && frames[2] == Array(SocketOptions.domain.utf8)
        && frames[5] == Array("CURVE".utf8)
    else { return nil }
    return admitted[frames[6]]
  }

  /// RFC 27: the fifth frame is the user id, here the role.
  private func reply(version: [UInt8], request: [UInt8], role: PeerRole?) -> [[UInt8]] {
    let status = role != nil ? ("200", "OK") : ("400", "key not on the list")
    return [version, request, Array(status.0.utf8), Array(status.1.utf8), Array((role?.rawValue ?? "").utf8), []]
  }
}
