/// The metrics of one seed of a cell, and what is derived from them seed by seed before any mean is taken.
public struct SeedMetrics: Sendable {
  /// The metrics by name, as the trial returned them.
  public let values: MetricValues
  /// Whether weights (−W_PV, −W_KQ) are as good as (W_PV, W_KQ), so that their common sign is a matter of convention.
  public let isSignFree: Bool

  /// The metrics of one seed of a cell in which the common sign of the weights is free, or is not.
  public init(_ values: MetricValues, isSignFree: Bool) {
    self.values = values
    self.isSignFree = isSignFree
  }

  /// The same, of a seed that shares the names of its metrics with no other.
  public init(_ values: [String: Double], isSignFree: Bool) { self.init(MetricValues(values), isSignFree: isSignFree) }

  /// A metric or a derived quantity by name; nothing where it was not measured.
  ///
  /// Where the common sign of W_PV and W_KQ is free, `alpha` and `beta` come with it chosen so that α ≥ 0: which of the
  /// two a training run finds depends on its initial weights, and a mean over both would mean nothing. Elsewhere a
  /// layer with α < 0 is another predictor, and both come as they were trained. `alpha_beta` does not depend on the
  /// sign. The same holds for the scales at the minimum and at the best node of a landscape.
  ///
  /// `bayes` is the Bayes estimator's loss, and `excess`, `excess_train` and `excess_test` are losses above it on the
  /// very same prompts.
  public subscript(name: String) -> Double? {
    switch name {
    case "alpha", "beta": turned(name, by: "alpha")
    case "minimum_alpha", "minimum_beta": turned(name, by: "minimum_alpha")
    case "node_alpha", "node_beta": turned(name, by: "node_alpha")
    case "structure_alpha", "structure_beta": turned(name, by: "structure_alpha")
    case "bayes": mean("bayes_loss_train", "bayes_loss_test")
    case "excess_train": difference("train_loss", "bayes_loss_train")
    case "excess_test": difference("test_loss", "bayes_loss_test")
    case "excess": mean("excess_train", "excess_test")
    default: values[name]
    }
  }

  /// A scale with the common sign chosen so that the value scale of its pair is not negative, where it may be.
  private func turned(_ name: String, by valueScale: String) -> Double? {
    let isFlipped = isSignFree && (values[valueScale] ?? 0) < 0
    return values[name].map { isFlipped ? -$0 : $0 }
  }

  private func difference(_ loss: String, _ baseline: String) -> Double? {
    guard let loss = values[loss], let baseline = values[baseline] else { return nil }
    return loss - baseline
  }

  /// Half the sum: with a finite training set the train loss lies as far below the population's loss as the test loss
  /// lies above it, so their mean estimates it, and pairing with the baseline on the same prompts removes most of the
  /// sampling error that both share.
  private func mean(_ first: String, _ second: String) -> Double? {
    guard let first = self[first], let second = self[second] else { return nil }
    return (first + second) / 2
  }
}

extension Sequence where Element == SeedMetrics {
  /// Mean and standard error of a quantity over the seeds that have it.
  public func summary(_ name: String) -> SeedSummary? {
    SeedSummary(compactMap { $0[name] })
  }

  /// The names of the metrics that any of the seeds has.
  package var metricNames: Set<String> {
    var names = Set<String>()
    var last: MetricValues?
    // As a rule all share one list of names.
    for seed in self where last.map({ !seed.values.sharesNames(with: $0) }) ?? true {
      names.formUnion(seed.values.names)
      last = seed.values
    }
    return names
  }
}
