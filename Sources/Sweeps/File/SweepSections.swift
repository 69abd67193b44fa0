/// The sections of a sweep file, each read and checked on its own.
struct SweepSections {
  /// A rule of `exclude`: every parameter with the values that match.
  struct Exclusion {
    let place: SourcePlace
    let conditions: [(key: ParameterKey, values: [ParameterValue])]
  }

  private static let keys = ["name", "description", "parameters", "cases", "axes", "exclude", "seeds", "report"]

  private(set) var name = ""
  private(set) var description: String?
  private(set) var title: String?
  private(set) var exclusions: [Exclusion] = []
  private var fixed: [SweepGrid.Setting] = []
  private var cases: [SweepGrid.Case] = []
  private var axes: [SweepGrid.Axis] = []
  private var seeds = SweepSeeds()
  private var sizePlace = SourcePlace.start
  private let diagnostics: DiagnosticCollector

  /// The sections of a document; nothing if it is not a mapping. What is wrong is reported.
  init?(_ root: SourceNode, _ diagnostics: DiagnosticCollector) {
    self.diagnostics = diagnostics
    guard case .mapping(let pairs) = root.content else {
      diagnostics.report(
        root.place, "a sweep file is a mapping, not \(root.spelling)", hint: "it begins with `name: …`")
      return nil
    }
    for (key, node) in pairs {
      guard let section = key.text, Self.keys.contains(section) else {
        reportUnknownSection(key)
        continue
      }
      guard !node.isNull else {
        diagnostics.report(key.place, "\(section) is empty", hint: "give it a value, or remove it")
        continue
      }
      read(section, node, at: key.place)
    }
    if !pairs.contains(where: { $0.key.text == "name" }) {
      diagnostics.report(root.place, "the sweep has no name", hint: "add `name: my-sweep`")
    }
    checkSetOnce()
  }

  /// The grid of valid sections; nothing after a report.
  func grid(_ diagnostics: DiagnosticCollector) -> SweepGrid? {
    if let grid = SweepGrid(fixed: fixed, cases: cases, axes: axes, seeds: seeds, trialsMax: SweepLimits.trialsMax) {
      return grid
    }
    let factors = ([max(1, cases.count)] + axes.map(\.values.count) + [seeds.count]).map(String.init)
    diagnostics.report(
      sizePlace,
      "the sweep has \(factors.joined(separator: " × ")) trials; the limit is \(SweepLimits.trialsMax)",
      hint: "use fewer values or seeds, or split the sweep into several files")
    return nil
  }

  private func reportUnknownSection(_ key: SourceNode) {
    guard let name = key.text else {
      diagnostics.report(key.place, "a key must be a word, not \(key.spelling)", hint: "see docs/sweep-files.md")
      return
    }
    let isParameter = ParameterKey(name: name).map { ParameterDefinition.of($0).isSettable } ?? false
    diagnostics.report(
      key.place, "unknown key \(name)",
      hint: isParameter
        ? "\(name) is a parameter: put it under parameters or axes" : NearestName.hint(name, among: Self.keys))
  }

  private mutating func read(_ section: String, _ node: SourceNode, at place: SourcePlace) {
    switch section {
    case "name": readName(node)
    case "description": description = text(node, of: "description")
    case "parameters": fixed = settings(node, in: "parameters")
    case "cases": readCases(node)
    case "axes": readAxes(node, at: place)
    case "exclude": readExclusions(node)
    case "seeds": seeds = SeedsReader(diagnostics: diagnostics).seeds(node)
    default: readReport(node)
    }
  }

  private func text(_ node: SourceNode, of name: String) -> String? {
    guard let text = node.text else {
      diagnostics.report(node.place, "\(name) must be a text, not \(node.spelling)", hint: "write one line of text")
      return nil
    }
    return text
  }

