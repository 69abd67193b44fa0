import Foundation

/// Keeps a second coordinator out of an output directory. The kernel releases it when the process ends, however it ends.
public final class DirectoryLock {
  static let fileName = "coordinator.lock"
  private static let linePrefix = "process "
  private let descriptor: Int32

  /// Takes the lock of a directory, which must exist; throws a ``RunError`` that names the holder.
  public init(_ directory: String) throws {
    let path = directory + "/" + Self.fileName
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw RunError("\(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let reason = String(cString: strerror(errno))
      let refusal = Self.refusal(of: directory, holder: Self.holder(descriptor))
      close(descriptor)
      throw RunError(isHeld ? refusal : "\(path): cannot be locked: \(reason)")
    }
    let line = Array("\(Self.linePrefix)\(getpid()) on \(HostName.current)\n".utf8)
    // The line is for people; the lock holds without it.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, line, line.count, 0)
  }

  deinit { close(descriptor) }

  /// Who has the directory, and what the user can do about it.
  private static func refusal(of directory: String, holder: String) -> String {
    let words = holder.split(separator: " ")
    guard holder.hasPrefix(linePrefix), words.count > 1, let pid = Int(words[1]) else {
      return "\(directory) is in use by another coordinator. Wait for it, or choose another --output."
    }
    return
      "\(directory) is in use by \(holder). Wait for it, stop it with `kill -INT \(pid)`, or choose another --output."
  }

  /// The first line of the file, which may be damaged or missing.
  private static func holder(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
