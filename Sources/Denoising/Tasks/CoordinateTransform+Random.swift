import Numerics

extension CoordinateTransform {
  /// A random transform A = U diag(s) Vᵀ with U, V Haar-random and singular values from √κ down to 1/√κ in equal
  /// ratios, so that its condition number is κ and its determinant ±1.
  ///
  /// - Parameters:
  ///   - dimension: n.
  ///   - conditionNumber: κ, at least 1.
  ///   - key: the key of its random numbers.
  ///   - target: what is to be predicted.
  public static func random(
    dimension: Int, conditionNumber: Double, key: UInt64, target: Target
  ) -> CoordinateTransform {
    let logarithm = logarithm(conditionNumber)
    var left = haarMatrix(dimension, key: key, domain: 0)
    for k in 0..<dimension {
      let position = dimension == 1 ? 0 : 0.5 - Double(k) / Double(dimension - 1)
      let singularValue = exponential(position * logarithm)
      for i in 0..<dimension { left[i, k] *= singularValue }
    }
    return CoordinateTransform(
      matrix: left * haarMatrix(dimension, key: key, domain: 1).transposed, target: target)
  }

  private static func haarMatrix(_ dimension: Int, key: UInt64, domain: UInt32) -> Matrix {
    let normals = RandomStream(key: key, domain: domain, substream: 0).normals(count: dimension * dimension)
    return Matrix(rows: dimension, columns: dimension, values: normals.map(Double.init)).orthonormalBasis
  }
}
