import Foundation

/// Keeps a second coordinator out of an output directory. The kernel releases it when the process ends, however it ends.
public final class DirectoryLock {
  static let fileName = "coordinator.lock"
  private let descriptor: Int32

  /// Takes the lock of a directory, which must exist; throws a ``RunError`` that names the holder.
  public init(_ directory: String) throws {
    let path = directory + "/" + Self.fileName
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw RunError("\(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let reason = String(cString: strerror(errno))
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw RunError(isHeld ? "\(directory) is in use by \(holder)" : "\(path): cannot be locked: \(reason)")
    }
    let line = Array("process \(getpid()) on \(HostName.current)\n".utf8)
    // The line is for people; the lock holds without it.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, line, line.count, 0)
  }

  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    let text = String(decoding: buffer.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return text.isEmpty ? "another coordinator" : text
  }
}
