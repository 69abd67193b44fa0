/// A piece of HTML that is also well-formed XML.
///
/// Text gets into it through ``text(_:)`` and as the value of an attribute, and is escaped there. So whatever comes from
/// a sweep file, a worker or a store stays text.
struct Markup: Sendable, Hashable {
  /// Names that this program knows, and values that may come from anywhere; one without a value is left out.
  typealias Attributes = KeyValuePairs<StaticString, String?>

  /// The source.
  private(set) var source: String

  /// Source that this program wrote; never what came from elsewhere.
  init(trusted source: String) { self.source = source }

  /// Some pieces, one after the other.
  init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

  static let empty = Markup(trusted: "")

  /// Text, whose every character stands for itself. Control characters other than line ends become spaces.
  static func text(_ text: String) -> Markup { Markup(trusted: escape(text)) }

  /// An element with some attributes and contents.
  static func element(_ name: StaticString, _ attributes: Attributes, _ contents: [Markup]) -> Markup {
    Markup(trusted: "<\(name)\(list(attributes))>\(Markup(contents).source)</\(name)>")
  }

  /// An element with some contents.
  static func element(_ name: StaticString, _ contents: [Markup]) -> Markup { element(name, [:], contents) }

  /// An element with some attributes that holds text.
  static func element(_ name: StaticString, _ attributes: Attributes, _ text: String) -> Markup {
    element(name, attributes, [.text(text)])
  }

  /// An element that holds text.
  static func element(_ name: StaticString, _ text: String) -> Markup { element(name, [:], [.text(text)]) }

  /// An element that never has contents, such as `meta`.
  static func void(_ name: StaticString, _ attributes: Attributes) -> Markup {
    Markup(trusted: "<\(name)\(list(attributes))/>")
  }

  /// A line end in the source, where white space means nothing.
  static let newline = Markup(trusted: "\n")

  private static func list(_ attributes: Attributes) -> String {
    attributes.map { name, value in value.map { " \(name)=\"\(escape($0))\"" } ?? "" }.joined()
  }

  private static func escape(_ text: String) -> String {
    // Line by line, since a line end is a control character that means something in a `pre`.
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      TerminalText.printable(String(line)).unicodeScalars.reduce(into: "") { escaped, scalar in
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        // No XML holds these two.
        case "\u{FFFE}", "\u{FFFF}": escaped += " "
        default: escaped.unicodeScalars.append(scalar)
        }
      }
    }.joined(separator: "\n")
  }
}
