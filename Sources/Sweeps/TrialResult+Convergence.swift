public import Denoising

extension TrialResult {
  /// The means and quantiles of all deviations: `deviation_mean`, `deviation_50`, `deviation_90`, `deviation_99`, and the
  /// same for `numerator` and `denominator` where there are such.
  public init(_ outcome: ConvergenceOutcome) {
    let metrics = outcome.quantities.flatMap { quantity in
      [Metric(name: "\(quantity.quantity.rawValue)_mean", value: quantity.mean)]
        + zip(ConvergenceQuantiles.deltas, quantity.quantiles).map { delta, value in
          Metric(name: quantity.quantity.metricName(delta: delta), value: value)
        }
    }
    self.init(metrics: metrics, curves: [], arrays: [])
  }
}

extension ConvergenceQuantity {
  /// The metric that holds the quantile at 1 − δ: `deviation_90` for δ = 0.1.
  public func metricName(delta: Double) -> String { "\(rawValue)_\(Int(((1 - delta) * 100).rounded()))" }
}
