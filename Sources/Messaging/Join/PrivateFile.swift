public import Foundation

/// Why a file that holds keys cannot be used.
public struct PrivateFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which file.
  public var path: String
  /// What is wrong with it.
  public var reason: String

  /// A sentence for the user.
  public var description: String { "\(path): \(reason)" }

  /// Whether the file is simply not there.
  public var isMissing = false

  /// What is wrong with which file.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// A failed call of the system.
  static func system(_ path: String, _ operation: String) -> PrivateFileError {
    let code = errno
    var error = PrivateFileError(path: path, reason: "\(operation): \(String(cString: strerror(code)))")
    error.isMissing = code == ENOENT
    return error
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

  /// Reads a value that ``write(_:to:)`` wrote: an object with a `version`, which must be the given one. `kind` is what
  /// the file is called in errors.
  static func decode<Value: Decodable>(
    _ path: String, as kind: String, version: Int, bytesMax: Int
  ) throws -> Value {
    let bytes = try read(path, bytesMax: bytesMax)
    guard let head = try? JSONDecoder().decode(Head.self, from: bytes) else {
      throw PrivateFileError(path: path, reason: "it is not a \(kind): no JSON object with a version")
    }
    guard head.version == version else {
      throw PrivateFileError(
        path: path,
        reason: "it has format \(head.version), and this program reads format \(version): it was written by another "
          + "version of icd; remedy: have it written again by this one")
    }
    do { return try JSONDecoder().decode(Value.self, from: bytes) } catch {
      throw PrivateFileError(path: path, reason: "it is not a complete \(kind): \(fault(error))")
    }
  }

  /// What every file begins with, whatever its format.
  private struct Head: Decodable { var version: Int }

  /// What a decoder found, with the name of the field.
  private static func fault(_ error: any Error) -> String {
    func name(_ path: [any CodingKey]) -> String { "'" + path.map(\.stringValue).joined(separator: ".") + "'" }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
    case DecodingError.valueNotFound(_, let context): return "\(name(context.codingPath)) is missing"
    case DecodingError.typeMismatch(_, let context): return "\(name(context.codingPath)) has another type"
    case DecodingError.dataCorrupted(let context):
      return "\(name(context.codingPath)) \(context.debugDescription)"
    default: return "a field is missing or of another type"
    }
  }

  /// Reads a regular file that nobody but its owner may read. A file of somebody else, who let this user's group read
  /// it, is taken: that is how Kubernetes hands secrets to a program that is not root, and chmod could not change it.
  public static func read(_ path: String, bytesMax: Int) throws -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw PrivateFileError.system(path, "cannot be read") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PrivateFileError.system(path, "cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw PrivateFileError(path: path, reason: "it is not a file") }
    let forbidden: mode_t = status.st_uid == geteuid() ? 0o077 : 0o037
    guard status.st_mode & forbidden == 0 else {
      throw PrivateFileError(
        path: path, reason: "others may read or change it, and it holds a key; remedy: chmod 600 '\(path)'")
    }
    guard status.st_size <= bytesMax else { throw PrivateFileError(path: path, reason: "it is too long") }
    do { return try handle.read(upToCount: bytesMax) ?? Data() } catch {
      throw PrivateFileError(path: path, reason: "cannot be read")
    }
  }
}
