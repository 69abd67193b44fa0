/// Where a coordinator is asked to listen, checked before a socket is made: libzmq takes a port modulo 65,536.
public struct ListenEndpoint: Sendable, Hashable {
  /// Kinds of endpoints.
  public enum Scheme: String, Sendable, Hashable {
    /// `tcp://HOST:PORT`.
    case tcp
    /// `ipc://PATH`, a socket in the file system.
    case ipc
  }

  /// Why a text is no endpoint; a sentence for the user.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence.
    public var description: String
  }

  /// Bytes of a socket's path that the system takes: `sun_path` less its final zero, unix(7).
  static let pathBytesMax = 107
  /// The highest TCP port.
  static let portMax = 65_535

  /// Its kind.
  public let scheme: Scheme
  /// As it was given, which is how libzmq takes it.
  public let text: String

  /// Reads `tcp://HOST:PORT`, where the port is a number or `*`, or `ipc://PATH`. Throws ``Malformed``.
  public init(_ text: String) throws {
    self.text = text
    if let address = Self.address(of: text, .tcp) {
      scheme = .tcp
      try Self.checkTCP(address, in: text)
    } else if let path = Self.address(of: text, .ipc) {
      scheme = .ipc
      guard (1...Self.pathBytesMax).contains(path.utf8.count) else {
        throw Malformed(description: "'\(text)': the path must have 1 to \(Self.pathBytesMax) bytes")
      }
    } else {
      throw Malformed(description: "'\(text)' is no endpoint; give tcp://HOST:PORT or ipc://PATH")
    }
  }

  /// Reads the endpoints of one coordinator, at least one and all of one kind: what CURVE guards has one door. Throws
  /// ``Malformed``.
  public static func list(_ texts: [String]) throws -> [ListenEndpoint] {
    let endpoints = try texts.map { try ListenEndpoint($0) }
    guard !endpoints.isEmpty else {
      throw Malformed(description: "no endpoint; give tcp://HOST:PORT or ipc://PATH")
    }
    guard Set(endpoints.map(\.scheme)).count == 1 else {
      throw Malformed(description: "tcp:// and ipc:// endpoints cannot be mixed; give one kind")
    }
    return endpoints
  }

  /// What follows the scheme, if it is that one.
  private static func address(of text: String, _ scheme: Scheme) -> Substring? {
    let prefix = scheme.rawValue + "://"
    return text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : nil
  }

  private static func checkTCP(_ address: Substring, in text: String) throws {
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex, !address.hasSuffix("]") else {
      throw Malformed(description: "'\(text)': give HOST:PORT, where HOST may be * and PORT may be *")
    }
    let port = address[address.index(after: colon)...]
    guard port == "*" || Self.port(port) != nil else {
      throw Malformed(description: "'\(text)': the port must be 0 to \(portMax), or *")
    }
    let host = address[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    guard isBracketed || !host.contains(where: { ":[]".contains($0) }) else {
      throw Malformed(description: "'\(text)': write an IPv6 address in brackets, as in tcp://[::1]:7700")
    }
  }

  /// A port in decimal digits and nothing else.
  static func port(_ text: some StringProtocol) -> Int? {
    let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber, let port = Int(text), port <= portMax else { return nil }
    return port
  }
}
