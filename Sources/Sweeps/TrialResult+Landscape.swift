public import Denoising

extension TrialResult {
  /// The numbers, curves and arrays of a landscape, under the names that tables and figures look for.
  ///
  /// Metrics are `NAME_alpha`, `NAME_beta`, `NAME_train_loss` and `NAME_test_loss` for the points `minimum`, `node`,
  /// `heuristic` and `limit`, and the baselines. The curves `grid_alpha` and `grid_beta` are the axes of the array
  /// `landscape_train_loss` ([α, β]); `valley_alpha` and `valley_train_loss` go with `grid_beta`.
  public init(_ outcome: LandscapeOutcome, of study: LandscapeStudy) {
    let (alphas, betas) = (study.valueScales.values, study.keyQueryScales.values)
    self.init(
      metrics: outcome.points.flatMap(Self.metrics(of:)) + Self.metrics(of: outcome.baselines),
      curves: [
        Curve(name: "grid_alpha", values: alphas), Curve(name: "grid_beta", values: betas),
        Curve(name: "valley_alpha", values: outcome.valleyScales),
        Curve(name: "valley_train_loss", values: outcome.valleyLosses),
      ],
      arrays: [
        Array(
          name: "landscape_train_loss", shape: [alphas.count, betas.count], values: outcome.losses.map(Float.init))
      ])
  }

  private static func metrics(of point: LandscapePoint) -> [Metric] {
    let name = point.scales.name.rawValue
    return [
      Metric(name: "\(name)_alpha", value: point.scales.valueScale),
      Metric(name: "\(name)_beta", value: point.scales.keyQueryScale),
      Metric(name: "\(name)_train_loss", value: point.loss.train),
      Metric(name: "\(name)_test_loss", value: point.loss.test),
    ]
  }
}
