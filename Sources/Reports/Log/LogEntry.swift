public import Foundation
import Results

/// How much an entry of the log matters.
public enum LogLevel: String, Sendable, Hashable, Comparable, CaseIterable {
  /// For who looks for a fault in the program.
  case debug
  /// The usual course.
  case info
  /// Something that should not happen too often.
  case warning
  /// Something that a person must look at.
  case error

  /// Matters less.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The form of a log.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
  /// For people: time, level, event, message, and the fields that the message does not have.
  case text
  /// For programs: one JSON object on each line.
  case json
}

/// One thing that happened.
public struct LogEntry: Sendable {
  /// A field's value.
  public enum Value: Sendable, Hashable {
    /// Words.
    case text(String)
    /// A measurement; null in JSON if it is not finite.
    case number(Double)
    /// A count or a number that names something.
    case count(Int)
  }

  /// How much it matters.
  public var level: LogLevel
  /// A word in snake_case, the same for all entries of the kind.
  public var event: String
  /// A sentence for people.
  public var message: String
  /// What a program would want to filter by, in order.
  public var fields: [(name: String, value: Value)]

  /// An entry from its parts.
  public init(level: LogLevel, event: String, message: String, fields: [(name: String, value: Value)] = []) {
    self.level = level
    self.event = event
    self.message = message
    self.fields = fields
  }

  /// The entry as one line without its end. Line breaks in texts are escaped in both forms.
  public func line(_ format: LogFormat, at date: Date) -> String {
    let time = Self.time(date)
    switch format {
    case .text:
      let details = fields.map { " \($0.name)=\(Self.word($0.value))" }.joined()
      return "\(time) \(level.rawValue) \(event): \(Self.oneLine(message))\(details)"
    case .json:
      var parts = [
        ("time", JSONText.string(time)), ("level", JSONText.string(level.rawValue)), ("event", JSONText.string(event)),
        ("message", JSONText.string(message)),
      ]
      parts += fields.map { ($0.name, Self.json($0.value)) }
      return "{" + parts.map { "\(JSONText.string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
  }

  /// RFC 3339 in UTC with milliseconds.
  private static func time(_ date: Date) -> String {
    var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
    let milliseconds = Int((date.timeIntervalSince1970 - Double(seconds)) * 1_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1,
      Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), milliseconds)
  }

  /// A value in the text form: quoted if it has blanks, quotes or what could move a terminal's cursor.
  private static func word(_ value: Value) -> String {
    guard case .text(let text) = value else { return json(value) }
    let isPlain =
      !text.isEmpty && text == TerminalText.printable(text) && !text.contains { $0 == " " || $0 == "\"" }
    return isPlain ? text : JSONText.string(text)
  }

  private static func json(_ value: Value) -> String {
    switch value {
    case .text(let text): JSONText.string(text)
    case .number(let number): number.isFinite ? "\(number)" : "null"
    case .count(let count): "\(count)"
    }
  }

  private static func oneLine(_ text: String) -> String {
    TerminalText.printable(
      text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " | ") : text)
  }
}
