package import Denoising

/// A value, or none, for every parameter: what a grid point says, and then, with the defaults filled in, what a trial
/// is made from.
package struct Assignment: Sendable {
  private var values: [ParameterValue?]

  /// No parameter has a value.
  package init() { values = Array(repeating: nil, count: ParameterKey.allCases.count) }

  package subscript(key: ParameterKey) -> ParameterValue? {
    get { values[key.rawValue] }
    set { values[key.rawValue] = newValue }
  }

  /// Whether a parameter is the given word.
  package func isWord(_ key: ParameterKey, _ word: String) -> Bool {
    if case .text(word)? = self[key] { true } else { false }
  }

  /// What kind of study it describes.
  package var study: Study.Kind {
    // Sets from the network may hold another word before they are checked.
    if case .text(let word)? = self[.study] { Study.Kind(rawValue: word) ?? .training } else { .training }
  }

  package func integer(_ key: ParameterKey) -> Int? {
    if case .integer(let value)? = self[key] { value } else { nil }
  }

  /// Smallest and largest value of a parameter that is an integer or is drawn uniformly from a range.
  package func integerRange(_ key: ParameterKey) -> ClosedRange<Int>? {
    switch self[key] {
    case .integer(let value)?: value...value
    case .integerRange(let range)?: range
    default: nil
    }
  }

  package func reals(_ key: ParameterKey) -> [Double]? {
    if case .reals(let values)? = self[key] { values } else { nil }
  }

  /// The parameters in which this and another assignment differ.
  package func differences(from other: Assignment) -> ParameterKeys {
    var result = ParameterKeys()
    for key in ParameterKey.allCases where self[key] != other[key] { result.insert(key) }
    return result
  }

  /// The parameters that have a value, as a set.
  package var parameterSet: ParameterSet {
    var entries: [ParameterSet.Entry] = []
    entries.reserveCapacity(values.count)
    for key in ParameterKey.allCases {
      if let value = self[key] { entries.append(ParameterSet.Entry(name: key.name, value: value)) }
    }
    return ParameterSet(sorted: entries)
  }

  /// The value of a parameter in a resolved assignment, also where the default is left out.
  package func effectiveValue(_ key: ParameterKey) -> ParameterValue? {
    let definition = ParameterDefinition.of(key)
    return self[key] ?? (definition.isMeaningful(self) ? definition.implicitDefault : nil)
  }

  /// Removes what has no meaning here and fills in the defaults of what has. Returns the parameters that have one.
  ///
  /// Which parameters have a meaning depends on `study`, `task`, `attention`, `optimizer`, `transform` and `decay_at`
  /// alone, so these come first.
  package mutating func resolve() -> ParameterKeys {
    var meaningful = ParameterKeys()
    for definition in ParameterDefinition.resolutionOrder {
      if definition.isMeaningful(self) {
        meaningful.insert(definition.key)
        if self[definition.key] == nil { self[definition.key] = definition.defaultValue(self) }
        if self[definition.key] == definition.implicitDefault { self[definition.key] = nil }
      } else {
        self[definition.key] = nil
      }
    }
    return meaningful
  }
}
