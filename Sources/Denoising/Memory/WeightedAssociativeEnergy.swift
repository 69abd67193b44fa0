import Numerics

/// The energy of softmax attention with W_PV = c W_KQᵀ, the weights for which it has one (``AttentionField``):
///
///     E(X, s) = ½‖s‖² − c log Σ_t exp⟨X_t, W_KQ s⟩,    ∇E = s − W_PV X softmax(Xᵀ W_KQ s).
///
/// A step of size 1 is attention. With W_KQ = β I and c = α/β it is α times Eq 16.
public struct WeightedAssociativeEnergy: MemoryEnergy {
  /// The field whose potential this is.
  public let field: AttentionField
  /// c.
  public let gradientScale: Double
  /// 1 less the eigenvalues of c W_KQᵀ Y W_KQ, which for c > 0 lie between 0 and c max ‖W_KQᵀ X_t‖².
  public let curvature: ClosedRange<Double>

  /// The energy of a field; nothing unless it is W_PV = c W_KQᵀ.
  public init?(_ field: AttentionField) {
    guard let scale = field.gradientScale() else { return nil }
    self.field = field
    gradientScale = scale
    let keys = field.keyQueryWeights.transposedTimes(field.memories)
    let spread = scale * ((0..<keys.columns).map { squaredNorm(keys.column($0)) }.max() ?? 0)
    curvature = (1 - max(0, spread))...(1 - min(0, spread))
  }

  /// n.
  public var dimension: Int { field.memories.rows }

  /// 1.
  public var attentionStepSize: Double { 1 }

  /// E and ∇E.
  public func evaluate(at state: [Double]) -> EnergyPoint {
    let scores = field.memories.transposedTimes(field.keyQueryWeights * state)
    let largest = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exponential($1 - largest) }
    let attended = field.value(at: state)
    return EnergyPoint(
      value: 0.5 * squaredNorm(state) - gradientScale * (largest + logarithm(sum)),
      gradient: zip(state, attended).map { $0 - $1 })
  }

  /// v − J(s) v.
  public func hessianProduct(at state: [Double], _ direction: [Double]) -> [Double] {
    zip(direction, field.jacobian(at: state) * direction).map { $0 - $1 }
  }
}
