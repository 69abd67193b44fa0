import Foundation

/// What could not be written to standard output.
struct OutputError: Error, CustomStringConvertible {
  let description: String
}

/// Standard output: tables and summaries, for people and for other programs.
enum StandardOutput {
  /// Writes a text, all of it. A reader that went away has seen enough; anything else that goes wrong is an error, since
  /// a table that ends in the middle looks like a table.
  static func write(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EPIPE { return }
      guard count > 0 else {
        throw OutputError(description: "cannot write to standard output: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
  }
}
