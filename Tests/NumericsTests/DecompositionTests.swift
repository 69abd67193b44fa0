import Numerics
import Testing

@Suite struct QRDecompositionTests {
  /// NumPy 2.4: `q, r = np.linalg.qr(B)`, columns of q and rows of r times the sign of r's diagonal.
  @Test func agreesWithNumPy() {
    let b = congruentialMatrix(6, 3, seed: 2)
    let qr = QRDecomposition(of: b)
    let q = [
      0.3601404789116407, 0.489511478615284, 0.05905144007446064, -0.18192939315860787, -0.3757910962657297,
      0.13318114878064313, -0.6327603870645424, 0.7188531833738669, 0.0013378940918868905, 0.6046468603174902,
      0.2858822590690074, -0.38719284723736913, 0.025145891277769394, 0.04619391336846496, 0.26755142813970917,
      -0.26567777922930214, -0.13618781642219208, -0.8702136814729018,
    ]
    #expect(distance(qr.orthonormal.values, q) < 1e-15)
    let r = [
      1.48947259512551, 0.5813905406958044, 0.9723155018248912, 0, 1.2764766721057692, 0.011050304180029238, 0, 0,
      0.46081025882180426,
    ]
    #expect(distance(qr.triangular.values, r) < 1e-15)
  }

