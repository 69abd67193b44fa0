import Foundation

/// The name of this machine.
public enum HostName {
  /// As gethostname(2) has it; `localhost` if it has none.
  public static let current: String = {
    /// HOST_NAME_MAX is 64 on Linux and 255 by POSIX.
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return name.isEmpty ? "localhost" : name
  }()
}

/// The monotonic clock that the machines are run by.
package enum Clock {
  /// Now.
  package static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
