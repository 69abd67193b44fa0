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
  let router: Socket
  let authenticator: Authenticator?
  private let monitor: SocketMonitor
  /// Peers that were turned away.
  var rejections = RejectionLog()
  let endpoints: [String]
  let localAddress: String?
  private let context: Context
  /// Files that lead here, and to nothing when this is gone.
  private let ownFiles: [String]

  /// Binds the endpoints and puts the join files into place.
  init(_ configuration: CoordinatorConfiguration) throws {
    let context = try Context()
    self.context = context
    let isOpen = try Self.needsKeys(configuration.listen)
    let keys = isOpen ? try CoordinatorKeys.load(configuration) : nil
    // The authenticator must be there before the first socket that needs it.
    authenticator = try keys.map { try Authenticator(context, admitting: $0.roles) }
    let options = keys.map { SocketOptions(security: .curveServer($0.server)) } ?? SocketOptions()
    let router = try Socket(context, .router, options: options)
    self.router = router
    monitor = try SocketMonitor(context, watching: router)
    let bound = try configuration.listen.map { try router.bind($0) }
    localAddress = AdvertisedEndpoints.local(bound: bound)
    let prepared = keys?.prepared
    let isPrepared = prepared != nil && configuration.advertised.isEmpty
    endpoints =
      isPrepared
      ? prepared?.endpoints ?? [] : AdvertisedEndpoints.make(bound: bound, advertised: configuration.advertised)
    let statusFile = configuration.outputDirectory + "/" + Coordinator.statusFileName
    // A join file that was prepared is not this coordinator's to remove: workers may be waiting with it.
    ownFiles = (prepared == nil ? [configuration.joinFile] : []) + [statusFile]
    for (role, path) in [(PeerRole.worker, configuration.joinFile), (.status, statusFile)] {
      try Self.joinFile(role, keys, endpoints, configuration).write(to: path)
    }
  }

  // A file that leads nowhere would only send peers astray; after a `kill -9` it stays, and so do the keys in it.
  deinit { for path in ownFiles { unlink(path) } }

  private static func joinFile(
    _ role: PeerRole, _ keys: KeyRing?, _ endpoints: [String], _ configuration: CoordinatorConfiguration
  ) -> JoinFile {
    let scheduler = configuration.scheduler
    if let keys {
      return keys.joinFile(
        for: role, endpoints: endpoints, sweepName: configuration.sweepName, sweepHash: scheduler.sweepHash,
        build: scheduler.build)
    }
    return JoinFile(
      role: role, endpoints: endpoints, server: nil, client: nil, sweepName: configuration.sweepName,
      sweepHash: scheduler.sweepHash, epoch: scheduler.incarnation, build: scheduler.build)
  }

  /// Whether the endpoints are reachable from outside; throws for what is none, or a mixture.
  private static func needsKeys(_ endpoints: [String]) throws -> Bool {
    do { return try ListenEndpoint.list(endpoints).contains { $0.scheme == .tcp } } catch {
      throw RunError("cannot listen: \(error)")
    }
  }

  /// To be polled.
  var sockets: [Socket] { [router, monitor.socket] + (authenticator.map { [$0.socket] } ?? []) }

  /// Peers and messages that were turned away since the start.
  var refusals: Int { rejections.total }

  /// Lets those in who have a key, and takes note of those who do not get in.
  func admit() throws {
    try authenticator?.serve()
    for address in authenticator?.takeRefusedAddresses() ?? [] { rejections.note(.key, "from \(address)") }
    while let event = try monitor.next() {
      switch event {
      case .mismatched: rejections.note(.handshake)
      case .notAccepted: rejections.note(.descriptors)
      // A refused key was noted when the authenticator refused it.
      case .refused, .unreachable, .disconnected, .connected: break
      }
    }
  }

  /// What is waiting.
  enum Received {
    case nothing
    case event(Scheduler.Event)
    /// Somebody asks for the status.
    case statusRequest(Route)
    /// Not for the machine.
    case ignored
  }

  func receive() throws -> Received {
    switch try router.receive(framesMax: Self.framesMax) {
    case .nothing: return .nothing
    case .tooManyFrames:
      rejections.note(.malformed, "of too many frames")
      return .ignored
    case .message(let frames):
      guard frames.count == Self.framesMax, let route = Self.route(frames[0]) else {
        rejections.note(.malformed, "of \(frames.count) frames, or with a routing id of its own")
        return .ignored
      }
      if frames[1] == StatusRequest.frame { return .statusRequest(route) }
      if router.roleOfLastSender == .status { return try refuseOnlooker(frames[1], route) }
      do { return .event(.message(try WorkerMessage(decoding: frames[1]), from: route)) } catch {
        // Another version is refused, which is noted when it is said.
        if case .otherVersion = error {} else { rejections.note(.malformed, "\(error)") }
        return .event(.malformedFrame(error, from: route))
      }
    }
  }

  /// Somebody who may only ask for the status, and said something else. Only another version is answered.
  private func refuseOnlooker(_ frame: [UInt8], _ route: Route) throws -> Received {
    do { try StatusRequest.check(frame) } catch {
      guard case .otherVersion = error else {
        rejections.note(.role)
        return .ignored
      }
      rejections.note(.refused, "\(error)")
      _ = try send(.refuse(code: .protocol, message: "the question has \(error)"), to: route)
      return .ignored
    }
    return .statusRequest(route)
  }

  /// Sends a frame that is encoded already.
  func send(frame: [UInt8], to route: Route) throws -> Socket.SendOutcome {
    try router.send([Self.routingID(route), frame])
  }

  func send(_ message: CoordinatorMessage, to route: Route) throws -> Socket.SendOutcome {
    try send(frame: message.encoded(), to: route)
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
