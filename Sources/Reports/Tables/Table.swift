/// One value of a table.
public enum TableCell: Sendable, Hashable {
  /// Nothing: the column has no meaning here, or nothing was measured.
  case empty
  /// A whole number.
  case integer(Int)
  /// A real number.
  case real(Double)
  /// A word.
  case text(String)

  /// A real number, or nothing.
  package init(_ value: Double?) { self = value.map(TableCell.real) ?? .empty }
}

/// One column: a stable name for machines, a heading for people, and what its values are.
public struct TableColumn: Sendable, Hashable {
  /// What the values of a column are.
  public enum Role: Sendable, Hashable {
    /// A parameter that says which cell a row belongs to.
    case key
    /// A number of things.
    case count
    /// A quantity.
    case value
    /// The standard error of the column of that name, beside which people see it.
    case standardError(of: String)
  }

  /// Name in CSV and JSON.
  public var name: String
  /// Heading in text and Markdown.
  public var heading: String
  /// Heading in LaTeX, as LaTeX source.
  public var latexHeading: String
  /// What the values are.
  public var role: Role

  /// A column.
  public init(name: String, heading: String, latexHeading: String, role: Role) {
    self.name = name
    self.heading = heading
    self.latexHeading = latexHeading
    self.role = role
  }
}

/// Columns, rows and what is to be said about them; the formats only write it down.
public struct Table: Sendable, Hashable {
  /// Which table it is: `loss`, `weights`, `fit`, `baselines`.
  public var name: String
  /// Heading.
  public var title: String
  /// Name of the sweep.
  public var sweep: String
  /// Hash of the sweep file.
  public var sweepHash: String
  /// The columns.
  public var columns: [TableColumn]
  /// The rows, in grid order; each has one value for every column.
  public var rows: [[TableCell]]
  /// Sentences for people, below the table.
  public var notes: [String]

  /// A table. Every row must have as many values as there are columns.
  public init(
    name: String, title: String, sweep: String, sweepHash: String, columns: [TableColumn], rows: [[TableCell]],
    notes: [String] = []
  ) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "every row needs one value for each column")
    self.name = name
    self.title = title
    self.sweep = sweep
    self.sweepHash = sweepHash
    self.columns = columns
    self.rows = rows
    self.notes = notes
  }
}

/// How a table is written down.
public enum TableFormat: String, Sendable, Hashable, CaseIterable {
  /// Aligned columns for a terminal.
  case text
  /// A GitHub-flavoured Markdown table.
  case markdown
  /// RFC 4180, every column, full precision.
  case csv
  /// An object with the rows as objects.
  case json
  /// `tabular`s for the booktabs package.
  case latex
}

extension Table {
  /// The table in a format; ends with a newline.
  public func formatted(_ format: TableFormat) -> String {
    switch format {
    case .text: textFormat()
    case .markdown: markdownFormat()
    case .csv: csvFormat()
    case .json: jsonFormat()
    case .latex: latexFormat()
    }
  }
}
