import Foundation
import Messaging

/// The coordinator's socket, the authenticator before it, and the join file that leads to it.
final class CoordinatorTransport {
  /// Frames of a message as ROUTER delivers it: the routing id and the body.
  private static let framesMax = 2
  /// An `assign` is closed when it has this many bytes of payload.
  private static let assignBytesTarget = 1 << 20
  /// Bytes of a routing id that libzmq made: a zero and a number.
  private static let routeLength = 5
  static let keyFileName = "server.key.json"

  let router: Socket
  let authenticator: Authenticator?
  let endpoints: [String]
  private let context: Context
  private let joinFilePath: String

  /// Binds the endpoints and puts the join file into place.
  init(_ configuration: CoordinatorConfiguration) throws {
    let context = try Context()
    self.context = context
    joinFilePath = configuration.joinFile
    let isOpen = try Self.needsKeys(configuration.listen)
    let keys = isOpen ? try Keys.load(from: configuration.outputDirectory) : nil
    // The authenticator must be there before the first socket that needs it.
    authenticator = try keys.map { try Authenticator(context, admitting: [$0.worker.publicKey]) }
    let options = keys.map { SocketOptions(security: .curveServer($0.server)) } ?? SocketOptions()
    router = try Socket(context, .router, options: options)
    var endpoints: [String] = []
    for endpoint in configuration.listen {
      endpoints.append(
        AdvertisedEndpoint.make(bound: try router.bind(endpoint), host: configuration.advertisedHost))
    }
    self.endpoints = endpoints
    try JoinFile(
      endpoints: endpoints, server: keys?.server.publicKey, worker: keys?.worker,
      sweepName: configuration.sweepName, sweepHash: configuration.scheduler.sweepHash,
      incarnation: configuration.scheduler.incarnation, build: configuration.scheduler.build
    ).write(to: configuration.joinFile)
  }

  // A file that leads nowhere would only send workers astray; after a `kill -9` it stays, and so do the keys in it.
  deinit { unlink(joinFilePath) }

  /// Whether the endpoints are reachable from outside; throws for what is none, or a mixture.
  private static func needsKeys(_ endpoints: [String]) throws -> Bool {
    do { return try ListenEndpoint.list(endpoints).contains { $0.scheme == .tcp } } catch {
      throw RunError("cannot listen: \(error)")
    }
  }

  /// What is waiting.
  enum Received {
    case nothing
    case event(Scheduler.Event)
    /// Not for the machine.
    case ignored
  }

  func receive() throws -> Received {
    switch try router.receive(framesMax: Self.framesMax) {
    case .nothing: return .nothing
    case .tooManyFrames: return .ignored
    case .message(let frames):
      guard frames.count == Self.framesMax, let route = Self.route(frames[0]) else { return .ignored }
      do { return .event(.message(try WorkerMessage(decoding: frames[1]), from: route)) } catch {
        return .event(.malformedFrame(error, from: route))
      }
    }
  }

  func send(_ message: CoordinatorMessage, to route: Route) throws -> Socket.SendOutcome {
    try router.send([Self.routingID(route), message.encoded()])
  }

  /// Sends trials in as many messages as their payloads need.
  func send(_ assignments: [TrialAssignment], to route: Route) throws -> Socket.SendOutcome {
    var rest = assignments[...]
    while !rest.isEmpty {
      var bytes = 0
      let batch = rest.prefix { assignment in
        defer { bytes += assignment.payload.count }
        return bytes < Self.assignBytesTarget
      }
      guard try send(.assign(Array(batch)), to: route) == .sent else { return .unreachable }
      rest = rest.dropFirst(batch.count)
    }
    return .sent
  }

  /// The number in a routing id that libzmq made; nothing for one that a peer chose.
  private static func route(_ id: [UInt8]) -> Route? {
    guard id.count == routeLength, id[0] == 0 else { return nil }
    return Route(id[1...].reduce(0) { $0 << 8 | UInt32($1) })
  }

  private static func routingID(_ route: Route) -> [UInt8] {
    [0] + withUnsafeBytes(of: route.number.bigEndian) { [UInt8]($0) }
  }
}

/// The key pairs of a run over TCP: the server's, and the one that its workers share. They are kept in the output
/// directory, so that a coordinator that comes back is the one that its workers know.
private struct Keys {
  var server: CurveKeyPair
  var worker: CurveKeyPair

  private struct File: Codable {
    var serverPublicKey: String
    var serverSecretKey: String
    var workerPublicKey: String
    var workerSecretKey: String
  }

  /// Bytes of a file that is believed to hold four keys.
  private static let fileBytesMax = 4_096

  static func load(from directory: String) throws -> Keys {
    let path = directory + "/" + CoordinatorTransport.keyFileName
    guard access(path, F_OK) == 0 else { return try make(at: path) }
    guard let file = try? JSONDecoder().decode(File.self, from: PrivateFile.read(path, bytesMax: fileBytesMax)),
      let server = CurveKeyPair(publicKey: file.serverPublicKey, secretKey: file.serverSecretKey),
      let worker = CurveKeyPair(publicKey: file.workerPublicKey, secretKey: file.workerSecretKey)
    else { throw RunError("\(path): not a readable file of keys; remedy: remove it, and new keys will be made") }
    return Keys(server: server, worker: worker)
  }

  private static func make(at path: String) throws -> Keys {
    let keys = Keys(server: try .generate(), worker: try .generate())
    try PrivateFile.write(
      File(
        serverPublicKey: keys.server.publicKey.text, serverSecretKey: keys.server.secretKey,
        workerPublicKey: keys.worker.publicKey.text, workerSecretKey: keys.worker.secretKey), to: path)
    return keys
  }
}

/// The endpoint that workers are told, made of the one that was bound.
package enum AdvertisedEndpoint {
  /// Replaces the host of a `tcp` endpoint by the given one, or a wildcard address by the name of this machine.
  package static func make(bound: String, host: String?) -> String {
    guard bound.hasPrefix("tcp://"), let colon = bound.lastIndex(of: ":") else { return bound }
    var address = String(bound.dropFirst("tcp://".count).prefix(upTo: colon))
    // A socket that speaks IPv6 too shows an IPv4 address in this form, which an IPv4-only peer does not understand.
    if address.hasPrefix("[::ffff:") && address.contains(".") { address = String(address.dropFirst(8).dropLast()) }
    let isWildcard = ["0.0.0.0", "[::]", "*"].contains(address)
    let host = host ?? (isWildcard ? HostName.current : address)
    let isBareIPv6 = host.contains(":") && !host.hasPrefix("[")
    return "tcp://\(isBareIPv6 ? "[\(host)]" : host)\(bound[colon...])"
  }
}
