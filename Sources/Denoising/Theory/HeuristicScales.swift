extension ClosedForm {
  /// The scales that the paper reads off the posterior mean of a task, where attention with W_PV = α I and W_KQ = β I can
  /// express it or a part of it; none with a residual or a transform.
  ///
  /// - Softmax on a sphere: α = 1, β = 1/σ_Z² (Theorem 3.1), exact for L → ∞.
  /// - Softmax on a mixture of one variance: the attention term of Proposition 4, α = σ_Z²/(σ₀² + σ_Z²) and
  ///   β = 1/(σ₀² + σ_Z²), which neglects the residual σ₀²/(σ₀² + σ_Z²) x̃; and its limit for σ₀ → 0 (Eq 8).
  /// - Linear attention: α = 1 and β = the best αβ for L → ∞. Only the product counts.
  static func heuristicScales(task: TaskConfiguration, attention: AttentionConfiguration) -> [NamedScales] {
    guard task.transform == nil, !attention.hasResidual, task.noiseVariance > 0 else { return [] }
    let noise = task.noiseVariance
    switch (attention.kind, task.family) {
    case (.linear, _):
      var limit = task
      // So long that (L − 1)/L is 1 in double precision.
      limit.contextLength = .max
      guard let optimum = optimum(task: limit, attention: attention) else { return [] }
      return [NamedScales(.heuristic, valueScale: 1, keyQueryScale: optimum.scaleProduct)]
    case (.softmax, .sphere):
      return [NamedScales(.heuristic, valueScale: 1, keyQueryScale: 1 / noise)]
    case (.softmax, .gaussianMixture(let mixture)):
      let limit = NamedScales(.limit, valueScale: 1, keyQueryScale: 1 / noise)
      guard let variance = mixture.variances.first, mixture.variances.allSatisfy({ $0 == variance }) else {
        return [limit]
      }
      let total = variance + noise
      return [NamedScales(.heuristic, valueScale: noise / total, keyQueryScale: 1 / total), limit]
    case (.softmax, .linearSubspace), (.gaussian, _): return []
    }
  }
}
