import Foundation

/// A directory of mode 0700 for a run's socket and join file; it is removed with everything in it on release.
public final class PrivateDirectory {
  /// Where it is.
  public let path: String
  /// A socket path has at most 107 bytes on Linux (unix(7)); this much is left for the name in the directory.
  private static let pathBytesMax = 107 - 16

  private static let prefix = "icd-"

  /// A new directory under the session's runtime directory, the temporary directory or `/tmp`.
  public init() throws {
    let environment = ProcessInfo.processInfo.environment
    let parents = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap { $0 }
    for parent in parents where !parent.isEmpty {
      let template = "\(parent)/\(Self.prefix)XXXXXX"
      guard template.utf8.count <= Self.pathBytesMax else { continue }
      var bytes = template.utf8CString.map { $0 }
      if mkdtemp(&bytes) != nil {
        path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return
      }
    }
    throw RunError("cannot make a private directory under \(parents.joined(separator: ", "))")
  }

  /// Name of the file in an output directory that tells where its run's private directory is.
  static let recordName = "private-directory"

  /// Removes the private directory that an earlier run over the same output directory left when it was killed, and
  /// notes this one. To be called under the lock of the output directory.
  package func takeOver(from outputDirectory: String) throws {
    let record = outputDirectory + "/" + Self.recordName
    if let old = try? String(contentsOfFile: record, encoding: .utf8), old != path, Self.isPrivate(old) {
      try? FileManager.default.removeItem(atPath: old)
    }
    try path.write(toFile: record, atomically: true, encoding: .utf8)
  }

  /// Whether a path is one that ``init()`` makes, and a directory of this user that nobody else can enter: whatever else
  /// a file may say is not removed.
  private static func isPrivate(_ path: String) -> Bool {
    var status = stat()
    let name = path.split(separator: "/").last ?? ""
    return path.hasPrefix("/") && name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 6
      && lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o777 == 0o700
      && status.st_uid == getuid()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
