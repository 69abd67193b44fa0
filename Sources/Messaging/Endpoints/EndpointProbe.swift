import Foundation
import Synchronization

/// Finds out why nobody answers at some endpoints, by plain TCP connections: libzmq tries again and again and never says
/// what the system said.
///
/// One thread for each endpoint, which ends within a few seconds whatever the network does, or with the process.
public final class EndpointProbe: Sendable {
  /// What the system said.
  public enum Verdict: Sendable, Hashable {
    /// Somebody accepts connections there.
    case accepted
    /// The machine is there, and nothing listens.
    case refused
    /// No way leads there, in the system's words.
    case unreachable(String)
    /// No such name, in the resolver's words.
    case unknownName(String)
    /// Nothing came back in time.
    case silent
  }

  /// How long a connection may take, in milliseconds: three attempts of TCP.
  static let connectMillisecondsMax: Int32 = 4_000

  private let verdicts = Mutex<[String: Verdict]>([:])

  /// Starts to look at the endpoints; those that are not `tcp://HOST:PORT` are left out.
  public init(_ endpoints: [String]) {
    for endpoint in endpoints {
      guard let (host, port) = Self.address(of: endpoint) else { continue }
      let thread = Thread { [self] in
        let verdict = Self.probe(host: host, port: port)
        verdicts.withLock { $0[endpoint] = verdict }
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// What was found out so far about an endpoint.
  public func verdict(on endpoint: String) -> Verdict? { verdicts.withLock { $0[endpoint] } }

  private static func address(of endpoint: String) -> (host: String, port: String)? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    let bare = host.hasPrefix("[") ? host.dropFirst().dropLast() : host
    return (String(bare), String(endpoint[endpoint.index(after: colon)...]))
  }

  private static func probe(host: String, port: String) -> Verdict {
    var hints = addrinfo()
    hints.ai_socktype = streamType
    // As libzmq does: IPv6 only where it is written as such.
    hints.ai_family = host.contains(":") ? AF_INET6 : AF_INET
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, port, &hints, &list)
    guard status == 0, let info = list?.pointee else { return .unknownName(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    let descriptor = socket(info.ai_family, info.ai_socktype | nonBlocking, 0)
    guard descriptor >= 0 else { return .unreachable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    if connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return .accepted }
    guard errno == EINPROGRESS else { return verdict(errno) }
    var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&item, 1, connectMillisecondsMax) > 0 else { return .silent }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    return verdict(code)
  }

  private static func verdict(_ code: Int32) -> Verdict {
    switch code {
    case 0: .accepted
    case ECONNREFUSED: .refused
    case ETIMEDOUT: .silent
    default: .unreachable(String(cString: strerror(code)))
    }
  }

  #if os(Linux)
    private static let streamType = Int32(SOCK_STREAM.rawValue)
    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
  #else
    private static let streamType = SOCK_STREAM
    private static let nonBlocking: Int32 = 0
  #endif
}
