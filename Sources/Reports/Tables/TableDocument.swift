import Results

extension TableFormat {
  /// Ending of a file in this format.
  public var fileEnding: String {
    switch self {
    case .text: "txt"
    case .markdown: "md"
    case .csv: "csv"
    case .json: "json"
    case .latex: "tex"
    }
  }
}

extension SweepReport {
  /// One document with some tables; ends with a newline. Several tables follow one another in text, Markdown and LaTeX,
  /// and become an array in one JSON object. Nothing for several tables as CSV, which cannot hold them.
  public func document(_ kinds: [TableKind], _ format: TableFormat) -> String? {
    let tables = kinds.map { table($0).formatted(format) }
    if tables.count == 1 { return tables.first }
    switch format {
    case .csv: return nil
    case .text, .markdown, .latex: return tables.joined(separator: "\n")
    case .json:
      let items = tables.map { table in
        table.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      }
      return """
        {
          "sweep": \(JSONText.string(name)),
          "sweep_hash": \(JSONText.string(hash)),
          "tables": [
        \(items.joined(separator: ",\n"))
          ]
        }

        """
    }
  }

  /// Writes each table to a file of its own in a directory: `loss.csv` and so on. Every file appears whole or not at
  /// all.
  ///
  /// Returns the paths. Throws ``ReportError``.
  public func write(_ kinds: [TableKind], _ format: TableFormat, into directory: String) throws -> [String] {
    try kinds.map { kind in
      let path = "\(directory)/\(kind.rawValue).\(format.fileEnding)"
      try AtomicFile.write(table(kind).formatted(format), to: path)
      return path
    }
  }
}
