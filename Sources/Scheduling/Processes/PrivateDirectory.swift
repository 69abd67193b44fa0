import Foundation

/// A directory of mode 0700 for a run's socket and join file; it is removed with everything in it on release.
public final class PrivateDirectory {
  /// Where it is.
  public let path: String
  /// A socket path has at most 107 bytes on Linux (unix(7)); this much is left for the name in the directory.
  private static let pathBytesMax = 107 - 16

  /// A new directory under the session's runtime directory, the temporary directory or `/tmp`.
  public init() throws {
    let environment = ProcessInfo.processInfo.environment
    let parents = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap { $0 }
    for parent in parents where !parent.isEmpty {
      let template = "\(parent)/icd-XXXXXX"
      guard template.utf8.count <= Self.pathBytesMax else { continue }
      var bytes = template.utf8CString.map { $0 }
      if mkdtemp(&bytes) != nil {
        path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return
      }
    }
    throw RunError("cannot make a private directory under \(parents.joined(separator: ", "))")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
