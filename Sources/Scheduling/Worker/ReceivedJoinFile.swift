import Foundation
import Messaging

/// A join file that came over standard input, as one line of JSON. It has no name in any directory: only this process has
/// it open, and its workers read it through `/proc`. When they end, in whatever way, it is gone.
public final class ReceivedJoinFile {
  /// Where workers that this process starts find it.
  public let path: String
  private let descriptor: Int32

  /// How long the line is waited for.
  static let timeout = Span.seconds(30)
  /// Bytes of a line that is believed to be a join file.
  private static let lineBytesMax = 64 << 10

  /// Reads the line; throws a ``RunError`` if none comes, or if it is no join file.
  public init(from input: Int32) throws {
    let line = try Self.readLine(input)
    let directory = try PrivateDirectory()
    let name = directory.path + "/join.json"
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw RunError("\(name): \(String(cString: strerror(errno)))") }
    unlink(name)
    path = "/proc/\(getpid())/fd/\(descriptor)"
    guard write(descriptor, line, line.count) == line.count else {
      throw RunError("the join file cannot be kept: \(String(cString: strerror(errno)))")
    }
    do { _ = try JoinFile.load(from: path) } catch let error as PrivateFileError {
      throw RunError("standard input: \(error.reason)")
    }
  }

  deinit { close(descriptor) }

  /// The bytes before the first line feed: read one by one, for what follows is the lifeline's.
  private static func readLine(_ input: Int32) throws -> [UInt8] {
    let deadline = Clock.now + timeout
    var line: [UInt8] = []
    while line.count < lineBytesMax {
      var item = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      guard poll(&item, 1, Int32(max((deadline - Clock.now).milliseconds, 0))) > 0 else {
        if Clock.now < deadline { continue }
        throw RunError("no join file came over standard input within \(Int(timeout.seconds)) s")
      }
      var byte: UInt8 = 0
      let count = read(input, &byte, 1)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count == 1 else { throw RunError("standard input ended before a line with a join file") }
      if byte == UInt8(ascii: "\n") { return line }
      line.append(byte)
    }
    throw RunError("what came over standard input is no join file: its first line is too long")
  }
}
