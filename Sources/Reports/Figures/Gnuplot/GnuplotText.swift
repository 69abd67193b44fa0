/// Text inside gnuplot scripts.
///
/// Our own texts are in gnuplot's enhanced mode, for subscripts: `W_{KQ}`. A text from outside is either drawn with
/// `noenhanced`, or freed from the marks of that mode with ``literal(_:)``. (Escaping them is no way out: gnuplot 5.4
/// writes an escaped `&` into an SVG as it is, which is no XML.)
enum GnuplotText {
  /// A single-quoted string, inside which gnuplot knows neither escapes nor command substitution: only the quote itself
  /// has to be doubled. Line ends and control characters become spaces.
  static func quoted(_ text: some StringProtocol) -> String {
    "'" + TerminalText.printable(String(text)).replacing("'", with: "''") + "'"
  }

  /// A text without the characters that mean something in enhanced mode; each becomes a space.
  static func literal(_ text: String) -> String {
    String(text.map { "\\{}^_@&~".contains($0) ? " " : $0 })
  }

  /// A number that gnuplot reads as a real one.
  static func number(_ value: Double) -> String { value.description }

  /// A number for people, with a minus sign of the right width.
  static func readable(_ text: String) -> String { text.replacing("-", with: "−") }

  /// About how many characters of its font a text in enhanced mode is wide.
  static func width(_ text: String) -> Int {
    text.replacing("/:Italic ", with: "").count { !"{}^_".contains($0) }
  }
}
