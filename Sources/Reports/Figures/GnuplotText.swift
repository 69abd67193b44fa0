/// Text inside gnuplot scripts.
enum GnuplotText {
  /// A single-quoted string, inside which gnuplot knows neither escapes nor command substitution: only the quote itself
  /// has to be doubled. Line ends and control characters become spaces.
  static func quoted(_ text: String) -> String {
    "'" + TerminalText.printable(text).replacing("'", with: "''") + "'"
  }

  /// A number that gnuplot reads as a real one.
  static func number(_ value: Double) -> String { value.description }
}
