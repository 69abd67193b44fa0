import Foundation

/// Descriptors that this process may open: one for each connection. Out of them, libzmq spins without an error, so what
/// is needed is made sure of beforehand.
package enum DescriptorLimit {
  /// Descriptors besides connections: the store, logs, pipes, libzmq's own, and those of the metrics page.
  static let reserve = 128

  /// Raises the soft limit to the hard one, and returns it; nothing if there is none.
  package static func raise() -> Int? {
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0 else { return nil }
    if limit.rlim_cur < limit.rlim_max {
      let soft = limit.rlim_cur
      limit.rlim_cur = limit.rlim_max
      if setrlimit(resource, &limit) != 0 { limit.rlim_cur = soft }
    }
    return limit.rlim_cur == rlim_t.max ? nil : Int(clamping: limit.rlim_cur)
  }

  /// Descriptors that so many workers need: a quarter more than one for each, since a connection that broke may last
  /// beside the one that replaced it, and strangers hold theirs until their handshake fails.
  package static func needed(forWorkers count: Int) -> Int { count + count / 4 + reserve }

  /// Workers for which so many descriptors suffice.
  package static func workersMax(forDescriptors limit: Int) -> Int { max(0, (limit - reserve) * 4 / 5) }

  /// How many workers may register, of those that are wanted. If the limit does not suffice for a number that the user
  /// asked for, that is a ``RunError``; for the default it is a smaller number.
  package static func workersMax(wanted: Int, isDemanded: Bool, limit: Int?) throws -> Int {
    guard let limit, needed(forWorkers: wanted) > limit else { return wanted }
    let possible = workersMax(forDescriptors: limit)
    let remedy =
      "raise the hard limit (`ulimit -Hn`; LimitNOFILE= in a systemd unit; /etc/security/limits.conf)"
    if isDemanded {
      throw RunError(
        """
        \(wanted) workers need \(needed(forWorkers: wanted)) descriptors, and this process may open \(limit): \(remedy), \
        or give --max-workers \(possible)
        """)
    }
    guard possible > 0 else {
      throw RunError("this process may open \(limit) descriptors, too few for a single worker: \(remedy)")
    }
    return possible
  }
}
