/// Reads the value of one parameter, and reports what is wrong with it.
struct ValueReader {
  let key: ParameterKey
  let diagnostics: DiagnosticCollector

  private var kind: ParameterKind { ParameterDefinition.of(key).kind }

  /// One value, of the parameter's kind and within its bounds.
  func value(_ node: SourceNode) -> ParameterValue? {
    guard !node.isNull else {
      return fail(node, "\(key.name) has no value", hint: "give it \(kind.description)")
    }
    guard let value = unchecked(node) else { return nil }
    if let problem = kind.problem(with: value) {
      return fail(node, "\(key.name) \(problem)", hint: ParameterDefinition.of(key).summary)
    }
    return value
  }

  private func unchecked(_ node: SourceNode) -> ParameterValue? {
    switch kind {
    case .integer: return integer(node).map(ParameterValue.integer)
    case .integerOrUniform:
      if case .mapping(let pairs) = node.content { return uniform(node, pairs) }
      return integer(node).map(ParameterValue.integer)
    case .real: return real(node).map(ParameterValue.real)
    case .realOrList:
      if case .sequence(let items) = node.content { return reals(items) }
      return real(node).map(ParameterValue.real)
    case .reals:
      guard case .sequence(let items) = node.content else {
        return fail(node, "\(key.name) must be a list of numbers, not \(node.spelling)", hint: "for example [0.5, 0.5]")
      }
      return reals(items)
    case .word(let words): return word(node, words)
    case .flag: return flag(node)
    case .transform:
      if case .sequence(let rows) = node.content { return matrix(node, rows) }
      return word(node, ["none", "random"])
    }
  }

  private func fail<Value>(
    _ node: SourceNode, _ message: @autoclosure () -> String, hint: @autoclosure () -> String
  ) -> Value? {
    diagnostics.report(node.place, message(), hint: hint())
    return nil
  }

  /// A whole number; a real one that is whole, such as 1e3, counts.
  func integer(_ node: SourceNode) -> Int? {
    switch number(node) {
    case .integer(let value)?: return value
    case .real(let value)?:
      // Above 2⁵³ a double does not tell neighbouring integers apart.
      guard value == value.rounded(), abs(value) <= 0x1p53 else {
        return fail(node, "\(key.name) must be \(kind.description), not \(node.spelling)", hint: "write a whole number")
      }
      return Int(value)
    default: return nil
    }
  }

  /// A real number; a whole one counts.
  func real(_ node: SourceNode) -> Double? {
    switch number(node) {
    case .integer(let value)?: return Double(value)
    case .real(let value)?: return value
    default: return nil
    }
  }

  private func number(_ node: SourceNode) -> ScalarReading.Number? {
    guard case .scalar(let text, let isPlain) = node.content else {
      return fail(node, "\(key.name) must be \(kind.description), not \(node.spelling)", hint: "write one value here")
    }
    let number = ScalarReading.number(text)
    switch number {
    case .integer, .real:
      return isPlain
        ? number
        : fail(node, "\(key.name) is the text \"\(text)\", not a number", hint: "remove the quotes around \(text)")
    case .unusable(let problem):
      return fail(node, "\(key.name) \(problem): \(node.spelling)", hint: "allowed is \(kind.description)")
    case .none:
      return fail(
        node, "\(key.name) must be \(kind.description), not \(node.spelling)",
        hint: ParameterDefinition.of(key).summary)
    }
  }

  private func reals(_ items: [SourceNode]) -> ParameterValue? {
    let values = items.map(real)
    let numbers = values.compactMap { $0 }
    return numbers.count == values.count ? .reals(numbers) : nil
  }

  private func uniform(_ node: SourceNode, _ pairs: [(key: SourceNode, value: SourceNode)]) -> ParameterValue? {
    guard pairs.count == 1, pairs[0].key.text == "uniform" else {
      return fail(node, "\(key.name) must be \(kind.description)", hint: "for example {uniform: [4, 8]}")
    }
    guard case .sequence(let bounds) = pairs[0].value.content, bounds.count == 2 else {
      return fail(pairs[0].value, "uniform needs two integers, the first and the last value", hint: "uniform: [4, 8]")
    }
    guard let first = integer(bounds[0]), let last = integer(bounds[1]) else { return nil }
    guard first <= last else {
      return fail(bounds[0], "uniform begins at \(first), after its end \(last)", hint: "uniform: [\(last), \(first)]")
    }
    // One way to write one thing: a range of one value is that value, and has the same identity.
    return first == last ? .integer(first) : .integerRange(first...last)
  }

  private func word(_ node: SourceNode, _ words: [String]) -> ParameterValue? {
    guard let text = node.text else {
      return fail(node, "\(key.name) must be \(kind.description), not \(node.spelling)", hint: "write one word")
    }
    guard words.contains(text) else {
      return fail(
        node, "\(key.name) must be one of \(words.joined(separator: ", ")), not \(node.spelling)",
        hint: NearestName.hint(text, among: words))
    }
    return .text(text)
  }

  private func flag(_ node: SourceNode) -> ParameterValue? {
    switch node.text {
    case "true"?: return .flag(true)
    case "false"?: return .flag(false)
    case let text?:
      let meant = ["yes", "on", "y", "1"].contains(text.lowercased()) || text.lowercased() == "true"
      return fail(
        node, "\(key.name) must be true or false, not \(node.spelling)", hint: "write \(meant ? "true" : "false")")
    case nil: return fail(node, "\(key.name) must be true or false, not \(node.spelling)", hint: "write true or false")
    }
  }

  private func matrix(_ node: SourceNode, _ rows: [SourceNode]) -> ParameterValue? {
    var entries: [Double] = []
    for row in rows {
      guard case .sequence(let items) = row.content, items.count == rows.count else {
        return fail(
          row, "a transform of \(rows.count) rows needs rows of \(rows.count) numbers", hint: "[[2, 0], [0, 1]]")
      }
      for item in items {
        guard let entry = real(item) else { return nil }
        entries.append(entry)
      }
    }
    return .reals(entries)
  }
}
