public import Numerics

/// Softmax attention, Eq 12: x̂ = W_PV X softmax(Xᵀ W_KQ x̃), with no 1/√n.
public struct SoftmaxAttention: ReferenceAttention {
  /// W_PV and W_KQ.
  public var weights: [Matrix]
  /// Whether the query is added to the output.
  public var hasResidual: Bool

  /// A layer with the given n × n weights.
  public init(value: Matrix, keyQuery: Matrix, hasResidual: Bool = false) {
    weights = [value, keyQuery]
    self.hasResidual = hasResidual
  }

  /// a = softmax(Xᵀ W_KQ x̃), one weight for each token.
  private func attention(_ context: Matrix, _ query: [Double]) -> [Double] {
    softmax(context.transposedTimes(weights[1] * query))
  }

  /// x̂ for a context X (n × L) and a query x̃.
  public func prediction(context: Matrix, query: [Double]) -> [Double] {
    output(context * attention(context, query), query: query)
  }

  /// With m = X a: dW_PV = dx̂ mᵀ, dm = W_PVᵀ dx̂, da = Xᵀ dm, ds = a ∘ (da − a·da), du = X ds, dW_KQ = du x̃ᵀ.
  public func gradient(context: Matrix, query: [Double], target: [Double]) -> [Matrix] {
    let a = attention(context, query)
    let m = context * a
    let dOutput = outputGradient(m, query: query, target: target)
    let dm = weights[0].transposedTimes(dOutput)
    let du = context * softmaxBackward(a, context.transposedTimes(dm))
    return [outerProduct(dOutput, m), outerProduct(du, query)]
  }
}

/// ds = a ∘ (da − a·da), the gradient with respect to the scores of weights a = softmax(s).
func softmaxBackward(_ a: [Double], _ da: [Double]) -> [Double] {
  let mean = dot(a, da)
  return zip(a, da).map { $0 * ($1 - mean) }
}
