import Foundation

/// What other machines may know this one by.
package enum HostAddresses {
  /// The host name, and the IPv4 addresses of all interfaces that are up, without the loopback unless there is no other.
  ///
  /// IPv6 addresses are left out, since a wildcard `tcp://*` of libzmq listens on IPv4 only.
  package static let current: [String] = {
    let addresses = interfaces()
    return [HostName.current] + (addresses.isEmpty ? ["127.0.0.1"] : addresses)
  }()

  private static func interfaces() -> [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      let flags = Int(entry.ifa_flags)
      guard let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else { continue }
      guard flags & IFF_UP != 0, flags & IFF_LOOPBACK == 0 else { continue }
      var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let length = socklen_t(MemoryLayout<sockaddr_in>.size)
      guard getnameinfo(address, length, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0 else {
        continue
      }
      addresses.append(String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return addresses
  }
}
