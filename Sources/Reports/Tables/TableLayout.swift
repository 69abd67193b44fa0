/// A table as people read it: one section for each task, without columns that say nothing there, and each standard
/// error beside its value.
struct TableLayout {
  /// What the formats write a cell with.
  struct Style: Sendable {
    /// Heading of a column.
    var heading: @Sendable (TableColumn) -> String
    /// A number in a column's format.
    var number: @Sendable (DecimalFormat, Double) -> String
    /// A value and its standard error, both already written.
    var withError: @Sendable (_ value: String, _ error: String) -> String
    /// A word.
    var word: @Sendable (String) -> String
  }

  /// Rows of one task.
  struct Section {
    /// Parameters that are the same in all rows: heading and value.
    var constants: [(name: String, value: String)]
    /// Headings of the columns.
    var headings: [String]
    /// Whether a column holds words, which stand on the left.
    var isWords: [Bool]
    /// The rows, as many texts as there are headings.
    var rows: [[String]]
  }

  /// The sections in the order in which their tasks first occur.
  let sections: [Section]

  init(_ table: Table, style: Style) {
    sections = Self.groups(table).map { Self.section(table.columns, $0, style) }
  }

  private static func groups(_ table: Table) -> [[[TableCell]]] {
    guard let task = table.columns.firstIndex(where: { $0.name == "task" && $0.role == .key }) else {
      return [table.rows]
    }
    var order: [TableCell] = []
    var groups: [TableCell: [[TableCell]]] = [:]
    for row in table.rows {
      if groups[row[task]] == nil { order.append(row[task]) }
      groups[row[task], default: []].append(row)
    }
    return order.compactMap { groups[$0] }
  }

  private static func section(_ columns: [TableColumn], _ rows: [[TableCell]], _ style: Style) -> Section {
    var section = Section(constants: [], headings: [], isWords: [], rows: rows.map { _ in [] })
    for (index, column) in columns.enumerated() {
      let cells = rows.map { $0[index] }
      if cells.allSatisfy({ $0 == .empty }) { continue }
      if case .standardError = column.role { continue }
      // L stays a column even if there is only one: it is what the table is about.
      if column.role == .key || column == .seeds, column.name != "L", Set(cells).count == 1, let value = cells.first {
        section.constants.append((style.heading(column), parameter(value, style)))
        continue
      }
      let errors = columns.firstIndex { $0.role == .standardError(of: column.name) }.map { place in
        rows.map { $0[place] }
      }
      let texts = texts(cells, errors: errors, column, style)
      section.headings.append(style.heading(column))
      section.isWords.append(cells.contains { if case .text = $0 { true } else { false } })
      for row in texts.indices { section.rows[row].append(texts[row]) }
    }
    return section
  }

  private static func texts(
    _ cells: [TableCell], errors: [TableCell]?, _ column: TableColumn, _ style: Style
  ) -> [String] {
    if column.role == .key { return cells.map { parameter($0, style) } }
    let format = DecimalFormat(values: cells.compactMap(\.real), standardErrors: errors?.compactMap(\.real) ?? [])
    return cells.indices.map { index in
      switch cells[index] {
      case .empty: return ""
      case .integer(let number): return String(number)
      case .text(let text): return style.word(text)
      case .real(let value):
        let number = style.number(format, value)
        guard let error = errors?[index].real else { return number }
        return style.withError(number, style.number(format, error))
      }
    }
  }

  private static func parameter(_ cell: TableCell, _ style: Style) -> String {
    switch cell {
    case .empty: ""
    case .integer(let number): String(number)
    case .real(let number): DecimalFormat.parameter(number)
    case .text(let text): style.word(text)
    }
  }
}

extension TableCell {
  fileprivate var real: Double? {
    if case .real(let value) = self { value } else { nil }
  }
}
