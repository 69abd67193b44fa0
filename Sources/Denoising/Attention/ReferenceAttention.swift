public import Numerics

/// An attention layer in double precision, written to be read beside the paper: forward and backward of one prompt.
///
/// It is what the single-precision kernels of `Numerics` are tested against, and what is differentiated numerically.
public protocol ReferenceAttention: Sendable {
  /// The n × n weight matrices: W_PV first, then W_KQ, or W_Q and W_K for Gaussian attention.
  var weights: [Matrix] { get set }
  /// Whether the query is added to the output.
  var hasResidual: Bool { get set }

  /// x̂ for a context X (n × L) and a query x̃ (n entries).
  func prediction(context: Matrix, query: [Double]) -> [Double]
  /// ∂‖x̂ − x‖²/∂W for each of ``weights``.
  func gradient(context: Matrix, query: [Double], target: [Double]) -> [Matrix]
}

extension ReferenceAttention {
  /// ‖x̂ − x‖² for one prompt.
  public func squaredError(context: Matrix, query: [Double], target: [Double]) -> Double {
    squaredDistance(prediction(context: context, query: query), target)
  }

  /// x̂ = W_PV m, plus the query if there is a residual.
  func output(_ m: [Double], query: [Double]) -> [Double] {
    let attended = weights[0] * m
    return hasResidual ? zip(attended, query).map { $0 + $1 } : attended
  }

  /// ∂‖x̂ − x‖²/∂x̂.
  func outputGradient(_ m: [Double], query: [Double], target: [Double]) -> [Double] {
    zip(output(m, query: query), target).map { 2 * ($0 - $1) }
  }
}

/// a bᵀ.
func outerProduct(_ a: [Double], _ b: [Double]) -> Matrix {
  Matrix(rows: a.count, columns: b.count, values: a.flatMap { x in b.map { x * $0 } })
}
