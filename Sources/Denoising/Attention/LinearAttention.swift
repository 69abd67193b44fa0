public import Numerics

/// Linear attention, Eq 11: x̂ = W_PV (X Xᵀ/L) W_KQ x̃.
public struct LinearAttention: ReferenceAttention {
  /// W_PV and W_KQ.
  public var weights: [Matrix]
  /// Whether the query is added to the output.
  public var hasResidual: Bool

  /// A layer with the given n × n weights.
  public init(value: Matrix, keyQuery: Matrix, hasResidual: Bool = false) {
    weights = [value, keyQuery]
    self.hasResidual = hasResidual
  }

  /// m = (X Xᵀ/L) u for u = W_KQ x̃.
  private func pooled(_ context: Matrix, _ u: [Double]) -> [Double] {
    let scores = context.transposedTimes(u)
    return (context * scores).map { $0 / Double(context.columns) }
  }

  /// x̂ for a context X (n × L) and a query x̃.
  public func prediction(context: Matrix, query: [Double]) -> [Double] {
    output(pooled(context, weights[1] * query), query: query)
  }

  /// With S = X Xᵀ/L and m = S u: dW_PV = dx̂ mᵀ, dm = W_PVᵀ dx̂, du = S dm, dW_KQ = du x̃ᵀ.
  public func gradient(context: Matrix, query: [Double], target: [Double]) -> [Matrix] {
    let m = pooled(context, weights[1] * query)
    let dOutput = outputGradient(m, query: query, target: target)
    let dm = weights[0].transposedTimes(dOutput)
    let du = pooled(context, dm)
    return [outerProduct(dOutput, m), outerProduct(du, query)]
  }
}
