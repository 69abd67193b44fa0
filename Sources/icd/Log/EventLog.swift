import Foundation
import Reports

/// Where the events of a command go: a file if there is one, and standard error if it is to have JSON.
///
/// In the text form standard error belongs to the display, which says less and says it for people.
final class EventLog {
  /// The form of the lines.
  let format: LogFormat
  private let level: LogLevel
  private let file: LogFile?

  /// A log from its parts.
  init(format: LogFormat, level: LogLevel, file: LogFile?) {
    self.format = format
    self.level = level
    self.file = file
  }

  /// Whether standard error has JSON lines and nothing else.
  var ownsStandardError: Bool { format == .json }

  /// Writes an entry, if it matters enough.
  func write(_ entry: LogEntry) {
    guard entry.level >= level, file != nil || ownsStandardError else { return }
    let line = entry.line(format, at: Date())
    file?.append(line)
    if ownsStandardError { printError(line) }
  }
}
