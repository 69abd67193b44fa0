/// LaTeX with the booktabs package.
extension Table {
  /// One `table` for each section; needs `\usepackage{booktabs}` in the preamble.
  func latexFormat() -> String {
    let layout = TableLayout(self, style: .latex)
    var text = "% \(LaTeX.comment(title)); needs \\usepackage{booktabs}\n"
    for (index, section) in layout.sections.enumerated() {
      let constants = section.constants.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
      let caption = LaTeX.escape(title) + (constants.isEmpty ? "." : " (\(constants)).")
      let alignment = section.isWords.map { $0 ? "l" : "r" }.joined()
      text += """
        \\begin{table}
          \\centering
          \\caption{\(caption)}
          \\label{tab:\(LaTeX.label(sweep))-\(name)\(layout.sections.count > 1 ? "-\(index + 1)" : "")}
          \\begin{tabular}{\(alignment)}
            \\toprule
            \(section.headings.joined(separator: " & ")) \\\\
            \\midrule
        \(section.rows.map { "    \($0.joined(separator: " & ")) \\\\\n" }.joined())    \\bottomrule
          \\end{tabular}
        \\end{table}

        """
    }
    return text + notes.map { "% \(LaTeX.comment($0))\n" }.joined()
  }
}

extension TableLayout.Style {
  fileprivate static let latex = TableLayout.Style(
    heading: { $0.latexHeading }, number: { "$\($0.latex($1))$" },
    withError: { "$\($0.trimmingDollars) \\pm \($1.trimmingDollars)$" }, word: { LaTeX.escape($0) })
}

extension String {
  fileprivate var trimmingDollars: Substring { dropFirst().dropLast() }
}

/// Text for LaTeX.
enum LaTeX {
  /// Text whose every character stands for itself, with `\usepackage[T1]{fontenc}` or a Unicode engine.
  static func escape(_ text: String) -> String {
    TerminalText.printable(text).map { character in
      switch character {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "|": "\\textbar{}"
      case "\"": "\\symbol{34}"
      case "`": "\\symbol{96}"
      case "-": "{-}"
      case "#", "$", "%", "&", "_", "{", "}": "\\\(character)"
      // A bracket at the start of a row would be taken for the optional argument of the `\\` before it.
      case "[", "]": "{\(character)}"
      case "*": "{*}"
      default: greek[character] ?? String(character)
      }
    }.joined()
  }

  /// A comment ends at the end of its line.
  static func comment(_ text: String) -> String { TerminalText.printable(text) }

  /// A label of letters, digits and dashes.
  static func label(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || isDigit($0)) ? Character($0) : "-" })
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static let greek: [Character: String] = [
    "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$", "σ": "$\\sigma$", "±": "$\\pm$", "−": "$-$",
  ]
}
