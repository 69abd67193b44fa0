public import Numerics

/// The energy whose gradient step is softmax attention with W_PV = α I, W_KQ = β I (Eq 16):
///
///     E(X, s) = ‖s‖²/2α − (1/β) log Σ_t exp(β⟨X_t, s⟩ + b_t),    ∇E = s/α − X softmax(β Xᵀs + b).
///
/// The paper's b is zero. With b_t = −β‖X_t‖²/2 the step is Gaussian-kernel attention instead (Eq 14 with W_PV = α I,
/// W_K = W_Q = √β I), and with α = 1 the energy is −(1/β) log Σ_t exp(−β‖X_t − s‖²/2), whose descent is mean shift. Where
/// all tokens have one norm the two differ by a constant.
public struct DenseAssociativeEnergy: MemoryEnergy {
  /// Which attention layer a step is.
  public enum Kernel: Sendable, Hashable {
    /// Eq 12.
    case softmax
    /// Eq 14.
    case gaussian
  }

  /// X, n × L: the memories as columns.
  public let memories: Matrix
  /// α.
  public let valueScale: Double
  /// β.
  public let keyQueryScale: Double
  /// b_t, one for each memory; empty for zeros.
  private let biases: [Double]
  /// max ‖X_t‖².
  private let squaredNormMax: Double

  /// The energy of the given memories, of which there must be at least one. Neither scale may be zero.
  public init(memories: Matrix, valueScale: Double = 1, keyQueryScale: Double, kernel: Kernel = .softmax) {
    precondition(memories.columns > 0, "an energy needs at least one memory")
    precondition(valueScale != 0 && keyQueryScale != 0, "the scales of an energy must not be zero")
    self.memories = memories
    self.valueScale = valueScale
    self.keyQueryScale = keyQueryScale
    let squares = squaredDistances(
      from: [Double](repeating: 0, count: memories.rows), toColumnsOf: memories)
    squaredNormMax = squares.max() ?? 0
    biases = kernel == .gaussian ? squares.map { -0.5 * keyQueryScale * $0 } : []
  }

  /// n.
  public var dimension: Int { memories.rows }

  /// α.
  public var attentionStepSize: Double { valueScale }

  /// The Hessian is I/α − β Cov, with Cov the covariance of the memories under the softmax weights, whose eigenvalues
  /// lie between 0 and max ‖X_t‖². So for α, β > 0 every step size below 2α descends, and for αβ max ‖X_t‖² < 1 the
  /// energy is convex and has a single minimum.
  public var curvature: ClosedRange<Double> {
    let spread = keyQueryScale * squaredNormMax
    return (1 / valueScale - max(0, spread))...(1 / valueScale - min(0, spread))
  }

  /// E and ∇E.
  public func evaluate(at state: [Double]) -> EnergyPoint {
    let (weights, logSum) = attention(at: state)
    var gradient = memories * weights
    for index in gradient.indices { gradient[index] = state[index] / valueScale - gradient[index] }
    return EnergyPoint(
      value: squaredNorm(state) / (2 * valueScale) - logSum / keyQueryScale, gradient: gradient)
  }

  /// v/α − β X (diag g − g gᵀ) Xᵀ v, with g the softmax weights.
  public func hessianProduct(at state: [Double], _ direction: [Double]) -> [Double] {
    let (weights, _) = attention(at: state)
    var product = memories * softmaxBackward(weights, memories.transposedTimes(direction))
    for index in product.indices { product[index] = direction[index] / valueScale - keyQueryScale * product[index] }
    return product
  }

  /// The softmax weights g of the memories, and log Σ_t exp(β⟨X_t, s⟩ + b_t).
  private func attention(at state: [Double]) -> (weights: [Double], logSum: Double) {
    var scores = memories.transposedTimes(state)
    for t in scores.indices { scores[t] = keyQueryScale * scores[t] + (biases.isEmpty ? 0 : biases[t]) }
    let largest = scores.max() ?? 0
    var sum = 0.0
    for t in scores.indices {
      scores[t] = exponential(scores[t] - largest)
      sum += scores[t]
    }
    for t in scores.indices { scores[t] /= sum }
    return (scores, largest + logarithm(sum))
  }
}
