import Foundation

/// Text for a descriptor that may be full, closed, or without a reader.
public enum DescriptorText {
  /// Writes all of a text; returns the error number of what went wrong, or nil. SIGPIPE must be ignored.
  ///
  /// - Parameter patience: how long to wait each time for room in a descriptor that does not block, which another program
  ///   may have made so where a terminal is shared; nil to wait as long as a blocking one would. After that, EAGAIN.
  public static func write(_ text: String, to descriptor: Int32, patience: Duration?) -> Int32? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 {
        return EIO
      } else if errno == EAGAIN {
        if let code = waitForRoom(descriptor, patience) { return code }
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  private static func waitForRoom(_ descriptor: Int32, _ patience: Duration?) -> Int32? {
    var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let milliseconds = patience.map { Int32($0 / .milliseconds(1)) } ?? -1
    let count = poll(&item, 1, milliseconds)
    if count == 0 { return EAGAIN }
    return count < 0 && errno != EINTR ? errno : nil
  }
}
