import Foundation

/// Reads the values of an axis: a list of values and generators, or one generator.
struct AxisReader {
  typealias Values = [(value: ParameterValue, place: SourcePlace)]

  let key: ParameterKey
  let diagnostics: DiagnosticCollector

  private static let generators = ["range", "linspace", "logspace"]

  private var reader: ValueReader { ValueReader(key: key, diagnostics: diagnostics) }
  private var definition: ParameterDefinition { .of(key) }

  private var isInteger: Bool {
    switch definition.kind {
    case .integer, .integerOrUniform: true
    default: false
    }
  }

  private var isNumeric: Bool {
    switch definition.kind {
    case .real, .realOrList: true
    default: isInteger
    }
  }

  /// The values in their order; nothing after a report.
  func values(_ node: SourceNode) -> Values? {
    var result: Values = []
    switch node.content {
    case .sequence(let items):
      guard !items.isEmpty else {
        return fail(node.place, "the axis \(key.name) is empty", hint: "give it at least one value, or remove it")
      }
      var isValid = true
      for item in items {
        guard
          let values = item.isGenerator(Self.generators)
            ? generated(item) : reader.value(item).map({ [($0, item.place)] })
        else {
          isValid = false
          continue
        }
        result += values
        guard result.count <= SweepLimits.axisValuesMax else { return tooMany(node.place) }
      }
      return isValid ? result : nil
    case .mapping where definition.kind.acceptsUniform && !node.isGenerator(Self.generators):
      return reader.value(node).map { [($0, node.place)] }
    case .mapping: return generated(node)
    case .scalar:
      return fail(
        node.place, "the axis \(key.name) must be a list or a generator, not \(node.spelling)",
        hint: "write [\(node.text ?? "")], or move it to parameters")
    }
  }

  private func fail<Value>(_ place: SourcePlace, _ message: String, hint: String) -> Value? {
    diagnostics.report(place, message, hint: hint)
    return nil
  }

  private func tooMany(_ place: SourcePlace) -> Values? {
    fail(place, "the axis \(key.name) has more than \(SweepLimits.axisValuesMax) values", hint: "use a larger step")
  }

  private func generated(_ node: SourceNode) -> Values? {
    guard case .mapping(let pairs) = node.content, pairs.count == 1, let name = pairs[0].key.text,
      Self.generators.contains(name)
    else {
      let name = node.firstKey ?? ""
      return fail(
        node.place, "\(key.name) needs a value or one of {range}, {linspace}, {logspace}",
        hint: NearestName.hint(name, among: Self.generators))
    }
    guard isNumeric else {
      return fail(node.place, "\(key.name) is not a number, so it has no \(name)", hint: "list its values")
    }
    let arguments = pairs[0].value
    guard case .sequence(let items) = arguments.content, items.count == 3 else {
      let form = name == "range" ? "[first, last, step]" : "[first, last, count]"
      return fail(arguments.place, "\(name) needs three numbers: \(form)", hint: "\(name): \(form)")
    }
    let values: [ParameterValue]?
    switch name {
    case "range": values = isInteger ? integerRange(items) : realRange(items)
    default: values = spaced(items, isLogarithmic: name == "logspace")
    }
    return values.flatMap { check($0, at: node.place) }
  }

  private func check(_ values: [ParameterValue], at place: SourcePlace) -> Values? {
    for value in values {
      if let problem = definition.kind.problem(with: value) {
        return fail(place, "\(key.name) \(problem)", hint: "change the bounds of the generator")
      }
    }
    return values.map { ($0, place) }
  }

  private func integerRange(_ items: [SourceNode]) -> [ParameterValue]? {
    guard let first = reader.integer(items[0]), let last = reader.integer(items[1]), let step = reader.integer(items[2])
    else { return nil }
    for (node, end) in [(items[0], first), (items[1], last)] {
      if let problem = definition.kind.problem(with: .integer(end)) {
        return fail(node.place, "\(key.name) \(problem)", hint: definition.summary)
      }
    }
    guard step != 0, step > 0 ? first <= last : first >= last else { return badStep(items[2]) }
    // Neither overflows: no integer parameter is negative.
    let steps = (last - first) / step
    guard steps < SweepLimits.axisValuesMax else { return tooLong(items[2]) }
    return (0...steps).map { .integer(first + $0 * step) }
  }

  private func realRange(_ items: [SourceNode]) -> [ParameterValue]? {
    guard let first = reader.real(items[0]), let last = reader.real(items[1]), let step = reader.real(items[2])
    else { return nil }
    guard step != 0, step > 0 ? first <= last : first >= last else { return badStep(items[2]) }
    // A billionth of a step of slack, so that 0.1, 0.2, 0.3 reaches 0.3.
    let steps = ((last - first) / step + 1e-9).rounded(.down)
    guard steps < Double(SweepLimits.axisValuesMax) else { return tooLong(items[2]) }
    return (0...Int(steps)).map { .real(Decimals.rounded(first + Double($0) * step, digits: 15)) }
  }

  private func tooLong(_ node: SourceNode) -> [ParameterValue]? {
    fail(node.place, "the range has more than \(SweepLimits.axisValuesMax) values", hint: "use a larger step")
  }

  private func badStep(_ node: SourceNode) -> [ParameterValue]? {
    fail(node.place, "this step does not lead from the first value to the last", hint: "range: [first, last, step]")
  }

  private func spaced(_ items: [SourceNode], isLogarithmic: Bool) -> [ParameterValue]? {
    guard let first = reader.real(items[0]), let last = reader.real(items[1]) else { return nil }
    guard case .scalar(let text, isPlain: true) = items[2].content,
      case .integer(let count) = ScalarReading.number(text),
      (1...SweepLimits.axisValuesMax).contains(count), count > 1 || first == last
    else {
      return fail(
        items[2].place, "the count must be an integer from 2 to \(SweepLimits.axisValuesMax), not \(items[2].spelling)",
        hint: "the third number says how many values there are")
    }
    guard !isLogarithmic || (first > 0 && last > 0) else {
      return fail(
        items[first > 0 ? 1 : 0].place, "logspace needs positive ends",
        hint: "give the first and the last value themselves, not their exponents")
    }
    let values = (0..<count).map { index -> Double in
      if index == 0 { return first }
      if index == count - 1 { return last }
      let fraction = Double(index) / Double(count - 1)
      // The last digits of `pow` differ between machines, and an identity must not hang on them.
      return isLogarithmic
        ? Decimals.rounded(first * pow(last / first, fraction), digits: 12)
        : Decimals.rounded(first + (last - first) * fraction, digits: 15)
    }
    guard isInteger else { return values.map { .real($0) } }
    var integers: [Int] = []
    for value in values {
      guard let integer = Int(exactly: value.rounded()) else { return badStep(items[1]) }
      if integers.last != integer { integers.append(integer) }
    }
    return integers.map { .integer($0) }
  }
}

/// Decimal rounding, so that a generated 0.1 + 2 · 0.1 is the 0.3 that a list would hold, with the same identity.
private enum Decimals {
  static func rounded(_ value: Double, digits: Int) -> Double {
    let result = Double(String(format: "%.\(digits - 1)e", value)) ?? value
    return result == 0 ? 0 : result
  }
}

extension SourceNode {
  fileprivate var firstKey: String? {
    if case .mapping(let pairs) = content { pairs.first?.key.text } else { nil }
  }

  fileprivate func isGenerator(_ names: [String]) -> Bool { firstKey.map { names.contains($0) } ?? false }
}

extension ParameterKind {
  fileprivate var acceptsUniform: Bool {
    if case .integerOrUniform = self { true } else { false }
  }
}
