/// Text for a terminal, and Markdown.
extension Table {
  /// Aligned columns; a line of constants over each section.
  func textFormat() -> String {
    let layout = TableLayout(self, style: .plain)
    var text = TerminalText.printable(title) + "\n"
    for section in layout.sections {
      let constants = section.constants.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      text += "\n" + (constants.isEmpty ? "" : constants + "\n")
      text += Self.aligned(section)
    }
    if rows.isEmpty { text += "\n(no rows)\n" }
    if !notes.isEmpty { text += "\n" + notes.map { $0 + "\n" }.joined() }
    return text
  }

  /// Pipe tables under a heading; a line of constants over each section.
  func markdownFormat() -> String {
    let layout = TableLayout(self, style: .markdown)
    var text = "### \(Self.markdownEscape(title))\n"
    for section in layout.sections {
      if !section.constants.isEmpty {
        text += "\n" + section.constants.map { "\($0.name) \($0.value)" }.joined(separator: ", ") + "\n"
      }
      let rules = section.isWords.map { $0 ? ":--" : "--:" }
      let lines = [section.headings, rules] + section.rows
      text += "\n" + lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }
    if rows.isEmpty { text += "\n(no rows)\n" }
    if !notes.isEmpty { text += "\n" + notes.map { Self.markdownEscape($0) + "\n" }.joined() }
    return text
  }

  private static func aligned(_ section: TableLayout.Section) -> String {
    let lines = [section.headings] + section.rows
    let widths = section.headings.indices.map { column in lines.map { TerminalText.width($0[column]) }.max() ?? 0 }
    func line(_ texts: [String]) -> String {
      let padded = texts.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - TerminalText.width(texts[column]))
        return section.isWords[column] ? texts[column] + space : space + texts[column]
      }
      var line = padded.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    return line(section.headings) + rule + section.rows.map(line).joined()
  }

  /// Characters that Markdown gives a meaning stand behind a backslash.
  static func markdownEscape(_ text: String) -> String {
    var result = ""
    for character in TerminalText.printable(text) {
      if "\\`*_{}[]<>()#+|~$&!".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}

extension TableLayout.Style {
  static let plain = TableLayout.Style(
    heading: { $0.heading }, number: { $0.text($1) }, withError: { "\($0) ± \($1)" },
    word: { TerminalText.printable($0) })

  fileprivate static let markdown = TableLayout.Style(
    heading: { Table.markdownEscape($0.heading) }, number: { $0.text($1) }, withError: { "\($0) ± \($1)" },
    word: { Table.markdownEscape($0) })
}
