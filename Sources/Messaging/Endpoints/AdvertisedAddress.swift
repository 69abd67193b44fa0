/// Where peers are told to connect, which need not be what the coordinator binds: a name, a forwarded port, a service.
public struct AdvertisedAddress: Sendable, Hashable {
  /// A name or an address; IPv6 in brackets.
  public let host: String
  /// The port, if it is another than the one that is bound.
  public let port: Int?

  /// Reads `HOST`, `HOST:PORT` or `tcp://HOST:PORT`; throws ``ListenEndpoint/Malformed``.
  public init(_ text: String) throws {
    let prefix = "tcp://"
    let address = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    let (host, port) = Self.split(address)
    guard !host.isEmpty, !host.contains(where: { $0 == "/" || $0 == "*" || $0.isWhitespace }) else {
      throw ListenEndpoint.Malformed(
        description: "'\(text)' is no address that a worker can connect to; give HOST, HOST:PORT or tcp://HOST:PORT")
    }
    if let port {
      guard let number = ListenEndpoint.port(port), number > 0 else {
        throw ListenEndpoint.Malformed(
          description: "'\(text)': the port must be 1 to \(ListenEndpoint.portMax)")
      }
      self.port = number
    } else {
      self.port = nil
    }
    let isBareIPv6 = host.contains(":") && !host.hasPrefix("[")
    self.host = isBareIPv6 ? "[\(host)]" : String(host)
  }

  /// The endpoint, with the port that is given if it has none of its own.
  public func endpoint(defaultPort: some StringProtocol) -> String {
    "tcp://\(host):\(port.map(String.init) ?? String(defaultPort))"
  }

  /// Host and port. More than one colon outside brackets is an IPv6 address without a port.
  private static func split(_ address: Substring) -> (host: Substring, port: Substring?) {
    guard let colon = address.lastIndex(of: ":"), !address.hasSuffix("]") else { return (address, nil) }
    let host = address[..<colon]
    if host.contains(":") && !(host.hasPrefix("[") && host.hasSuffix("]")) { return (address, nil) }
    return (host, address[address.index(after: colon)...])
  }
}
