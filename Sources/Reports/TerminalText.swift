/// Text that came from a file and goes to a terminal.
public enum TerminalText {
  /// Without control characters, which could move the cursor or change colours; each becomes a space.
  public static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: " "
          default: scalar
          }
        }))
  }

  /// The same, with its line ends.
  public static func printableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
  }

  /// Columns that the text takes on a terminal. Our own texts hold no wide characters; combining marks join the
  /// character before them.
  static func width(_ text: String) -> Int { text.count }
}
