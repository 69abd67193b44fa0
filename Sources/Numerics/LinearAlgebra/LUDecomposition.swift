/// P A = L U by Gaussian elimination with partial pivoting, for square A.
public struct LUDecomposition: Sendable {
  /// n, the size of A.
  private let size: Int
  /// U on and above the diagonal; L, whose diagonal is ones, below it.
  private var factors: Matrix
  /// Row of A that stands in each row of P A.
  private var permutation: [Int]
  /// +1 or −1, the sign of the permutation.
  private var sign = 1.0
  /// ‖A‖₁, the largest column sum of magnitudes.
  private let norm: Double

  /// The decomposition of a square matrix; nothing if it is singular to working precision or not finite.
  public init?(of matrix: Matrix) {
    guard matrix.rows == matrix.columns, matrix.values.allSatisfy(\.isFinite) else { return nil }
    size = matrix.rows
    factors = matrix
    permutation = Array(0..<matrix.rows)
    norm = matrix.oneNorm
    for column in 0..<size {
      let pivot = pivotRow(column)
      guard factors[pivot, column] != 0 else { return nil }
      if pivot != column { swapRows(pivot, column) }
      eliminate(column)
    }
  }

  /// det A.
  public var determinant: Double { (0..<size).reduce(sign) { $0 * factors[$1, $1] } }

  /// A⁻¹ b, for b of n entries.
  public func solve(_ b: [Double]) -> [Double] {
    var x = permutation.map { b[$0] }
    for row in 0..<size {
      for column in 0..<row { x[row] -= factors[row, column] * x[column] }
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      for column in (row + 1)..<size { x[row] -= factors[row, column] * x[column] }
      x[row] /= factors[row, row]
    }
    return x
  }

  /// A⁻¹ B, for B of n × k.
  public func solve(_ b: Matrix) -> Matrix {
    var result = Matrix(rows: size, columns: b.columns)
    for column in 0..<b.columns {
      let solution = solve(b.column(column))
      for row in 0..<size { result[row, column] = solution[row] }
    }
    return result
  }

  /// A⁻¹.
  public var inverse: Matrix { solve(.identity(size)) }

  /// ‖A‖₁ ‖A⁻¹‖₁, from the inverse itself: n ≤ 512 here, where an estimate would save nothing that matters.
  public var conditionNumber: Double { norm * inverse.oneNorm }

  /// Row of the entry of largest magnitude in a column, on or below the diagonal; the first of equals.
  private func pivotRow(_ column: Int) -> Int {
    var best = column
    for row in (column + 1)..<size
    where factors[row, column].magnitude > factors[best, column].magnitude {
      best = row
    }
    return best
  }

  private mutating func swapRows(_ first: Int, _ second: Int) {
    for column in 0..<size { factors.values.swapAt(first * size + column, second * size + column) }
    permutation.swapAt(first, second)
    sign = -sign
  }

  /// Subtracts multiples of the pivot row from the rows below it.
  private mutating func eliminate(_ column: Int) {
    let (size, pivot) = (size, factors[column, column])
    factors.values.withUnsafeMutableBufferPointer { entries in
      guard let entries = entries.baseAddress else { return }
      for row in (column + 1)..<size {
        let multiplier = entries[row * size + column] / pivot
        entries[row * size + column] = multiplier
        accumulate(
          -multiplier, entries + column * size + column + 1, into: entries + row * size + column + 1,
          count: size - column - 1)
      }
    }
  }
}

extension Matrix {
  /// ‖A‖₁, the largest column sum of magnitudes.
  public var oneNorm: Double {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += values[row * columns + column].magnitude }
    }
    return sums.max() ?? 0
  }
}
