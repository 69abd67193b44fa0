/// A table of a page.
struct HTMLTable {
  /// What is in a column, which decides where it stands.
  enum Alignment {
    /// Numbers, on the right.
    case number
    /// Words, on the left.
    case word
    /// Sentences, on the left and in several lines.
    case prose
  }

  /// Sentence over the table; may be empty.
  var caption = ""
  /// Headings of the columns, and how they stand.
  var columns: [(heading: String, alignment: Alignment)]
  /// Rows of texts, as many as there are columns.
  var rows: [[String]]
  /// Name for those who cannot see it.
  var label: String

  /// The table, in a frame that scrolls on a narrow screen.
  var markup: Markup {
    let table = Markup.element(
      "table", ["class": "sortable"],
      (caption.isEmpty ? [] : [.element("caption", caption)]) + [
        .newline,
        .element(
          "thead",
          [
            .element(
              "tr",
              columns.map { .element("th", ["scope": "col", "class": Self.name($0.alignment)], $0.heading) })
          ]),
        .newline,
        .element("tbody", [.newline] + rows.flatMap { [row($0), .newline] }),
      ])
    return .element("div", Self.frame(label: label), [table])
  }

  /// What makes an element a frame that scrolls and can be reached by keyboard.
  static func frame(label: String) -> Markup.Attributes {
    ["class": "wide", "role": "region", "aria-label": label, "tabindex": "0"]
  }

  private func row(_ texts: [String]) -> Markup {
    .element("tr", zip(columns, texts).map { .element("td", ["class": Self.name($0.alignment)], $1) })
  }

  private static func name(_ alignment: Alignment) -> String? {
    switch alignment {
    case .number: nil
    case .word: "word"
    case .prose: "word prose"
    }
  }
}
