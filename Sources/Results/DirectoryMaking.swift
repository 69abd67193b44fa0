import Foundation

/// Makes directories and says in the system's words why it cannot, where Foundation has a sentence about the user's
/// permission for everything.
enum DirectoryMaking {
  /// Makes a directory and those above it that are missing. Returns what is wrong, or nothing.
  static func make(_ path: String) -> String? {
    if mkdir(path, 0o777) == 0 { return nil }
    let code = errno
    switch code {
    case EEXIST: return isDirectory(path) ? nil : "\(path) is a file"
    case ENOENT:
      let parent = (path as NSString).deletingLastPathComponent
      guard !parent.isEmpty, parent != path else { return String(cString: strerror(code)) }
      if let reason = make(parent) { return reason }
      // Somebody else may have made it meanwhile.
      return mkdir(path, 0o777) == 0 || isDirectory(path) ? nil : "\(path): \(String(cString: strerror(errno)))"
    default: return isDirectory(path) ? nil : "\(path): \(String(cString: strerror(code)))"
    }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
