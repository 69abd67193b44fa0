/// One row of the table of parameters. A class, since every trial that is made goes through all of them: going through
/// structures would copy the two functions of each.
package final class ParameterDefinition: Sendable {
  /// Which parameter.
  package let key: ParameterKey
  /// What values it can have.
  package let kind: ParameterKind
  /// What it is, in one line.
  package let summary: String
  /// For which trials it has a meaning, in words.
  package let meaning: String
  /// The default in words, or nothing where there is none.
  package let defaultText: String?
  /// Whether it has a meaning beside the given `study`, `task`, `attention`, `optimizer`, `transform` and `decay_at`.
  package let isMeaningful: @Sendable (Assignment) -> Bool
  /// The default beside the same six and the parameters whose names come earlier; nothing for one that may be absent.
  package let defaultValue: @Sendable (Assignment) -> ParameterValue?

  /// The default of a parameter that is absent from a trial that has it: what was added after identities were fixed, so
  /// that trials from before keep theirs.
  package let implicitDefault: ParameterValue?

  /// Whether sweep files set it under `parameters`, `cases` and `axes`; seeds have a section of their own.
  package var isSettable: Bool { ![.seed, .seedRoot, .dataSeed].contains(key) }

  package init(
    _ key: ParameterKey, _ kind: ParameterKind, _ summary: String, when meaning: String = "every trial",
    default defaultText: String?, implicitDefault: ParameterValue? = nil,
    isMeaningful: @escaping @Sendable (Assignment) -> Bool = { _ in true },
    defaultValue: @escaping @Sendable (Assignment) -> ParameterValue?
  ) {
    self.key = key
    self.kind = kind
    self.summary = summary
    self.meaning = meaning
    self.defaultText = defaultText
    self.implicitDefault = implicitDefault
    self.isMeaningful = isMeaningful
    self.defaultValue = defaultValue
  }

  /// All definitions, in the order of the names.
  package static let all = table.sorted { $0.key.rawValue < $1.key.rawValue }

  /// The definition of a parameter.
  package static func of(_ key: ParameterKey) -> ParameterDefinition { all[key.rawValue] }

  /// The order in which defaults are filled in: first the parameters that the meaning of others depends on.
  static let resolutionOrder: [ParameterDefinition] = {
    let first: [ParameterKey] = [.study, .task, .attention, .optimizer, .transform, .decayAt]
    return first.map(of) + all.filter { !first.contains($0.key) }
  }()
}
