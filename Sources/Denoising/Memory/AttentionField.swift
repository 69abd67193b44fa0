public import Numerics

/// Softmax attention with any weights as a vector field over states, f(s) = W_PV X softmax(Xᵀ W_KQ s), and the question
/// whether it is the gradient of something (Appendix I.2).
///
/// It is if its Jacobian J = W_PV Y W_KQ is symmetric everywhere (A.18), with Y = X (diag g − g gᵀ) Xᵀ and g the softmax
/// weights:
///
///     W_PV Y W_KQ = W_KQᵀ Y W_PVᵀ.
///
/// The paper prints W_PV Y W_KQᵀ = W_KQ Y W_PVᵀ (A.19), which is the same for symmetric W_KQ alone: W_PV = W_KQ fulfils
/// the printed form, and its J = W_KQ Y W_KQ is not symmetric in general.
///
/// **Which weights fulfil it.** W_PV = c W_KQᵀ does for every context: f is then the gradient of
/// c log Σ_t exp⟨X_t, W_KQ s⟩. For invertible W_KQ and a context whose Y span the symmetric matrices, no others do: with
/// C = W_KQ⁻ᵀ W_PV the condition is C Y = Y Cᵀ for every symmetric Y; Y = I makes C symmetric, and what commutes with
/// every symmetric matrix is a multiple of I.
public struct AttentionField: Sendable {
  /// X, n × L.
  public let memories: Matrix
  /// W_PV, n × n.
  public let valueWeights: Matrix
  /// W_KQ, n × n.
  public let keyQueryWeights: Matrix

  /// The field of a layer on a context.
  public init(memories: Matrix, valueWeights: Matrix, keyQueryWeights: Matrix) {
    self.memories = memories
    self.valueWeights = valueWeights
    self.keyQueryWeights = keyQueryWeights
  }

  /// f(s), n entries.
  public func value(at state: [Double]) -> [Double] {
    SoftmaxAttention(value: valueWeights, keyQuery: keyQueryWeights).prediction(context: memories, query: state)
  }

  /// Y = X (diag g − g gᵀ) Xᵀ, the covariance of the memories under the weights that they have at a state; n × n.
  public func covariance(at state: [Double]) -> Matrix {
    let weights = softmax(memories.transposedTimes(keyQueryWeights * state))
    let mean = memories * weights
    var scaled = memories
    for row in 0..<scaled.rows {
      for t in weights.indices { scaled[row, t] = (memories[row, t] - mean[row]) * weights[t] }
    }
    return scaled * memories.transposed
  }

  /// J(s) = W_PV Y W_KQ (A.18), n × n: entry (i, j) is ∂f_i/∂s_j.
  public func jacobian(at state: [Double]) -> Matrix { valueWeights * covariance(at: state) * keyQueryWeights }

  /// ‖J − Jᵀ‖ / ‖J‖ at a state (Frobenius norms): zero where the field looks like a gradient, 2 at most.
  public func asymmetry(at state: [Double]) -> Double {
    let jacobian = jacobian(at: state)
    let norm = squaredNorm(jacobian.values)
    return norm > 0 ? (squaredDistance(jacobian.values, jacobian.transposed.values) / norm).squareRoot() : 0
  }

  /// c with W_PV = c W_KQᵀ to within `tolerance` of ‖W_PV‖, or nothing: then the field is a gradient for no context that
  /// is rich enough.
  public func gradientScale(tolerance: Double = 1e-12) -> Double? {
    let transposed = keyQueryWeights.transposed
    let norm = squaredNorm(transposed.values)
    guard norm > 0 else { return nil }
    let scale = dot(valueWeights.values, transposed.values) / norm
    let remainder = squaredDistance(valueWeights.values, transposed.values.map { scale * $0 })
    return remainder <= tolerance * tolerance * squaredNorm(valueWeights.values) ? scale : nil
  }
}
