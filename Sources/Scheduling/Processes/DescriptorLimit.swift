import Foundation

/// Descriptors that this process may open: one for each connection.
enum DescriptorLimit {
  /// Raises the soft limit to the hard one: out of descriptors, libzmq spins without an error.
  static func raise() {
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }
}
