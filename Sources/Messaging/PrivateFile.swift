public import Foundation

/// Why a file that holds keys cannot be used.
public struct PrivateFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which file.
  public var path: String
  /// What is wrong with it.
  public var reason: String

  /// A sentence for the user.
  public var description: String { "\(path): \(reason)" }

  /// A failed call of the system.
  static func system(_ path: String, _ operation: String) -> PrivateFileError {
    PrivateFileError(path: path, reason: "\(operation): \(String(cString: strerror(errno)))")
  }
}

/// Files that only their owner may read.
public enum PrivateFile {
  /// Writes JSON, mode 0600, beside the final name, and renames it into place, so that no reader ever sees a part.
  public static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var bytes = try encoder.encode(value)
    bytes.append(UInt8(ascii: "\n"))
    let temporary = "\(path).\(getpid()).tmp"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw PrivateFileError.system(path, "cannot be created") }
    defer { close(descriptor) }
    do {
      try write(bytes, to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw PrivateFileError.system(path, "cannot be written") }
      guard rename(temporary, path) == 0 else { throw PrivateFileError.system(path, "cannot be put into place") }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func write(_ bytes: Data, to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Foundation.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw PrivateFileError.system(path, "cannot be written") }
        written += count
      }
    }
  }

  /// Reads a regular file that nobody but its owner may read.
  public static func read(_ path: String, bytesMax: Int) throws -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw PrivateFileError.system(path, "cannot be read") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PrivateFileError.system(path, "cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw PrivateFileError(path: path, reason: "it is not a file") }
    guard status.st_mode & 0o077 == 0 else {
      throw PrivateFileError(
        path: path, reason: "others may read or change it, and it holds a key; remedy: chmod 600 '\(path)'")
    }
    guard status.st_size <= bytesMax else { throw PrivateFileError(path: path, reason: "it is too long") }
    do { return try handle.read(upToCount: bytesMax) ?? Data() } catch {
      throw PrivateFileError(path: path, reason: "cannot be read")
    }
  }
}
