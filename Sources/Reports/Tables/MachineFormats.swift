import Results

/// CSV and JSON: every column, every digit.
extension Table {
  /// RFC 4180 but for the line ends, which are single newlines as every Unix tool writes and reads them.
  func csvFormat() -> String {
    let lines = [columns.map { Self.csvField($0.name) }] + rows.map { $0.map { Self.csvField($0.machineText) } }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// One object: what the table is, its columns, and the rows as objects; a value that is absent is `null`.
  func jsonFormat() -> String {
    let names = columns.map { JSONText.string($0.name) }
    let objects = rows.map { row in
      "    {" + zip(names, row).map { "\($0): \($1.jsonText)" }.joined(separator: ", ") + "}"
    }
    return """
      {
        "table": \(JSONText.string(name)),
        "title": \(JSONText.string(title)),
        "sweep": \(JSONText.string(sweep)),
        "sweep_hash": \(JSONText.string(sweepHash)),
        "notes": [\(notes.map { JSONText.string($0) }.joined(separator: ", "))],
        "columns": [\(names.joined(separator: ", "))],
        "rows": [
      \(objects.joined(separator: ",\n"))
        ]
      }

      """
  }

  /// Quoted where it holds a separator, a quote or a line end.
  private static func csvField(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension TableCell {
  /// The shortest text that reads back as the same value; empty where there is none, NaN included.
  var machineText: String {
    switch self {
    case .empty: ""
    case .integer(let number): String(number)
    case .real(let number): number.isNaN ? "" : number.description
    case .text(let text): text
    }
  }

  fileprivate var jsonText: String {
    switch self {
    case .empty: "null"
    case .integer(let number): String(number)
    case .real(let number): JSONText.number(number)
    case .text(let text): JSONText.string(text)
    }
  }
}
