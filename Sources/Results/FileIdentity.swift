import Foundation

/// Which file a path led to, whatever the path is called later.
struct FileIdentity: Sendable, Hashable {
  private let device: UInt64
  private let inode: UInt64

  /// The file at a path; nothing if there is none that can be seen.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// Whether the path leads nowhere now, or to another file. What cannot be found out, for example because a file server
  /// does not answer, is no reason to think so.
  func isElsewhere(than path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR }
    return self != FileIdentity(status)
  }
}