  @Test(arguments: [(1, 1), (5, 5), (16, 8), (16, 9), (40, 17), (512, 64)])
  func isAnOrthonormalFactorization(m: Int, k: Int) {
    let a = congruentialMatrix(m, k, seed: UInt64(m * 1000 + k))
    let qr = QRDecomposition(of: a)
    #expect(distance(qr.orthonormal * qr.triangular, a) < 1e-13)
    #expect(distance(qr.orthonormal.transposedTimes(qr.orthonormal), .identity(k)) < 1e-14)
    for row in 0..<k {
      #expect(qr.triangular[row, row] > 0)
      for column in 0..<row { #expect(qr.triangular[row, column] == 0) }
    }
    #expect(a.orthonormalBasis == qr.orthonormal)
  }

  /// The sign convention makes the factors of a triangular matrix with positive diagonal the identity and itself.
  @Test func fixesTheSigns() {
    let r = Matrix(rows: 3, columns: 3, values: [2, -1, 3, 0, 1, 4, 0, 0, 5])
    let qr = QRDecomposition(of: r)
    #expect(distance(qr.orthonormal, .identity(3)) < 1e-15)
    #expect(distance(qr.triangular, r) < 1e-15)
  }

  /// Dependent columns still give orthonormal ones.
  @Test func survivesDependentColumns() {
    let a = Matrix(rows: 4, columns: 3, values: [1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    let q = a.orthonormalBasis
    #expect(distance(q.transposedTimes(q), .identity(3)) < 1e-14)
  }
}

@Suite struct LUDecompositionTests {
  /// NumPy 2.4: `np.linalg.det`, `cond(A, 1)`, `solve(A, [1, 2, 3, 4, 5])`.
  @Test func agreesWithNumPy() throws {
    let lu = try #require(LUDecomposition(of: congruentialMatrix(5, 5, seed: 1)))
    #expect((lu.determinant / -0.0030673958883080782 - 1).magnitude < 1e-12)
    #expect((lu.conditionNumber / 775.9091658479292 - 1).magnitude < 1e-12)
    let solution = [
      -273.99459922716994, 108.19318159678711, 253.07424444462643, 204.20508010804045, -119.0875358669704,
    ]
    #expect(distance(lu.solve([1, 2, 3, 4, 5]), solution) < 1e-10)
  }

  @Test(arguments: [1, 2, 5, 16, 100])
  func inverseAndSolutionsSatisfyTheirEquations(size: Int) throws {
    let a = congruentialMatrix(size, size, seed: UInt64(700 + size))
    let lu = try #require(LUDecomposition(of: a))
    #expect(distance(a * lu.inverse, .identity(size)) < 1e-15 * lu.conditionNumber)
    let b = congruentialMatrix(size, 3, seed: 9)
    #expect(distance(a * lu.solve(b), b) < 1e-15 * lu.conditionNumber)
  }

  /// A pivot of zero in the first place, and the sign of the row exchange.
  @Test func pivots() throws {
    let a = Matrix(rows: 2, columns: 2, values: [0, 2, 3, 4])
    let lu = try #require(LUDecomposition(of: a))
    #expect(lu.determinant == -6)
    #expect(lu.solve([2, 7]) == [1, 1])
  }

  @Test func refusesWhatHasNoInverse() {
    #expect(LUDecomposition(of: Matrix(rows: 2, columns: 2, values: [1, 2, 2, 4])) == nil)
    #expect(LUDecomposition(of: Matrix(rows: 2, columns: 2, values: [1, 2, .nan, 4])) == nil)
    #expect(LUDecomposition(of: Matrix(rows: 2, columns: 3)) == nil)
  }
}

@Suite struct SymmetricEigenDecompositionTests {
  private func symmetric(_ size: Int, seed: UInt64) -> Matrix {
    let a = congruentialMatrix(size, size, seed: seed)
    var result = a
    for row in 0..<size {
      for column in 0..<size { result[row, column] = (a[row, column] + a[column, row]) / 2 }
    }
    return result
  }

  /// NumPy 2.4: `np.linalg.eigh((A + A.T) / 2)`.
  @Test func agreesWithNumPy() {
    let eigen = SymmetricEigenDecomposition(of: symmetric(5, seed: 1))
    let values = [
      0.9532228074482229, 0.5267308239866878, 0.31999265509047503, -0.24136636317476748, -1.0172708053899036,
    ]
    #expect(distance(eigen.values, values) < 1e-14)
    let leading = [0.22630581, -0.46986216, 0.8148369, -0.24810494, -0.04999998]
    #expect(distance(eigen.leadingVectors(1).values, leading) < 1e-8)
  }

  @Test(arguments: [1, 2, 3, 8, 16, 33, 120])
  func diagonalizes(size: Int) {
    let a = symmetric(size, seed: UInt64(size))
    let eigen = SymmetricEigenDecomposition(of: a)
    let v = eigen.leadingVectors(size)
    #expect(distance(v.transposedTimes(v), .identity(size)) < 1e-13)
    var scaled = v
    for row in 0..<size {
      for column in 0..<size { scaled[row, column] *= eigen.values[column] }
    }
    #expect(distance(a * v, scaled) < 1e-13)
    #expect(eigen.values == eigen.values.sorted(by: >))
  }

  /// The second moment of fewer tokens than dimensions: a null space of 13 dimensions, and zeros that stay zeros.
  @Test func handlesNullSpaces() {
    let x = congruentialMatrix(16, 3, seed: 44)
    let eigen = SymmetricEigenDecomposition(of: x.secondMoment)
    #expect(eigen.values[2] > 1e-3)
    #expect(eigen.values[3...].allSatisfy { $0.magnitude < 1e-15 })
    let v = eigen.leadingVectors(3)
    #expect(distance(v * v.transposedTimes(x), x) < 1e-14)
    let zero = SymmetricEigenDecomposition(of: Matrix(rows: 4, columns: 4))
    #expect(zero.values == [0, 0, 0, 0])
    #expect(distance(zero.leadingVectors(4).transposedTimes(zero.leadingVectors(4)), .identity(4)) < 1e-15)
  }

  /// Equal eigenvalues leave the order to the input and the vectors orthonormal.
  @Test func handlesEqualEigenvalues() {
    let eigen = SymmetricEigenDecomposition(of: .identity(6, scale: 2))
    #expect(eigen.values == [Double](repeating: 2, count: 6))
    #expect(eigen.leadingVectors(6) == .identity(6))
  }

  /// The largest size of the product, in a time that a cubic algorithm needs.
  @Test func scalesToTheLargestDimension() {
    let a = symmetric(512, seed: 5)
    let eigen = SymmetricEigenDecomposition(of: a)
    let v = eigen.leadingVectors(9)
    #expect(distance(v.transposedTimes(v), .identity(9)) < 1e-12)
    let residual = a * v.column(0)
    #expect(distance(residual, v.column(0).map { $0 * eigen.values[0] }) < 1e-11)
    #expect((eigen.values.reduce(0, +) - a.trace).magnitude < 1e-10)
  }

  /// Input that is not finite ends, too.
  @Test func endsOnNaN() {
    #expect(
      SymmetricEigenDecomposition(of: Matrix(rows: 3, columns: 3, values: [Double](repeating: .nan, count: 9))).values
        .count == 3)
  }
}
