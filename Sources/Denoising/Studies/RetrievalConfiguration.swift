public import Numerics

/// How noisy queries are brought back: down which energy, by which steps, how often, and how many of them.
public struct RetrievalConfiguration: Sendable, Hashable {
  /// The attention layer that a step down the energy is: Eq 16 for softmax, A.15 for linear attention, and Eq 16 with
  /// −β‖X_t‖²/2 added to the scores for the Gaussian kernel (Eq 14).
  public var attention: AttentionConfiguration.Kind
  /// α.
  public var valueScale: Double
  /// β.
  public var keyQueryScale: Double
  /// γ in units of the step that is attention: γ/α for the softmax and the Gaussian energy, γ/αβ for the linear one.
  /// Below 2 no step raises the energy.
  public var stepSize: Double
  /// K, the number of steps that are written down.
  public var steps: Int
  /// Number of contexts.
  public var contextCount: Int
  /// Queries of each context.
  public var queriesPerContext: Int

  /// A configuration.
  public init(
    attention: AttentionConfiguration.Kind, valueScale: Double = 1, keyQueryScale: Double, stepSize: Double = 1,
    steps: Int, contextCount: Int, queriesPerContext: Int
  ) {
    self.attention = attention
    self.valueScale = valueScale
    self.keyQueryScale = keyQueryScale
    self.stepSize = stepSize
    self.steps = steps
    self.contextCount = contextCount
    self.queriesPerContext = queriesPerContext
  }

  /// Most queries of one context.
  public static let queriesPerContextMax = 1 << 20

  /// The energy of a context X, n × L.
  public func energy(of context: Matrix) -> any MemoryEnergy {
    switch attention {
    case .softmax:
      DenseAssociativeEnergy(memories: context, valueScale: valueScale, keyQueryScale: keyQueryScale)
    case .gaussian:
      DenseAssociativeEnergy(
        memories: context, valueScale: valueScale, keyQueryScale: keyQueryScale, kernel: .gaussian)
    case .linear: SphericalHopfieldEnergy(memories: context, scaleProduct: valueScale * keyQueryScale)
    }
  }

  /// Throws ``ExperimentError/invalid(_:)`` with what is wrong.
  func validate() throws(ExperimentError) {
    guard valueScale > 0, valueScale.isFinite, keyQueryScale > 0, keyQueryScale.isFinite else {
      throw .invalid("the scales of an energy must be positive")
    }
    guard stepSize > 0, stepSize.isFinite else { throw .invalid("the step size must be positive") }
    guard steps >= 1, contextCount >= 1, 1...Self.queriesPerContextMax ~= queriesPerContext else {
      throw .invalid("retrieval needs at least one step, one context and one query")
    }
  }
}

extension TaskConfiguration {
  /// β at which attention with α = 1 is the paper's: 1/σ_Z² for softmax and the Gaussian kernel (Theorem 3.1), and
  /// 1/(s + σ_Z²) for linear attention (Eq 10), with s the mean variance of a clean token in its subspace: σ₀², R²/(d + 1)
  /// or, for a mixture, R²/n + Σ_a w_a σ_a².
  public func idealKeyQueryScale(for attention: AttentionConfiguration.Kind) -> Double {
    guard attention == .linear else { return 1 / noiseVariance }
    switch family {
    case .linearSubspace(_, let variance): return 1 / (variance + noiseVariance)
    case .sphere(let dimension, let radius):
      let range = dimension.range
      let meanRank = 0.5 * Double(range.lowerBound + range.upperBound) + 1
      return 1 / (radius * radius / meanRank + noiseVariance)
    case .gaussianMixture(let mixture):
      let total = (0..<mixture.componentCount.range.upperBound).reduce((0.0, 0.0)) { sums, a in
        (sums.0 + mixture.weight(a), sums.1 + mixture.weight(a) * mixture.variance(a))
      }
      let radial = mixture.radius * mixture.radius / Double(ambientDimension)
      return 1 / (radial + total.1 / total.0 + noiseVariance)
    }
  }
}
