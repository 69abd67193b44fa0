import Numerics

/// How fast one step of attention with ideal weights tends to its limit for L → ∞ (Propositions 5 and 6).
///
/// On the linear task, x̂ = g Π̂ x̃ with Π̂ = X Xᵀ/(σ₀² L) tends to g P x̃. On the sphere, softmax attention with β = 1/σ_Z²
/// tends to the posterior mean (Theorem 3.1), and so do its numerator and its denominator (Eq A.10), each for itself.
public struct ConvergenceStudy: Sendable, Hashable {
  /// Where contexts and queries come from: the linear task, or the sphere.
  public var task: TaskConfiguration
  /// Linear attention on the linear task, softmax attention on the sphere.
  public var attention: AttentionConfiguration
  /// Number of prompts, of which each gives one deviation.
  public var promptCount: Int
  /// Key of the prompts.
  public var dataKey: UInt64

  /// A study of so many prompts.
  public init(task: TaskConfiguration, attention: AttentionConfiguration, promptCount: Int, dataKey: UInt64) {
    self.task = task
    self.attention = attention
    self.promptCount = promptCount
    self.dataKey = dataKey
  }

  /// The prompts.
  public var promptGroups: [PromptGroup] {
    [
      PromptGroup(
        "test", task: task, attention: attention.kind, count: promptCount, key: dataKey,
        first: PromptSampler.firstTestPrompt)
    ]
  }

  /// Measures the deviation of every prompt. A pure function of the study.
  ///
  /// - Parameter isCancelled: asked before each prompt; when it says yes, the study ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, and on cancellation.
  public func run(isCancelled: () -> Bool = { false }) throws(ExperimentError) -> ConvergenceOutcome {
    try task.validate()
    let measure = try measure()
    guard promptCount >= 1 else { throw .invalid("convergence needs at least one prompt") }
    var samples: [ConvergenceQuantity: [Double]] = [:]
    // Contexts are not kept: each prompt is seen once.
    var budget = 0
    for group in promptGroups {
      _ = try group.draw(withContext: true, budget: &budget, isCancelled: isCancelled) { prompt, moment in
        for (quantity, value) in measure(prompt, moment) { samples[quantity, default: []].append(value) }
      }
    }
    return ConvergenceOutcome(
      quantities: ConvergenceQuantity.allCases.compactMap { quantity in
        samples[quantity].map { ConvergenceQuantiles(quantity, of: $0) }
      })
  }

  private typealias Measure = (Prompt, Matrix?) -> [(ConvergenceQuantity, Double)]

  private func measure() throws(ExperimentError) -> Measure {
    guard task.transform == nil, !attention.hasResidual else {
      throw .invalid("convergence is measured without a transform and without a residual")
    }
    switch (task.family, attention.kind) {
    case (.linearSubspace(_, let signal), .linear): return { Self.linearDeviation($0, $1, signal: signal) }
    case (.sphere(_, let radius), .softmax):
      let noise = task.noiseVariance
      return { prompt, _ in SphereConvergence(prompt, radius: radius, noise: noise).deviations }
    default:
      throw .invalid("the limit is known for linear attention on subspaces and softmax attention on spheres")
    }
  }

  /// ‖Π̂ x̃ − P x̃‖_∞/‖P x̃‖₂ in the coordinates of the subspace (Proposition 5).
  private static func linearDeviation(
    _ prompt: Prompt, _ secondMoment: Matrix?, signal: Double
  ) -> [(ConvergenceQuantity, Double)] {
    guard let basis = prompt.structure.subspaceBasis, let secondMoment else { return [] }
    let query = basis.transposed * prompt.query
    let image = basis.transposed * (secondMoment * (basis * query))
    let deviation = zip(image, query).reduce(0) { max($0, ($1.0 / signal - $1.1).magnitude) }
    return [(.output, deviation / squaredNorm(query).squareRoot())]
  }
}

/// What tends to a limit.
public enum ConvergenceQuantity: String, Sendable, Hashable, CaseIterable {
  /// The largest component of x̂ − x̂_∞ in the coordinates of the subspace: relative to ‖x̂_∞‖₂ on the linear task, where
  /// that is Proposition 5, and to R on the sphere.
  case output = "deviation"
  /// The numerator of softmax attention, relative to R e^{R‖x̃‖/σ_Z²} (Proposition 6).
  case numerator
  /// The denominator of softmax attention, relative to sinh(R‖x̃‖/σ_Z²) (Proposition 6).
  case denominator
}

/// Quantiles of a deviation over prompts.
public struct ConvergenceQuantiles: Sendable, Hashable {
  /// The δ of the quantiles: a deviation exceeds the quantile with probability δ.
  public static let deltas = [0.5, 0.1, 0.01]

  /// What deviates.
  public var quantity: ConvergenceQuantity
  /// Mean.
  public var mean: Double
  /// The quantile at 1 − δ for each of ``deltas``.
  public var quantiles: [Double]

  /// The quantiles of some values, of which there must be at least one: the smallest of them that at least a share 1 − δ
  /// of all does not exceed.
  init(_ quantity: ConvergenceQuantity, of values: [Double]) {
    let sorted = values.sorted()
    let count = Double(values.count)
    self.quantity = quantity
    mean = values.reduce(0, +) / count
    quantiles = Self.deltas.map { delta in
      let rank = Int(((1 - delta) * count - 1e-9).rounded(.up))
      return sorted[min(max(rank, 1), sorted.count) - 1]
    }
  }
}

/// What a convergence study found.
public struct ConvergenceOutcome: Sendable, Hashable {
  /// The deviations, in a fixed order.
  public var quantities: [ConvergenceQuantiles]
}
