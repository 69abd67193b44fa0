import Denoising

/// Something that two or more parameters must fulfil together, and do not.
package struct RuleViolation: Sendable, Hashable {
  /// The parameters concerned; the first that a sweep file sets is where the error is shown.
  package let keys: [ParameterKey]
  /// What is wrong.
  package let message: String
  /// What to do about it.
  package let hint: String
}

extension Assignment {
  /// Most bytes that one trial's prompts may take besides their contexts, which are drawn anew where memory is short.
  package static let dataBytesMax = 16 << 30

  /// The first rule that a resolved assignment breaks, if any.
  package func violation() -> RuleViolation? {
    studyViolation() ?? dimensionViolation() ?? mixtureViolation() ?? linearVarianceViolation()
      ?? transformViolation() ?? sizeViolation()
  }

  private func studyViolation() -> RuleViolation? {
    switch study {
    case .landscape where isWord(.attention, "gaussian"):
      return RuleViolation(
        keys: [.study, .attention], message: "a landscape over α and β is not one of gaussian attention",
        hint: "it has W_K and W_Q apart; use attention: linear or softmax")
    case .convergence
    where !(isWord(.task, "linear") && isWord(.attention, "linear"))
      && !(isWord(.task, "sphere") && isWord(.attention, "softmax")):
      return RuleViolation(
        keys: [.study, .attention, .task], message: "the limit of this attention on this task is not known",
        hint: "use attention: linear with task: linear, or attention: softmax with task: sphere")
    default: return nil
    }
  }

  private func dimensionViolation() -> RuleViolation? {
    dimensionViolation(.d) ?? dimensionViolation(.transferD)
  }

  private func dimensionViolation(_ key: ParameterKey) -> RuleViolation? {
    guard let n = integer(.n), let d = integerRange(key)?.upperBound else { return nil }
    if isWord(.task, "linear"), d > n {
      return RuleViolation(
        keys: [key, .n], message: "\(key.name) = \(d) is larger than n = \(n)",
        hint: "a linear subspace of \(n) dimensions has at most d = \(n)")
    }
    if isWord(.task, "sphere"), d > n - 1 {
      return RuleViolation(
        keys: [key, .n], message: "a \(d)-sphere does not fit into n = \(n) dimensions",
        hint: "a d-sphere lies in d + 1 dimensions, so \(key.name) is at most n - 1 = \(n - 1)")
    }
    return nil
  }

  private func mixtureViolation() -> RuleViolation? {
    guard let components = integerRange(.componentCount) else { return nil }
    for (key, noun) in [(ParameterKey.componentWeights, "weights"), (.signalVariance, "variances")] {
      guard let list = reals(key) else { continue }
      guard components.lowerBound == components.upperBound else {
        return RuleViolation(
          keys: [key, .componentCount], message: "a list of \(key.name) needs a fixed component_count",
          hint: "give component_count as one integer, or leave the list of \(noun) out")
      }
      guard list.count == components.lowerBound else {
        return RuleViolation(
          keys: [key, .componentCount],
          message: "\(key.name) lists \(list.count) \(noun) for component_count = \(components.lowerBound)",
          hint: "give one for each component")
      }
    }
    return nil
  }

  private func linearVarianceViolation() -> RuleViolation? {
    guard isWord(.task, "linear") else { return nil }
    if case .real(let variance)? = self[.signalVariance], RealBounds.positive.contains(variance) { return nil }
    return RuleViolation(
      keys: [.signalVariance, .task], message: "signal_variance of the linear task must be one positive number",
      hint: "zero and lists are for task: mixture")
  }

  private func transformViolation() -> RuleViolation? {
    guard let n = integer(.n), let entries = reals(.transform), entries.count != n * n else { return nil }
    return RuleViolation(
      keys: [.transform, .n], message: "the transform has \(entries.count) entries for n = \(n)",
      hint: "give \(n) rows of \(n) numbers")
  }

  private func sizeViolation() -> RuleViolation? {
    guard let n = integer(.n), let test = integer(.testPrompts) else { return nil }
    let train = integer(.trainPrompts) ?? 0
    // No overflow: 2·10⁷ · 512 · 1026 · 4 is below 2⁶³.
    let bytes = (train + test) * n * (keptColumns(n) + 2) * 4
    guard bytes > Self.dataBytesMax else { return nil }
    return RuleViolation(
      keys: [.trainPrompts, .testPrompts, .n],
      message: "\(train + test) prompts of n = \(n) take \(bytes >> 30) GiB besides their contexts; "
        + "the limit is \(Self.dataBytesMax >> 30) GiB",
      hint: "use fewer prompts, or a smaller n")
  }

  /// Columns of n numbers that a trial keeps of every prompt, whatever the length of its context, besides query and
  /// target: the second moment, or a basis and its transpose.
  private func keptColumns(_ n: Int) -> Int {
    if isWord(.attention, "linear") { return n }
    if isWord(.task, "mixture") { return self[.transform] == nil || isWord(.transform, "none") ? 0 : 2 * n }
    let rank = max(integerRange(.d)?.upperBound ?? n, integerRange(.transferD)?.upperBound ?? 0)
    return 2 * min(n, rank + 1)
  }

  /// Why this is not a whole and valid description of a trial, or nothing. Used on what comes from the network: each
  /// value is checked against the table as if it came from a sweep file.
  package func trialProblem() -> String? {
    for definition in ParameterDefinition.all {
      guard let value = self[definition.key] else { continue }
      if let problem = definition.kind.problem(with: value) { return "\(definition.key.name) \(problem)" }
    }
    var resolved = self
    let meaningful = resolved.resolve()
    for key in ParameterKey.allCases where resolved[key] != self[key] {
      return self[key] == nil ? "\(key.name) is missing" : "\(key.name) has no meaning for this trial"
    }
    for key in [ParameterKey.seed, .seedRoot, .dataSeed] where meaningful.contains(key) && self[key] == nil {
      return "\(key.name) is missing"
    }
    return violation()?.message
  }

  /// An assignment from a parameter set; nothing if a name is unknown.
  package init?(_ parameters: ParameterSet) {
    self.init()
    for entry in parameters.entries {
      guard let key = ParameterKey(name: entry.name) else { return nil }
      self[key] = entry.value
    }
  }
}
