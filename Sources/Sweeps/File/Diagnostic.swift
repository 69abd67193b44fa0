/// A line and a column of a sweep file, both counted from 1; columns count Unicode scalars.
struct SourcePlace: Sendable, Hashable, Comparable {
  let line: Int
  let column: Int

  static let start = SourcePlace(line: 1, column: 1)

  static func < (left: SourcePlace, right: SourcePlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing that is wrong with a sweep file.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  /// The file, as it was named by the user.
  public let path: String
  /// Line, counted from 1; nothing where the file as a whole cannot be read.
  public let line: Int?
  /// Column, counted from 1 in Unicode scalars.
  public let column: Int?
  /// What is wrong.
  public let message: String
  /// What to do about it.
  public let hint: String

  init(path: String, place: SourcePlace?, message: String, hint: String) {
    self.path = path
    line = place?.line
    column = place?.column
    self.message = message
    self.hint = hint
  }

  /// `path:line:column: error: what is wrong`, and on a second line what to do.
  public var description: String {
    let place = line.flatMap { line in column.map { ":\(line):\($0)" } } ?? ""
    return "\(path)\(place): error: \(message)\n  hint: \(hint)"
  }
}

/// A sweep file that cannot be used, with everything that was found wrong, in the order of the file.
public struct SweepFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Everything that is wrong; at least one.
  public let diagnostics: [Diagnostic]
  /// How many more there were, in a file with very many.
  public let omittedCount: Int

  /// All diagnostics, below one another.
  public var description: String {
    let lines = diagnostics.map(\.description) + (omittedCount == 0 ? [] : ["… and \(omittedCount) more errors"])
    return lines.joined(separator: "\n")
  }

  init(_ diagnostics: [Diagnostic], omittedCount: Int = 0) {
    self.diagnostics = diagnostics
    self.omittedCount = omittedCount
  }
}

/// Collects what is wrong while a file is read.
final class DiagnosticCollector {
  private let path: String
  private var found: [(place: SourcePlace, diagnostic: Diagnostic)] = []
  private var omittedCount = 0

  init(path: String) { self.path = path }

  var isEmpty: Bool { found.isEmpty }

  /// Notes a problem. The texts are made only if it is going to be shown.
  func report(_ place: SourcePlace, _ message: @autoclosure () -> String, hint: @autoclosure () -> String) {
    guard found.count < SweepLimits.diagnosticsMax else {
      omittedCount += 1
      return
    }
    found.append((place, Diagnostic(path: path, place: place, message: message(), hint: hint())))
  }

  /// Everything found so far, in the order of the file.
  var error: SweepFileError {
    let order = found.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
    return SweepFileError(order.map(\.element.diagnostic), omittedCount: omittedCount)
  }
}
