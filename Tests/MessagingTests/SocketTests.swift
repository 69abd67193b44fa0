import Foundation
import Messaging
import Testing

@Suite(.serialized) struct SocketTests {
  /// Receives within some seconds, serving the authenticator meanwhile.
  func receive(_ socket: Socket, _ authenticator: Authenticator? = nil, milliseconds: Int = 20_000) throws -> [[UInt8]]?
  {
    for _ in 0..<(milliseconds / 10) {
      var poller = Poller(sockets: [socket] + (authenticator.map { [$0.socket] } ?? []))
      _ = try poller.wait(milliseconds: 10)
      try authenticator?.serve()
      if case .message(let frames) = try socket.receive(framesMax: 4) { return frames }
    }
    return nil
  }

  @Test(arguments: ["ipc", "tcp"]) func carriesMessagesBothWays(transport: String) throws {
    let path = NSTemporaryDirectory() + "icd-socket-\(getpid())"
    defer { unlink(path) }
    let context = try Context()
    let router = try Socket(context, .router)
    let endpoint = try router.bind(transport == "ipc" ? "ipc://\(path)" : "tcp://127.0.0.1:*")
    let dealer = try Socket(context, .dealer)
    try dealer.connect(endpoint)
    #expect(try dealer.send([[1, 2, 3]]) == .sent)
    let frames = try #require(try receive(router))
    #expect(frames.count == 2 && frames[1] == [1, 2, 3])
    #expect(frames[0].count == 5 && frames[0][0] == 0)
    #expect(try router.send([frames[0], [4]]) == .sent)
    #expect(try receive(dealer) == [[4]])
    #expect(try router.send([[0, 9, 9, 9, 9], [4]]) == .unreachable)
  }

  @Test func resolvesWildcardPort() throws {
    let router = try Socket(try Context(), .router)
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    #expect(endpoint.hasPrefix("tcp://127.0.0.1:"))
    let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
    #expect(port > 0)
  }

  @Test func throwsAwayMessagesOfTooManyFrames() throws {
    let context = try Context()
    let first = try Socket(context, .pair)
    _ = try first.bind("inproc://frames")
    let second = try Socket(context, .pair)
    try second.connect("inproc://frames")
    #expect(try second.send((0..<100).map { [UInt8($0)] }) == .sent)
    #expect(try second.send([[7]]) == .sent)
    #expect(try first.receive(framesMax: 2) == .tooManyFrames)
    #expect(try first.receive(framesMax: 2) == .message([[7]]))
    #expect(try first.receive(framesMax: 2) == .nothing)
  }

  @Test func dropsPeersThatSendTooMuch() throws {
    let context = try Context()
    var options = SocketOptions()
    options.frameBytesMax = 1_000
    let router = try Socket(context, .router, options: options)
    let dealer = try Socket(context, .dealer)
    try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
    _ = try dealer.send([[UInt8](repeating: 0, count: 1_001)])
    #expect(try receive(router, milliseconds: 200) == nil)
  }

  @Test func reportsBadEndpoints() throws {
    let socket = try Socket(try Context(), .router)
    #expect(throws: ZeroMQError.self) { try socket.bind("nonsense") }
    #expect(throws: ZeroMQError.self) { try socket.bind("tcp://192.0.2.1:1") }
  }

  /// Who may talk to a CURVE server with one key on its list.
  enum Peer: CaseIterable, Sendable {
    case listed, unlisted, wrongServerKey, noKey
  }

  @Test(arguments: Peer.allCases) func admitsOnlyListedKeys(peer: Peer) throws {
    let context = try Context()
    let server = try CurveKeyPair.generate()
    let worker = try CurveKeyPair.generate()
    let authenticator = try Authenticator(context, admitting: [worker.publicKey: .worker])
    let router = try Socket(context, .router, options: SocketOptions(security: .curveServer(server)))
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    let security: SocketOptions.Security =
      switch peer {
      case .listed: .curveClient(worker, server: server.publicKey)
      case .unlisted: .curveClient(try .generate(), server: server.publicKey)
      case .wrongServerKey: .curveClient(worker, server: try CurveKeyPair.generate().publicKey)
      case .noKey: .none
      }
    let other = try Context()
    var options = SocketOptions(security: security)
    options.lingerMilliseconds = 0
    let dealer = try Socket(other, .dealer, options: options)
    let monitor = try SocketMonitor(other, watching: dealer)
    try dealer.connect(endpoint)
    _ = try dealer.send([[1]])
    let received = try receive(router, authenticator, milliseconds: peer == .listed ? 20_000 : 1_000)
    // A refusal may take its time on a busy machine.
    for _ in 0..<1_000 where peer == .unlisted && authenticator.refusals == 0 {
      _ = try receive(router, authenticator, milliseconds: 20)
    }
    #expect((received != nil) == (peer == .listed))
    #expect((authenticator.refusals > 0) == (peer == .unlisted))
    #expect(authenticator.takeRefusedAddresses() == (peer == .unlisted ? ["127.0.0.1"] : []))
    #expect(router.roleOfLastSender == (peer == .listed ? .worker : nil))
    let event = try monitor.next()
    #expect((event == .connected) == (peer == .listed), "\(String(describing: event))")
  }

  /// Each message says in which role its sender was admitted.
  @Test func rolesTravelWithMessages() throws {
    let context = try Context()
    let ring = try KeyRing.generate()
    let authenticator = try Authenticator(context, admitting: ring.roles)
    let router = try Socket(context, .router, options: SocketOptions(security: .curveServer(ring.server)))
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    for (keys, role) in [(ring.worker, PeerRole.worker), (ring.status, .status)] {
      let dealer = try Socket(
        try Context(), .dealer, options: SocketOptions(security: .curveClient(keys, server: ring.server.publicKey)))
      try dealer.connect(endpoint)
      _ = try dealer.send([[7]])
      #expect(try receive(router, authenticator)?.last == [7])
      #expect(router.roleOfLastSender == role)
    }
  }

  @Test func keysAreChecked() throws {
    let pair = try CurveKeyPair.generate()
    let other = try CurveKeyPair.generate()
    #expect(CurveKeyPair(publicKey: pair.publicKey.text, secretKey: pair.secretKey) == pair)
    #expect(CurveKeyPair(publicKey: pair.publicKey.text, secretKey: other.secretKey) == nil)
    #expect(CurvePublicKey(String(repeating: "\u{1}", count: 40)) == nil)
    #expect(CurvePublicKey("short") == nil)
    #expect(!"\(pair)".contains(pair.secretKey))
  }
}
