public import Denoising

extension TrialResult {
  /// The numbers, curves and arrays of a retrieval, under the names that tables and figures look for.
  ///
  /// The curve `step` is the abscissa of the others. For n = 2 the arrays `context` ([tokens, 2]), `targets` and `ends`
  /// ([queries, 2]), `trajectories` ([queries, steps + 1, 2]), `energy_axis` ([places]) and `energy` ([y, x]) are of the
  /// first context.
  public init(_ outcome: RetrievalOutcome) {
    self.init(
      metrics: Self.metrics(of: outcome) + Self.metrics(of: outcome.baselines), curves: Self.curves(of: outcome.curve),
      arrays: outcome.drawing.map(Self.arrays(of:)) ?? [])
  }

  private static func metrics(of outcome: RetrievalOutcome) -> [Metric] {
    let comparison = outcome.comparison
    let named: [(String, Double?)] = [
      ("query_loss", outcome.curve.first?.loss), ("one_step_loss", outcome.oneStepLoss),
      ("converged_loss", comparison?.other), ("converged_excess", comparison?.difference),
      ("converged_excess_error", comparison?.differenceStandardError), ("converged_ratio", comparison?.ratio),
      ("converged_ratio_error", comparison?.ratioStandardError), ("best_loss", outcome.best?.loss),
      ("best_step", outcome.best.map { Double($0.step) }), ("converged_share", outcome.convergedShare),
      ("unbounded_share", outcome.unboundedShare), ("steps_to_end", outcome.stepsToEnd),
      ("end_token_distance", outcome.endTokenDistance),
      ("ends_per_context", outcome.endsPerContext),
    ]
    return named.compactMap { name, value in value.map { Metric(name: name, value: $0) } }
  }

  private static func curves(of points: [RetrievalPoint]) -> [Curve] {
    let variances = points.compactMap(\.queryVariance)
    return [
      Curve(name: "step", values: points.map { Double($0.step) }), Curve(name: "loss", values: points.map(\.loss)),
      Curve(name: "energy", values: points.map(\.energy)),
      Curve(name: "token_distance", values: points.map(\.tokenDistance)),
      Curve(name: "forgotten_share", values: points.map(\.forgottenShare)),
    ] + (variances.count == points.count ? [Curve(name: "query_variance", values: variances)] : [])
  }

  private static func arrays(of drawing: RetrievalDrawing) -> [Array] {
    func array(_ name: String, _ points: [[Double]]) -> Array {
      Array(name: name, shape: [points.count, 2], values: points.joined().map(Float.init))
    }
    let trajectories = drawing.trajectories
    return [
      array("context", drawing.tokens), array("targets", drawing.targets), array("ends", drawing.ends),
      Array(
        name: "trajectories", shape: [trajectories.count, trajectories.first?.count ?? 0, 2],
        values: trajectories.joined().joined().map(Float.init)),
      Array(name: "energy_axis", shape: [drawing.axis.count], values: drawing.axis.map(Float.init)),
      Array(
        name: "energy", shape: [drawing.axis.count, drawing.axis.count], values: drawing.energies.map(Float.init)),
    ]
  }
}
