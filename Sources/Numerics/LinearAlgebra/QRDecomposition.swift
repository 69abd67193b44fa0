/// A = Q R by Householder reflections, for A of m × k with m ≥ k: Q has orthonormal columns, R is upper triangular with
/// a diagonal that is not negative.
///
/// That sign makes the factors unique for A of full rank. It is what makes Q exactly Haar when A has independent
/// standard normal entries (Mezzadri 2007, *How to generate random matrices from the classical compact groups*): Q then
/// inherits the invariance of A under rotation, which the signs of plain Householder reflections destroy.
public struct QRDecomposition: Sendable {
  /// m × k, with orthonormal columns.
  public let orthonormal: Matrix
  /// k × k, upper triangular, diagonal ≥ 0.
  public let triangular: Matrix

  /// The thin decomposition of a matrix that has at least as many rows as columns.
  public init(of matrix: Matrix) {
    let (m, k) = (matrix.rows, matrix.columns)
    // Row j of `work` is column j of A; the reflector of step j is left in its entries j..<m.
    var work = matrix.transposed
    var scales = [Double](repeating: 0, count: k)
    var triangular = Matrix(rows: k, columns: k)
    var q = Matrix(rows: k, columns: m)
    work.values.withUnsafeMutableBufferPointer { work in
      q.values.withUnsafeMutableBufferPointer { q in
        guard let work = work.baseAddress, let q = q.baseAddress else { return }
        for j in 0..<k {
          let (diagonal, scale) = Reflector.make(work + j * m + j, count: m - j)
          scales[j] = scale
          for column in (j + 1)..<k {
            Reflector.apply(work + j * m + j, scale, to: work + column * m + j, count: m - j)
          }
          triangular[j, j] = diagonal
          for column in (j + 1)..<k { triangular[j, column] = work[column * m + j] }
        }
        for column in 0..<k {
          q[column * m + column] = 1
          for j in stride(from: column, through: 0, by: -1) {
            Reflector.apply(work + j * m + j, scales[j], to: q + column * m + j, count: m - j)
          }
        }
      }
    }
    for j in 0..<k where triangular[j, j] < 0 {
      for column in j..<k { triangular[j, column] = -triangular[j, column] }
      for row in 0..<m { q[j, row] = -q[j, row] }
    }
    self.orthonormal = q.transposed
    self.triangular = triangular
  }

}

extension Matrix {
  /// Orthonormal columns with the same span as the columns of this matrix, which must be independent and at most as many
  /// as the rows. For independent standard normal entries the result is Haar-distributed.
  public var orthonormalBasis: Matrix { QRDecomposition(of: self).orthonormal }
}