  private mutating func readName(_ node: SourceNode) {
    guard let text = text(node, of: "name") else { return }
    func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
    let isName = text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || "-_.".unicodeScalars.contains($0) }
    // A name that begins otherwise would be a hidden file, an option, or the parent directory itself.
    let beginsWell = text.unicodeScalars.first.map(isLetterOrDigit) ?? false
    guard isName, beginsWell, text.utf8.count <= SweepLimits.nameBytesMax else {
      diagnostics.report(
        node.place, "the name \(node.spelling) is not usable as a file name",
        hint: "use at most \(SweepLimits.nameBytesMax) letters, digits, - _ and ., beginning with a letter or a digit")
      return
    }
    name = text
  }

  private mutating func readReport(_ node: SourceNode) {
    for (key, value) in pairs(node, of: "report") {
      guard key.text == "title" else {
        diagnostics.report(
          key.place, "unknown key \(key.keySpelling) under report",
          hint: NearestName.hint(key.text ?? "", among: ["title"]))
        continue
      }
      title = text(value, of: "title")
    }
  }

  private mutating func readCases(_ node: SourceNode) {
    guard case .sequence(let items) = node.content, !items.isEmpty else {
      diagnostics.report(
        node.place, "cases must be a list of mappings, not \(node.spelling)",
        hint: "- {task: linear, attention: softmax}")
      return
    }
    cases = items.map { SweepGrid.Case(place: $0.place, settings: settings($0, in: "a case")) }
    sizePlace = node.place
  }

  private mutating func readAxes(_ node: SourceNode, at place: SourcePlace) {
    for (name, value) in pairs(node, of: "axes") {
      guard let key = parameter(name), let values = AxisReader(key: key, diagnostics: diagnostics).values(value) else {
        continue
      }
      axes.append(SweepGrid.Axis(key: key, place: name.place, values: values))
    }
    sizePlace = place
  }

  private mutating func readExclusions(_ node: SourceNode) {
    guard case .sequence(let items) = node.content else {
      diagnostics.report(
        node.place, "exclude must be a list of mappings, not \(node.spelling)", hint: "- {d: 16, L: 20}")
      return
    }
    guard items.count <= SweepLimits.exclusionsMax else {
      diagnostics.report(
        node.place, "\(items.count) rules of exclude; the limit is \(SweepLimits.exclusionsMax)",
        hint: "give a rule lists of values, or use cases for what is to be run")
      return
    }
    for item in items {
      var conditions: [(key: ParameterKey, values: [ParameterValue])] = []
      for (name, value) in pairs(item, of: "a rule of exclude") {
        guard let key = parameter(name) else { continue }
        if let values = excludedValues(value, of: key) { conditions.append((key, values)) }
      }
      exclusions.append(Exclusion(place: item.place, conditions: conditions))
    }
  }

  /// One value, or as on an axis a list or a generator, of which any matches.
  private func excludedValues(_ node: SourceNode, of key: ParameterKey) -> [ParameterValue]? {
    if case .scalar = node.content { return ValueReader(key: key, diagnostics: diagnostics).value(node).map { [$0] } }
    return AxisReader(key: key, diagnostics: diagnostics).values(node)?.map(\.value)
  }

  private func settings(_ node: SourceNode, in section: String) -> [SweepGrid.Setting] {
    pairs(node, of: section).compactMap { name, value in
      guard let key = parameter(name) else { return nil }
      return ValueReader(key: key, diagnostics: diagnostics).value(value).map {
        SweepGrid.Setting(key: key, value: $0, place: value.place)
      }
    }
  }

  private func pairs(_ node: SourceNode, of section: String) -> [(key: SourceNode, value: SourceNode)] {
    guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
      diagnostics.report(
        node.place, "\(section) must be a mapping with at least one entry, not \(node.spelling)",
        hint: "write `name: value` lines below it")
      return []
    }
    return pairs
  }

  private func parameter(_ node: SourceNode) -> ParameterKey? {
    let known = ParameterDefinition.all.filter(\.isSettable).map(\.key.name)
    if let name = node.text, let key = ParameterKey(name: name) {
      if ParameterDefinition.of(key).isSettable { return key }
      diagnostics.report(
        node.place, "\(name) is not set as a parameter", hint: "use the section seeds: {count: 6, root: 0, first: 1}")
    } else {
      diagnostics.report(
        node.place, "unknown parameter \(node.keySpelling)", hint: NearestName.hint(node.text ?? "", among: known))
    }
    return nil
  }

  /// A parameter may be set in one section only.
  private func checkSetOnce() {
    var places: [ParameterKey: (section: String, place: SourcePlace)] = [:]
    for setting in fixed { places[setting.key] = ("parameters", setting.place) }
    func claim(_ key: ParameterKey, _ section: String, _ place: SourcePlace) {
      guard let earlier = places[key], earlier.section != section else {
        places[key] = places[key] ?? (section, place)
        return
      }
      diagnostics.report(
        place, "\(key.name) is set under \(section) and under \(earlier.section)",
        hint: "it is set at \(earlier.place.line):\(earlier.place.column) already; keep one of the two")
    }
    for setting in cases.flatMap(\.settings) { claim(setting.key, "cases", setting.place) }
    for axis in axes { claim(axis.key, "axes", axis.place) }
  }
}
