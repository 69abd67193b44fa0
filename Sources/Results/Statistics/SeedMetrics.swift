/// The metrics of one seed of a cell, and what is derived from them seed by seed before any mean is taken.
public struct SeedMetrics: Sendable, Hashable {
  /// The metrics by name, as the trial returned them.
  public let values: [String: Double]

  /// The metrics of one seed.
  public init(_ values: [String: Double]) { self.values = values }

  /// A metric or a derived quantity by name; nothing where it was not measured.
  ///
  /// `alpha` and `beta` come with the common sign of W_PV and W_KQ fixed so that α ≥ 0. For linear attention
  /// (−W_PV, −W_KQ) is the same map; for softmax it has the same loss wherever contexts X and −X are equally likely,
  /// as in the linear task and on the sphere. Which of the two a training run finds depends on its initial weights,
  /// and a mean over both signs would mean nothing. `alpha_beta` does not depend on the sign.
  ///
  /// `excess`, `excess_train` and `excess_test` are losses above the Bayes estimator's on the very same prompts.
  public subscript(name: String) -> Double? {
    switch name {
    case "alpha": values["alpha"].map(abs)
    case "beta": values["beta"].map { (values["alpha"] ?? 0) < 0 ? -$0 : $0 }
    case "excess_train": difference("train_loss", "bayes_loss_train")
    case "excess_test": difference("test_loss", "bayes_loss_test")
    case "excess": mean("excess_train", "excess_test")
    default: values[name]
    }
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
}
