public import Numerics

/// Gaussian-kernel attention, Eq 14: x̂ = W_PV X softmax(−½‖W_K X_t − W_Q x̃‖²), the softmax over t.
public struct GaussianAttention: ReferenceAttention {
  /// W_PV, W_Q and W_K.
  public var weights: [Matrix]
  /// Whether the query is added to the output.
  public var hasResidual: Bool

  /// A layer with the given n × n weights.
  public init(value: Matrix, query: Matrix, key: Matrix, hasResidual: Bool = false) {
    weights = [value, query, key]
    self.hasResidual = hasResidual
  }

  /// The differences W_K X_t − W_Q x̃ as columns, n × L.
  private func differences(_ context: Matrix, _ query: [Double]) -> Matrix {
    let u = weights[1] * query
    var differences = weights[2] * context
    for i in 0..<differences.rows {
      for t in 0..<differences.columns { differences[i, t] -= u[i] }
    }
    return differences
  }

  private func attention(_ differences: Matrix) -> [Double] {
    softmax((0..<differences.columns).map { -0.5 * squaredNorm(differences.column($0)) })
  }

  /// x̂ for a context X (n × L) and a query x̃.
  public func prediction(context: Matrix, query: [Double]) -> [Double] {
    output(context * attention(differences(context, query)), query: query)
  }

  /// With D the n × L differences and s_t = −½‖D_t‖²: dD_t = −ds_t D_t, dW_K = dD Xᵀ, du = −Σ_t dD_t, dW_Q = du x̃ᵀ.
  public func gradient(context: Matrix, query: [Double], target: [Double]) -> [Matrix] {
    let differences = differences(context, query)
    let a = attention(differences)
    let m = context * a
    let dOutput = outputGradient(m, query: query, target: target)
    let ds = softmaxBackward(a, context.transposedTimes(weights[0].transposedTimes(dOutput)))
    var dDifferences = differences
    for i in 0..<dDifferences.rows {
      for t in 0..<dDifferences.columns { dDifferences[i, t] *= -ds[t] }
    }
    let du = dDifferences.columnMean.map { -$0 * Double(dDifferences.columns) }
    return [outerProduct(dOutput, m), outerProduct(du, query), dDifferences * context.transposed]
  }
}
