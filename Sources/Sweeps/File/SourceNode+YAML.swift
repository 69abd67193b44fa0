import Yams

extension SourceNode {
  /// The one document of a YAML text, or nothing after a report.
  static func parse(_ text: String, _ diagnostics: DiagnosticCollector) -> SourceNode? {
    if let place = placeOfManyAliases(in: text) {
      diagnostics.report(
        place, "too many YAML aliases", hint: "anchors and aliases are not used in sweep files; write the values out")
      return nil
    }
    do {
      // The basic resolver leaves every plain scalar as text: what 08, yes or 1e3 mean is decided here, not by YAML 1.1.
      let yaml = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
      guard let root = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8).singleRoot() else {
        diagnostics.report(
          .start, "the file is empty", hint: "a sweep file has at least a name and an axis or a parameter")
        return nil
      }
      var converter = Converter(diagnostics: diagnostics)
      return converter.convert(root)
    } catch let error as YamlError {
      report(error, in: text, diagnostics)
    } catch {
      diagnostics.report(.start, "this is not YAML: \(error)", hint: "see docs/sweep-files.md")
    }
    return nil
  }

  /// Composing shares what aliases stand for, but to compare keys it is walked as if written out, which a few nested
  /// aliases make endless. So many are refused before composing; a single one, afterwards and with its place.
  private static func placeOfManyAliases(in text: String) -> SourcePlace? {
    var anchors = 0
    var aliases = 0
    var place = SourcePlace.start
    var before: Unicode.Scalar = "\n"
    var (line, column) = (1, 0)
    for scalar in text.unicodeScalars {
      column += 1
      if " \n\t[{,:".unicodeScalars.contains(before) {
        if scalar == "&" { anchors += 1 }
        if scalar == "*" {
          aliases += 1
          place = SourcePlace(line: line, column: column)
        }
      }
      if scalar == "\n" { (line, column) = (line + 1, 0) }
      before = scalar
    }
    return anchors > 0 && aliases > SweepLimits.aliasesMax ? place : nil
  }

  private static func report(_ error: YamlError, in text: String, _ diagnostics: DiagnosticCollector) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      let isTooDeep = problem.contains("nesting level")
      let whole = isTooDeep ? "nested too deeply" : [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
      diagnostics.report(
        SourcePlace(mark), "YAML syntax: \(whole)", hint: "check indentation, colons, brackets and quotes here")
    case .composer(_, let problem, let mark, _) where problem.contains("another document"):
      diagnostics.report(SourcePlace(mark), "a second YAML document", hint: "put each sweep into a file of its own")
    case .composer(_, let problem, let mark, _):
      diagnostics.report(
        SourcePlace(mark), "YAML: \(problem)",
        hint: "anchors and aliases are not used in sweep files; write the values out")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = SourcePlace(context.mark)
      diagnostics.report(
        DuplicateKey.second(of: key, after: first, in: text) ?? first, "the key \(key) is given twice",
        hint: "it stands at \(first.line):\(first.column) already; keep one of the two")
    default:
      diagnostics.report(.start, "this is not YAML: \(error)", hint: "see docs/sweep-files.md")
    }
  }
}

extension SourcePlace {
  fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

/// Turns Yams nodes into ours, and refuses what sweep files do not use.
private struct Converter {
  let diagnostics: DiagnosticCollector
  private var last = SourcePlace(line: 0, column: 0)
  /// A collection begins where its first item does, and an empty scalar where the next node does.
  private var mayNextShareThePlace = true

  init(diagnostics: DiagnosticCollector) { self.diagnostics = diagnostics }

  mutating func convert(_ node: Node) -> SourceNode? {
    let place = node.mark.map(SourcePlace.init) ?? last
    // In a document without aliases every node begins after the one before it; an alias leads back to its anchor.
    guard last < place || (place == last && mayNextShareThePlace) else {
      diagnostics.report(
        place, "this value is used again by a YAML alias",
        hint: "anchors and aliases are not used in sweep files; write the values out")
      return nil
    }
    last = place
    switch node {
    case .scalar(let scalar):
      mayNextShareThePlace = scalar.string.isEmpty
      // Asking a node for its tag resolves it; before, only a quoted text or one tagged !!str has the tag of texts.
      let isPlain = scalar.style == .plain && scalar.tag == .implicit
      guard node.tag == Tag(.str) else { return refuseTag(place) }
      return SourceNode(place: place, content: .scalar(scalar.string, isPlain: isPlain))
    case .sequence(let sequence):
      mayNextShareThePlace = true
      guard node.tag == Tag(.seq) else { return refuseTag(place) }
      return items(of: sequence).map { SourceNode(place: place, content: .sequence($0)) }
    case .mapping(let mapping):
      mayNextShareThePlace = true
      guard node.tag == Tag(.map) else { return refuseTag(place) }
      return pairs(of: mapping).map { SourceNode(place: place, content: .mapping($0)) }
    case .alias: return nil
    }
  }

  private mutating func items(of sequence: Node.Sequence) -> [SourceNode]? {
    var items: [SourceNode] = []
    for item in sequence {
      guard let converted = convert(item) else { return nil }
      items.append(converted)
    }
    return items
  }

  private mutating func pairs(of mapping: Node.Mapping) -> [(key: SourceNode, value: SourceNode)]? {
    var pairs: [(key: SourceNode, value: SourceNode)] = []
    for (keyNode, valueNode) in mapping {
      guard let key = convert(keyNode), let value = convert(valueNode) else { return nil }
      // What is missing is missed at its key, not at what comes next.
      let isMissing = value.isNull && value.text == ""
      pairs.append((key, isMissing ? SourceNode(place: key.place, content: value.content) : value))
    }
    return pairs
  }

  private func refuseTag(_ place: SourcePlace) -> SourceNode? {
    diagnostics.report(place, "YAML tags are not used in sweep files", hint: "remove the tag that begins with !")
    return nil
  }
}

/// The parser names only the first of two equal keys; this finds the second.
private enum DuplicateKey {
  static func second(of key: String, after first: SourcePlace, in text: String) -> SourcePlace? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
    let name = Array(key.unicodeScalars)
    guard first.line <= lines.count, !name.isEmpty else { return nil }
    // In block style the second stands in the same column; in flow style, further on.
    for index in first.line..<lines.count where isKey(name, in: lines[index], at: first.column - 1) {
      return SourcePlace(line: index + 1, column: first.column)
    }
    for index in (first.line - 1)..<lines.count {
      let start = index == first.line - 1 ? first.column - 1 + name.count : 0
      for column in max(0, start)..<max(start, lines[index].count) where isKey(name, in: lines[index], at: column) {
        return SourcePlace(line: index + 1, column: column + 1)
      }
    }
    return nil
  }

  private static func isKey(_ name: [Unicode.Scalar], in line: [Unicode.Scalar], at start: Int) -> Bool {
    guard start >= 0, start + name.count < line.count, Array(line[start..<start + name.count]) == name,
      start == 0 || " {,-\t".unicodeScalars.contains(line[start - 1])
    else { return false }
    return line[(start + name.count)...].first { $0 != " " } == ":"
  }
}
