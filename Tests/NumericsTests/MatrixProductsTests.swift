import Numerics
import Testing

@Suite struct MatrixProductsTests {
  /// NumPy 2.4: `A @ B`.
  @Test func productAgreesWithNumPy() {
    let expected = Matrix(
      rows: 3, columns: 2,
      values: [
        0.2160818574256204, -0.6621485348609873, -0.8526709325413998, -0.14224262579255703, 0.6190986536257611,
        -0.8839076121920596,
      ])
    #expect(distance(congruentialMatrix(3, 4, seed: 4) * congruentialMatrix(4, 2, seed: 5), expected) < 1e-15)
  }

  /// NumPy 2.4: `C @ C.T / 7` (its third row) and `C.mean(1)`.
  @Test func momentsAgreeWithNumPy() {
    let c = congruentialMatrix(4, 7, seed: 3)
    let thirdRow = [-0.20658335104059397, -0.042760208456395055, 0.333646504295114, 0.043136986697738244]
    #expect(distance(c.secondMoment.column(2), thirdRow) < 1e-15)
    let mean = [-0.136824019769937, 0.31369716328255837, 0.20992449938381946, -0.08635309697629356]
    #expect(distance(c.columnMean, mean) < 1e-15)
  }

  /// Shapes on both sides of the eight lanes of a dot product, against sums in the plain order.
  @Test(arguments: [1, 3, 7, 8, 9, 16, 23, 64])
  func vectorProductsAgreeWithPlainSums(width: Int) {
    let a = congruentialMatrix(5, width, seed: 11)
    let x = congruentialMatrix(1, width, seed: 12).values
    let y = congruentialMatrix(1, 5, seed: 13).values
    let ax = (0..<5).map { row in (0..<width).reduce(0) { $0 + a[row, $1] * x[$1] } }
    let aty = (0..<width).map { column in (0..<5).reduce(0) { $0 + a[$1, column] * y[$1] } }
    #expect(distance(a * x, ax) < 1e-14)
    #expect(distance(a.transposedTimes(y), aty) < 1e-14)
    #expect(distance(a.transposed * y, aty) < 1e-14)
    #expect((dot(x, x) - x.reduce(0) { $0 + $1 * $1 }).magnitude < 1e-13)
    #expect((squaredDistance(ax, y) - zip(ax, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }).magnitude < 1e-13)
  }

  @Test func transposedProductIsProductOfTranspose() {
    let a = congruentialMatrix(6, 3, seed: 21)
    let b = congruentialMatrix(6, 4, seed: 22)
    #expect(distance(a.transposedTimes(b), a.transposed * b) < 1e-15)
    #expect(a.transposed.transposed == a)
    #expect(a.leadingColumns(2).transposed.values == Array(a.transposed.values.prefix(12)))
    #expect(
      a.transposedTimes(a).trace == (a.transposedTimes(a)[0, 0] + a.transposedTimes(a)[1, 1])
        + a.transposedTimes(a)[2, 2])
  }

  /// A context without tokens has no moments, and must not divide by zero.
  @Test func emptyShapes() {
    let empty = Matrix(rows: 3, columns: 0)
    #expect(empty.secondMoment == Matrix(rows: 3, columns: 3))
    #expect(empty.columnMean == [0, 0, 0])
    #expect(empty * [Double]() == [0, 0, 0])
    #expect(empty * Matrix(rows: 0, columns: 2) == Matrix(rows: 3, columns: 2))
  }
}
