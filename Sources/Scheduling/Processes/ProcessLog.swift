import Foundation

/// A file that takes what a process writes, and its successors after it.
struct ProcessLog {
  /// A log that is longer when a process is started is renamed to `.1`, over an older one, and begun anew.
  static let bytesMax: off_t = 16 << 20
  /// Bytes of a log that are quoted when its process ends unexpectedly.
  private static let tailBytes = 2_048

  let path: String
  /// Its length when the process that runs now was started.
  private var start: off_t = 0

  /// The log at a path; nothing is made yet.
  init(path: String) { self.path = path }

  /// Opens it for a new process; the caller closes the descriptor. Throws a ``RunError``.
  mutating func open() throws -> Int32 {
    var status = stat()
    if stat(path, &status) == 0, status.st_size > Self.bytesMax { rename(path, path + ".1") }
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw RunError("\(path): \(String(cString: strerror(errno)))") }
    start = lseek(descriptor, 0, SEEK_END)
    return descriptor
  }

  /// What the process wrote last.
  var tail: String {
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    let begin = max(start, end - off_t(Self.tailBytes))
    var buffer = [UInt8](repeating: 0, count: Self.tailBytes)
    let count = pread(descriptor, &buffer, buffer.count, begin)
    let text = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
