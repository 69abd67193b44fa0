import Foundation
import Reports

/// What could not be written to standard output.
struct OutputError: Error, CustomStringConvertible {
  let description: String
}

/// Standard output: tables and summaries, for people and for other programs.
enum StandardOutput {
  /// Writes a text, all of it. A reader that went away has seen enough; anything else that goes wrong is an error, since
  /// a table that ends in the middle looks like a table.
  static func write(_ text: String) throws {
    guard let code = DescriptorText.write(text, to: STDOUT_FILENO, patience: nil), code != EPIPE else { return }
    throw OutputError(description: "cannot write to standard output: \(String(cString: strerror(code)))")
  }
}

/// Writes lines to standard error. What they quote may come from anywhere: control characters become spaces. That nobody
/// reads them is no reason to end: the host of a worker outlives the connection that it was started through. A reader that
/// stands still is waited for, for a second at a time, if the descriptor does not block anyway.
func printError(_ text: String) {
  _ = DescriptorText.write(TerminalText.printableLines(text) + "\n", to: STDERR_FILENO, patience: .seconds(1))
}

/// Takes the numbers 0, 1 and 2 where they are free, so that no file and no socket gets one, and with it what is meant for
/// people. They stay as good as closed: there is nothing to read, and a table for standard output is an error.
func occupyStandardStreams() {
  var descriptor: Int32
  repeat { descriptor = open("/dev/null", O_RDONLY) } while 0...STDERR_FILENO ~= descriptor
  if descriptor >= 0 { close(descriptor) }
}
