/// A = V Λ Vᵀ for symmetric A: eigenvalues in descending order and orthonormal eigenvectors.
///
/// Householder reduction to tridiagonal form, then QL iterations with implicit shifts (Bowdler, Martin, Reinsch and
/// Wilkinson 1968, EISPACK's `tred2` and `tql2`): O(n³), every operation in a fixed order.
public struct SymmetricEigenDecomposition: Sendable {
  /// λ₁ ≥ λ₂ ≥ … ≥ λₙ.
  public let values: [Double]
  /// Row a is the unit eigenvector of λ_a; its entry of largest magnitude (the first of equals) is positive.
  private let rows: Matrix

  /// The decomposition of a symmetric matrix, of which the lower triangle is read.
  public init(of matrix: Matrix) {
    var reduced = Tridiagonal(reducing: matrix)
    reduced.diagonalize()
    let n = matrix.rows
    let order = (0..<n).sorted { (reduced.diagonal[$1], $0) < (reduced.diagonal[$0], $1) }
    var rows = Matrix(rows: n, columns: n)
    for (place, source) in order.enumerated() {
      let vector = reduced.basis.values[(source * n)..<((source + 1) * n)]
      var largest = 0.0
      for entry in vector where entry.magnitude > largest.magnitude { largest = entry }
      let sign = largest < 0 ? -1.0 : 1.0
      for (column, entry) in vector.enumerated() { rows[place, column] = sign * entry }
    }
    self.values = order.map { reduced.diagonal[$0] }
    self.rows = rows
  }

  /// n × `count`: the eigenvectors of the `count` largest eigenvalues as columns.
  public func leadingVectors(_ count: Int) -> Matrix {
    Matrix(rows: count, columns: rows.columns, values: Array(rows.values.prefix(count * rows.columns))).transposed
  }
}
