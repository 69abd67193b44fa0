import Foundation
import Messaging

/// A read-only page over HTTP, served by the coordinator's own thread from its own poll.
///
/// It answers `GET /metrics` and nothing else, closes after each answer, and never waits: connections, the bytes of a
/// request and the time for it are limited, so that whoever sends slowly, or nothing, only loses his connection. (An HTTP
/// library would bring its own threads, and code to build, for this one page.)
final class MetricsServer {
  /// Connections at a time; one more replaces the oldest.
  static let connectionsMax = 16
  /// Bytes of a request that are read.
  static let requestBytesMax = 4_096
  /// From accepting a connection to closing it, at the latest.
  static let connectionTimeMax = Span.seconds(5)

  /// Connections that are accepted in one round of the coordinator.
  static let acceptsMax = 16
  /// How long nobody is accepted after the process ran out of descriptors.
  static let descriptorPause = Span.seconds(1)

  private struct Connection {
    let descriptor: Int32
    let acceptedAt: Instant
    var request: [UInt8] = []
    /// What is still to be sent; nothing before the request is complete.
    var reply: ArraySlice<UInt8>?
  }

  private let listener: Int32
  private var connections: [Connection] = []
  /// While it is set, nobody is accepted.
  private var pausedUntil: Instant?
  /// Where it listens, with the port that was chosen.
  let address: String

  /// Listens at `HOST:PORT`, where the host is an address, and a port of 0 is chosen; throws a ``RunError``.
  init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), (try? ListenEndpoint("tcp://" + text)) != nil else {
      throw RunError("--metrics \(text): give an address and a port, as in 127.0.0.1:9464")
    }
    let host = text[..<colon]
    let port = text[text.index(after: colon)...]
    var hints = addrinfo()
    hints.ai_socktype = Self.streamType
    hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    let bareHost = host.hasPrefix("[") ? host.dropFirst().dropLast() : host
    let status = getaddrinfo(String(bareHost), port == "*" ? "0" : String(port), &hints, &list)
    guard status == 0, let info = list?.pointee else {
      throw RunError("--metrics \(text): give an address and a port, as in 127.0.0.1:9464")
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(info.ai_family, info.ai_socktype, 0)
    guard descriptor >= 0 else { throw RunError("--metrics \(text): \(String(cString: strerror(errno)))") }
    Self.prepare(descriptor)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let isBound = bind(descriptor, info.ai_addr, info.ai_addrlen) == 0
    guard isBound, listen(descriptor, Int32(Self.connectionsMax)) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw RunError("cannot serve metrics at \(text): \(reason)")
    }
    listener = descriptor
    address = "\(host):\(Self.port(of: descriptor))"
  }

  deinit {
    for connection in connections { close(connection.descriptor) }
    close(listener)
  }

  /// To be polled for reading.
  var descriptors: [Int32] {
    (pausedUntil == nil ? [listener] : []) + connections.filter { $0.reply == nil }.map(\.descriptor)
  }

  /// Whether an answer is still on its way, so that the next round should come soon.
  var isSending: Bool { connections.contains { $0.reply != nil } }

  /// Does what can be done now without waiting.
  func serve(at now: Instant, page: () -> String) {
    if let pausedUntil, now >= pausedUntil { self.pausedUntil = nil }
    if pausedUntil == nil { acceptSome(at: now) }
    guard !connections.isEmpty else { return }
    connections = connections.compactMap { connection in
      var connection = connection
      if now - connection.acceptedAt < Self.connectionTimeMax, advance(&connection, page: page) { return connection }
      close(connection.descriptor)
      return nil
    }
  }

  /// So many at a time that nobody can keep the coordinator busy with them.
  private func acceptSome(at now: Instant) {
    for _ in 0..<Self.acceptsMax {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else {
        // The listener stays readable as long as there is no descriptor for who waits.
        if errno == EMFILE || errno == ENFILE { pausedUntil = now + Self.descriptorPause }
        return
      }
      Self.prepare(descriptor)
      if connections.count >= Self.connectionsMax { close(connections.removeFirst().descriptor) }
      connections.append(Connection(descriptor: descriptor, acceptedAt: now))
    }
  }

  /// Reads or writes; false if the connection is done.
  private func advance(_ connection: inout Connection, page: () -> String) -> Bool {
    if connection.reply == nil {
      var buffer = [UInt8](repeating: 0, count: 1_024)
      while true {
        let count = read(connection.descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 && errno == EAGAIN { break }
        guard count > 0 else { return false }
        connection.request += buffer.prefix(count)
        guard connection.request.count <= Self.requestBytesMax else { return false }
      }
      guard let reply = Self.reply(to: connection.request, page: page) else { return true }
      connection.reply = reply[...]
    }
    while let rest = connection.reply, !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(connection.descriptor, $0.baseAddress, $0.count, Self.noSignal) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return true }
      guard count > 0 else { return false }
      connection.reply = rest.dropFirst(count)
    }
    return false
  }

  /// The answer to a request; nothing while its head is not complete.
  static func reply(to request: [UInt8], page: () -> String) -> [UInt8]? {
    let text = String(decoding: request, as: UTF8.self)
    guard text.contains("\r\n\r\n") || text.contains("\n\n") else { return nil }
    let words = text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
    let isRequest = words.count == 3 && words[2].hasPrefix("HTTP/")
    guard isRequest else { return answer("400 Bad Request", "no request of HTTP\n") }
    guard words[0] == "GET" else { return answer("405 Method Not Allowed", "read only: GET /metrics\n") }
    guard words[1] == "/metrics" else { return answer("404 Not Found", "see /metrics\n") }
    return answer("200 OK", page(), type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private static func answer(_ status: String, _ body: String, type: String = "text/plain; charset=utf-8") -> [UInt8] {
    Array(
      """
      HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
      """.utf8)
  }

  private static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  /// The port that a socket is bound to.
  private static func port(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard status == 0 else { return 0 }
    // The port stands at the same place in both families of addresses.
    return withUnsafeBytes(of: &storage) { UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
  }

  #if os(Linux)
    private static let streamType = Int32(SOCK_STREAM.rawValue)
    private static let noSignal = Int32(MSG_NOSIGNAL)
  #else
    private static let streamType = SOCK_STREAM
    private static let noSignal: Int32 = 0
  #endif
}
