// Shapes are the caller's business: they are not checked in release builds. Every sum has an order that depends on the
// shapes alone, so a product has the same bits on every machine.
extension Matrix {
  /// Aᵀ, columns × rows.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result.values[column * rows + row] = values[row * columns + column] }
    }
    return result
  }

  /// Sum of the diagonal entries of a square matrix.
  public var trace: Double { (0..<rows).reduce(0) { $0 + values[$1 * columns + $1] } }

  /// One column, a vector of `rows` entries.
  public func column(_ index: Int) -> [Double] { (0..<rows).map { values[$0 * columns + index] } }

  /// The first `count` columns, rows × `count`.
  public func leadingColumns(_ count: Int) -> Matrix {
    Matrix(
      rows: rows, columns: count,
      values: (0..<rows).flatMap { row in values[(row * columns)..<(row * columns + count)] })
  }

  /// A B, for A of m × k and B of k × n.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    let (inner, width) = (left.columns, right.columns)
    var result = Matrix(rows: left.rows, columns: width)
    withPointers(left, right, &result) { a, b, product in
      for row in 0..<left.rows {
        for k in 0..<inner {
          accumulate(a[row * inner + k], b + k * width, into: product + row * width, count: width)
        }
      }
    }
    return result
  }

  /// Aᵀ B, for A of k × m and B of k × n, without forming Aᵀ.
  public func transposedTimes(_ right: Matrix) -> Matrix {
    let (height, width) = (columns, right.columns)
    var result = Matrix(rows: height, columns: width)
    withPointers(self, right, &result) { a, b, product in
      for k in 0..<rows {
        for row in 0..<height {
          accumulate(a[k * height + row], b + k * width, into: product + row * width, count: width)
        }
      }
    }
    return result
  }

  /// A x, for x of `columns` entries.
  public static func * (matrix: Matrix, vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.rows)
    matrix.values.withUnsafeBufferPointer { a in
      vector.withUnsafeBufferPointer { x in
        guard let a = a.baseAddress, let x = x.baseAddress else { return }
        for row in result.indices { result[row] = dot(a + row * matrix.columns, x, count: matrix.columns) }
      }
    }
    return result
  }

  /// Aᵀ x, for x of `rows` entries, without forming Aᵀ.
  public func transposedTimes(_ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: columns)
    values.withUnsafeBufferPointer { a in
      result.withUnsafeMutableBufferPointer { y in
        guard let a = a.baseAddress, let y = y.baseAddress else { return }
        for row in 0..<rows { accumulate(vector[row], a + row * columns, into: y, count: columns) }
      }
    }
    return result
  }

  /// A Aᵀ / columns, rows × rows: the second moment, about zero, of the columns. Zeros if there are no columns.
  public var secondMoment: Matrix {
    var result = Matrix(rows: rows, columns: rows)
    values.withUnsafeBufferPointer { a in
      guard let a = a.baseAddress, columns > 0 else { return }
      for i in 0..<rows {
        for j in 0...i {
          let mean = dot(a + i * columns, a + j * columns, count: columns) / Double(columns)
          result.values[i * rows + j] = mean
          result.values[j * rows + i] = mean
        }
      }
    }
    return result
  }

  /// The mean of the columns, a vector of `rows` entries. Zeros if there are no columns.
  public var columnMean: [Double] {
    guard columns > 0 else { return [Double](repeating: 0, count: rows) }
    return (self * [Double](repeating: 1, count: columns)).map { $0 / Double(columns) }
  }
}

/// Runs `body` on the storage of two operands and a result, unless one of them is empty.
private func withPointers(
  _ left: Matrix, _ right: Matrix, _ result: inout Matrix,
  _ body: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
) {
  left.values.withUnsafeBufferPointer { a in
    right.values.withUnsafeBufferPointer { b in
      result.values.withUnsafeMutableBufferPointer { product in
        guard let a = a.baseAddress, let b = b.baseAddress, let product = product.baseAddress else { return }
        body(a, b, product)
      }
    }
  }
}
