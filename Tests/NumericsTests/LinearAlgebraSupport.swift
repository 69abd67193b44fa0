import Numerics

/// Entries uniform in [−1, 1) from Knuth's 64-bit congruential generator; NumPy's values below start from the same ones:
/// `s = (s * 6364136223846793005 + 1442695040888963407) % 2**64; v = ((s >> 11) / 2**53) * 2 - 1`.
func congruentialMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var state = seed
  let values = (0..<(rows * columns)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53 * 2 - 1
  }
  return Matrix(rows: rows, columns: columns, values: values)
}

/// Largest magnitude of a difference of two matrices of the same shape; infinite if the shapes differ.
func distance(_ left: Matrix, _ right: Matrix) -> Double {
  guard left.rows == right.rows, left.columns == right.columns else { return .infinity }
  return distance(left.values, right.values)
}

/// Largest magnitude of a difference of two vectors of the same length; infinite if the lengths or any bit of sense
/// differ.
func distance(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { worst, pair in
    let difference = (pair.0 - pair.1).magnitude
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// The rows of numbers in a reference table.
func referenceRows(_ table: String) -> [[Double]] {
  table.split(separator: "\n").map { line in
    line.split(separator: " ").map { Double($0) ?? .nan }
  }
}

/// Distance of two doubles, counted in representable numbers; huge if one of them is NaN.
func ulps(_ left: Double, _ right: Double) -> UInt64 {
  guard !left.isNaN, !right.isNaN else { return left.isNaN && right.isNaN ? 0 : .max }
  func ordinal(_ x: Double) -> Int64 {
    x.sign == .minus ? -Int64(bitPattern: x.magnitude.bitPattern) : Int64(bitPattern: x.bitPattern)
  }
  return (ordinal(left) - ordinal(right)).magnitude
}
