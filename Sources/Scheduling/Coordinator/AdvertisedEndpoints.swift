package import Messaging

/// The endpoints that peers are told, made of those that were bound.
package enum AdvertisedEndpoints {
  /// The addresses that were asked for, each with the port of the bound endpoints unless it has its own; else, for a
  /// wildcard, everything that this machine is known by, and for any other address that address.
  package static func make(
    bound: [String], advertised: [AdvertisedAddress], hosts: [String] = HostAddresses.current
  ) -> [String] {
    var endpoints: [String] = []
    for endpoint in bound {
      guard let (address, port) = split(endpoint) else {
        endpoints.append(endpoint)
        continue
      }
      if !advertised.isEmpty {
        endpoints += advertised.map { $0.endpoint(defaultPort: port) }
      } else if isWildcard(address) {
        endpoints += hosts.map { "tcp://\($0):\(port)" }
      } else {
        endpoints.append("tcp://\(address):\(port)")
      }
    }
    var seen = Set<String>()
    return Array(endpoints.filter { seen.insert($0).inserted }.prefix(JoinFile.endpointsMax))
  }

  /// HOST:PORT at which a program on this machine reaches the first of the bound endpoints that is one of TCP.
  package static func local(bound: [String]) -> String? {
    bound.lazy.compactMap(split).first.map { address, port in
      "\(isWildcard(address) ? "127.0.0.1" : address):\(port)"
    }
  }

  /// Address and port of a bound `tcp` endpoint.
  private static func split(_ endpoint: String) -> (address: String, port: Substring)? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    var address = String(endpoint.dropFirst("tcp://".count).prefix(upTo: colon))
    // A socket that speaks IPv6 too shows an IPv4 address in this form, which an IPv4-only peer does not understand.
    if address.hasPrefix("[::ffff:") && address.contains(".") { address = String(address.dropFirst(8).dropLast()) }
    return (address, endpoint[endpoint.index(after: colon)...])
  }

  private static func isWildcard(_ address: String) -> Bool { ["0.0.0.0", "[::]", "*"].contains(address) }
}
