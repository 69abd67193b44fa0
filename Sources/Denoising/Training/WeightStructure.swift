public import Numerics

/// How near the weights of a layer are to those that undo a coordinate transform A (Appendix H).
///
/// Where x is to be predicted, the optimum is W_PV = α A⁻¹, W_KQ = β (A Aᵀ)⁻¹ (Eq A.12): W_PV A and W_KQ A Aᵀ are scaled
/// identities. Where A x is to be predicted, W_PV = α I and W_KQ = β (A Aᵀ)⁻¹ (Eq A.13): W_PV itself is one. In
/// coordinates before the transform, the layer is M S N with M = W_PV A (or A⁻¹ W_PV A) and N = Aᵀ W_KQ A, which at the
/// optimum is β I as well; it weighs the entries of W_KQ as the loss does.
public struct WeightStructure: Sendable, Hashable {
  /// A matrix beside the scaled identity nearest to it.
  public struct Fit: Sendable, Hashable {
    /// The scale c that minimises ‖M − c I‖: the mean of the diagonal.
    public let scale: Double
    /// ‖M − c I‖/‖c I‖ in the Frobenius norm.
    public let deviation: Double

    /// The fit of a square matrix.
    public init(_ matrix: Matrix) {
      let n = matrix.rows
      var (trace, square) = (0.0, 0.0)
      for i in 0..<n { trace += matrix[i, i] }
      scale = trace / Double(n)
      for i in 0..<n {
        for j in 0..<n {
          let difference = matrix[i, j] - (i == j ? scale : 0)
          square += difference * difference
        }
      }
      deviation = (square / Double(n)).squareRoot() / scale.magnitude
    }
  }

  /// W_PV A, or W_PV where A x is to be predicted; its scale is α.
  public let value: Fit
  /// W_KQ A Aᵀ; its scale is β.
  public let keyQuery: Fit
  /// Aᵀ W_KQ A.
  public let conjugateKeyQuery: Fit

  /// The structure of weights under a transform.
  ///
  /// - Parameters:
  ///   - value: W_PV.
  ///   - keyQuery: W_KQ, or W_Kᵀ W_Q.
  public init(value: Matrix, keyQuery: Matrix, transform: CoordinateTransform) {
    let products = Self.products(value: value, keyQuery: keyQuery, transform: transform)
    self.value = Fit(products.value)
    self.keyQuery = Fit(products.keyQuery)
    conjugateKeyQuery = Fit(transform.matrix.transposed * keyQuery * transform.matrix)
  }

  /// The products that are scaled identities at the optimum: W_PV A, or W_PV where A x is to be predicted, and W_KQ A Aᵀ.
  public static func products(
    value: Matrix, keyQuery: Matrix, transform: CoordinateTransform
  ) -> (value: Matrix, keyQuery: Matrix) {
    let A = transform.matrix
    return (transform.target == .original ? value * A : value, keyQuery * (A * A.transposed))
  }

  /// The structure of a layer's weights.
  init(of parameters: AttentionParameters, transform: CoordinateTransform) {
    let n = parameters.size
    let matrices = parameters.matrices.map { Matrix(rows: n, columns: n, values: $0.map(Double.init)) }
    // The second matrix is W_KQ, or W_Q before W_K.
    let keyQuery = matrices.count == 2 ? matrices[1] : matrices[2].transposed * matrices[1]
    self.init(value: matrices[0], keyQuery: keyQuery, transform: transform)
  }
}
