import Foundation

/// Why a log cannot be written; a sentence for the user.
public struct LogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String
}

/// A log in a file of bounded size: when it is full, it is renamed to `.1`, over an older one, and begun anew.
public final class LogFile {
  private let path: String
  private let bytesMax: Int
  private var descriptor: Int32
  private var size: Int

  /// Opens a file for appending; throws a ``LogError``.
  public init(path: String, bytesMax: Int) throws {
    self.path = path
    self.bytesMax = bytesMax
    (descriptor, size) = try Self.open(path)
  }

  deinit { close(descriptor) }

  /// Appends a line. A log that cannot be written is no reason to end a run, so failures are not reported.
  public func append(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    if size + bytes.count > bytesMax, size > 0 { rotate() }
    // One call for each line, so that the lines of several processes do not mix.
    let count = write(descriptor, bytes, bytes.count)
    size += max(count, 0)
  }

  private func rotate() {
    rename(path, path + ".1")
    guard let (next, size) = try? Self.open(path) else { return }
    close(descriptor)
    (descriptor, self.size) = (next, size)
  }

  private static func open(_ path: String) throws -> (descriptor: Int32, size: Int) {
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw LogError(description: "cannot write the log \(path): \(String(cString: strerror(errno)))")
    }
    return (descriptor, Int(lseek(descriptor, 0, SEEK_END)))
  }
}
