import Foundation

/// Standard input as the lifeline to the program that started this one, perhaps from another machine: it is cut at the
/// end of the file, and when the other end, having shown a sign of life, shows none for ``silenceLimit``.
package struct Lifeline {
  /// Six times the interval of the signs that `icd launch` gives.
  package static let silenceLimit = Span.seconds(30)

  package let descriptor: Int32
  /// When the last sign came, if any ever came.
  private var heardAt: Instant?
  private var hasEnded = false

  /// A descriptor that can be polled.
  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Reads what is there and says whether the lifeline is cut.
  package mutating func isCut(at now: Instant) -> Bool {
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while !hasEnded && Foundation.poll(&item, 1, 0) > 0 {
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        heardAt = now
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        hasEnded = true
      }
    }
    return hasEnded || heardAt.map { now - $0 > Self.silenceLimit } ?? false
  }
}
