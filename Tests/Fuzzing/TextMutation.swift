/// Damage to a sweep file, line by line and word by word, with what YAML has and sweep files do not.
enum TextMutation {
  /// Words in the place of others.
  private static let words = [
    "[", "]", "{", "}", "[[[[", "{a: {a: {a: {", "- - - -", "&a", "*a", "*b", "&a [*a, *a]", "!!binary",
    "!!python/object", "!<tag:yaml.org,2002:int>", "? x", ": ", "|", ">-", "'", "\"", "\"\\u0000\"", "\\", "#",
    "%YAML 9.9", "---", "...",
    "<<: *a", "<<", "~", "null", "yes", "010", "1:30", "0x10", "1_0", "1e3", "1e400", "1e-400", ".inf", ".nan", "-.inf",
    "9223372036854775807", "9223372036854775808", "-1", "0", "1000000", "99999999999999999999", "1.0", "0.1", "-0.0",
    "{range: [1, 100000, 1]}", "{linspace: [0, 1, 100000]}", "{logspace: [1, 1e300, 50]}", "{range: [5, 1, -1]}",
    "{range: [1, 2, 1e-9]}", "{uniform: [4, 8]}", "{uniform: [8, 4]}", "[1, 1, 1]", "[linear, softmax, gaussian]",
    "[[0, 1], [2, 0]]", "L", "d", "n", "task", "attention", "seeds", "axes", "cases", "parameters", "exclude", "name",
    "sphere", "mixture", "count", "root", "first", "shared_data", "component_count", "signal_variance", "é", "\u{FEFF}",
    "\t", "\u{2028}", "\u{85}", "\u{202E}", "\u{1F9EA}",
  ]

  /// What stands alone.
  private static let lines = [
    "a: &a [1, 1, 1, 1, 1, 1, 1, 1]", "b: &b [*a, *a, *a, *a, *a, *a, *a, *a]", "c: &c [*b, *b, *b, *b, *b, *b, *b]",
    "axes: {L: [1, 2, 3]}", "  L: [20, 50]", "  d: {range: [1, 1000, 1]}", "name: again", "seeds: 1000000", "---",
    "seeds: {count: 1000000, root: 9223372036854775807, first: 9223372036853775807}", "exclude:", "- {L: 20, d: 8}",
    "cases:", "  - {task: linear}", "description: |", "? [a, b]", "report: {title: x}",
    "parameters: {transform: random}",
  ]

  /// Applies one to four changes.
  static func apply(to text: [UInt8], _ generator: inout FuzzGenerator) -> [UInt8] {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
    for _ in 0...generator.below(4) {
      guard !lines.isEmpty else { break }
      let place = generator.below(lines.count)
      switch generator.below(10) {
      case 0: lines.remove(at: place)
      case 1: lines.insert(lines[generator.below(lines.count)], at: place)
      case 2: lines.swapAt(place, generator.below(lines.count))
      case 3: lines.insert(Array(generator.pick(Self.lines).utf8), at: place)
      case 4: lines[place].insert(contentsOf: [UInt8](repeating: 0x20, count: 1 + generator.below(4)), at: 0)
      case 5: lines[place] = replacingWord(of: lines[place], by: number(&generator), &generator)
      case 6: nest(&lines[place], &generator)
      default: lines[place] = replacingWord(of: lines[place], by: generator.pick(words), &generator)
      }
    }
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private static func number(_ generator: inout FuzzGenerator) -> String {
    generator.once(in: 2) ? "\(generator.hardInteger())" : "\(generator.hardDouble())"
  }

  private static func replacingWord(of line: [UInt8], by word: String, _ generator: inout FuzzGenerator) -> [UInt8] {
    let isSeparator: (UInt8) -> Bool = { " ,:[]{}".utf8.contains($0) }
    var words = line.split(omittingEmptySubsequences: false, whereSeparator: isSeparator)
    let separators = line.filter(isSeparator)
    words[generator.below(words.count)] = ArraySlice(word.utf8)
    return words.enumerated().flatMap { index, word in
      Array(word) + (index < separators.count ? [separators[index]] : [])
    }
  }

  private static func nest(_ line: inout [UInt8], _ generator: inout FuzzGenerator) {
    let levels = generator.pick([1, 8, 60, 2_000])
    let (open, close) = generator.once(in: 2) ? ("[", "]") : ("{a: ", "}")
    line += Array(String(repeating: open, count: levels).utf8)
    if !generator.once(in: 3) { line += Array(String(repeating: close, count: levels).utf8) }
  }
}
