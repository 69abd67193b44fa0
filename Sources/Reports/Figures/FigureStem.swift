import Results
import Sweeps

/// Names of files.
enum FigureStem {
  /// A kind of figure and what tells it from the others of its kind, of letters, digits, `-`, `_` and `.`.
  static func text(_ kind: String, _ distinction: [ParameterSet.Entry]) -> String {
    String(
      ([kind] + distinction.map { $0.name == "task" ? $0.value.plainText : $0.name + $0.value.plainText })
        .joined(separator: "-").map { character in
          character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character)) ? character : "-"
        })
  }
}
