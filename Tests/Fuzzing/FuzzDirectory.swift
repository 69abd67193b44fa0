import Foundation

/// A directory for files that are read in a case, removed at the end.
final class FuzzDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "icd-fuzz-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
