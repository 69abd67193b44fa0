// Products of padded matrices with a batch of vectors: what turns many matrix-vector products into one matrix product.
//
// Every entry of a result is one chain of fused multiply-adds in the order of the inner index, however many vectors are
// taken together, so that no bit depends on how prompts are grouped. The exception, `combineRowsInFour`, is for products
// that are never grouped: those between the forward and the backward pass of a prompt.

/// Y = X M: `y[p]` = Σⱼ `x[p][j]` · row j of M, for `count` vectors.
///
/// - Parameters:
///   - matrix: M, `inner` rows of `columns` vectors.
///   - x: `count` rows of `stride` floats, of which the first `inner` count.
///   - y: room for `count` rows of `columns` vectors.
@inline(__always)
func multiplyRows(
  _ matrix: UnsafePointer<SIMD8<Float>>, inner: Int, columns: Int, _ x: UnsafePointer<Float>, stride: Int, count: Int,
  into y: UnsafeMutablePointer<SIMD8<Float>>
) {
  var p = 0
  while p &+ 4 <= count {
    multiplyFourRows(matrix, inner, columns, x + p &* stride, stride, y + p &* columns)
    p &+= 4
  }
  while p < count {
    combineRows(matrix, inner: inner, columns: columns, x + p &* stride, into: y + p &* columns)
    p &+= 1
  }
}

@inline(__always)
private func multiplyFourRows(
  _ matrix: UnsafePointer<SIMD8<Float>>, _ inner: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ stride: Int,
  _ y: UnsafeMutablePointer<SIMD8<Float>>
) {
  let (x0, x1, x2, x3) = (x, x + stride, x + 2 &* stride, x + 3 &* stride)
  var column = 0
  while column &+ 2 <= columns {
    var (a0, a1, a2, a3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (b0, b1, b2, b3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var row = matrix + column
    for j in 0..<inner {
      let (a, b) = (row[0], row[1])
      let (c0, c1) = (SIMD8(repeating: x0[j]), SIMD8(repeating: x1[j]))
      let (c2, c3) = (SIMD8(repeating: x2[j]), SIMD8(repeating: x3[j]))
      (a0, b0) = (a0.addingProduct(a, c0), b0.addingProduct(b, c0))
      (a1, b1) = (a1.addingProduct(a, c1), b1.addingProduct(b, c1))
      (a2, b2) = (a2.addingProduct(a, c2), b2.addingProduct(b, c2))
      (a3, b3) = (a3.addingProduct(a, c3), b3.addingProduct(b, c3))
      row += columns
    }
    let out = y + column
    (out[0], out[1]) = (a0, b0)
    (out[columns], out[columns &+ 1]) = (a1, b1)
    (out[2 &* columns], out[2 &* columns &+ 1]) = (a2, b2)
    (out[3 &* columns], out[3 &* columns &+ 1]) = (a3, b3)
    column &+= 2
  }
  if column < columns {
    for p in 0..<4 {
      combineColumn(matrix + column, inner, columns, x + (p &* stride), into: y + (p &* columns &+ column))
    }
  }
}

/// y = Σⱼ x[j] · row j, which is Mᵀ x: the product that needs no sum across lanes.
@inline(__always)
func combineRows(
  _ matrix: UnsafePointer<SIMD8<Float>>, inner: Int, columns: Int, _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<SIMD8<Float>>
) {
  var column = 0
  while column &+ 2 <= columns {
    var (a, b) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    var row = matrix + column
    for j in 0..<inner {
      let c = SIMD8(repeating: x[j])
      (a, b) = (a.addingProduct(row[0], c), b.addingProduct(row[1], c))
      row += columns
    }
    (y[column], y[column &+ 1]) = (a, b)
    column &+= 2
  }
  if column < columns { combineColumn(matrix + column, inner, columns, x, into: y + column) }
}

@inline(__always)
private func combineColumn(
  _ column: UnsafePointer<SIMD8<Float>>, _ inner: Int, _ columns: Int, _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<SIMD8<Float>>
) {
  var sum = SIMD8<Float>.zero
  for j in 0..<inner { sum = sum.addingProduct(column[j &* columns], SIMD8(repeating: x[j])) }
  y.pointee = sum
}

/// The same product in four chains each, for one whose result is waited for. Its bits are its own.
@inline(__always)
func combineRowsInFour(
  _ matrix: UnsafePointer<SIMD8<Float>>, inner: Int, columns: Int, _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<SIMD8<Float>>
) {
  var column = 0
  while column &+ 2 <= columns {
    combineColumnInFour(matrix + column, inner, columns, x, into: y + column, isPair: true)
    column &+= 2
  }
  if column < columns { combineColumnInFour(matrix + column, inner, columns, x, into: y + column, isPair: false) }
}

/// One column, or two side by side.
@inline(__always)
private func combineColumnInFour(
  _ column: UnsafePointer<SIMD8<Float>>, _ inner: Int, _ columns: Int, _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<SIMD8<Float>>, isPair: Bool
) {
  var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
  var (t0, t1, t2, t3) = (s0, s1, s2, s3)
  var row = column
  var j = 0
  @inline(__always)
  func add(_ j: Int, to s: inout SIMD8<Float>, _ t: inout SIMD8<Float>) {
    let c = SIMD8(repeating: x[j])
    s = s.addingProduct(row[0], c)
    if isPair { t = t.addingProduct(row[1], c) }
    row += columns
  }
  while j &+ 4 <= inner {
    add(j, to: &s0, &t0)
    add(j &+ 1, to: &s1, &t1)
    add(j &+ 2, to: &s2, &t2)
    add(j &+ 3, to: &s3, &t3)
    j &+= 4
  }
  while j < inner {
    add(j, to: &s0, &t0)
    j &+= 1
  }
  y[0] = (s0 + s1) + (s2 + s3)
  if isPair { y[1] = (t0 + t1) + (t2 + t3) }
}

/// M += Σₚ `a[p]` `b[p]`ᵀ: `rows` rows of `columns` vectors gain the outer products of `count` pairs, in their order.
///
/// - Parameters:
///   - a: `count` rows of `8 * columns` floats, of which the first `rows` count.
///   - b: `count` rows of `columns` vectors.
@inline(__always)
func addOuterProducts(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<SIMD8<Float>>, count: Int, rows: Int, columns: Int,
  to matrix: UnsafeMutablePointer<SIMD8<Float>>
) {
  let stride = 8 &* columns
  var i = 0
  while i &+ 4 <= rows {
    var column = 0
    while column &+ 2 <= columns {
      addFourRows(a + i, b + column, count, columns, isPair: true, to: matrix + (i &* columns &+ column))
      column &+= 2
    }
    if column < columns {
      addFourRows(a + i, b + column, count, columns, isPair: false, to: matrix + (i &* columns &+ column))
    }
    i &+= 4
  }
  while i < rows {
    for column in 0..<columns {
      var sum = matrix[i &* columns &+ column]
      for p in 0..<count {
        sum = sum.addingProduct(b[p &* columns &+ column], SIMD8(repeating: a[p &* stride &+ i]))
      }
      matrix[i &* columns &+ column] = sum
    }
    i &+= 1
  }
}

/// Four rows of one column, or of two side by side.
@inline(__always)
private func addFourRows(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<SIMD8<Float>>, _ count: Int, _ columns: Int, isPair: Bool,
  to out: UnsafeMutablePointer<SIMD8<Float>>
) {
  typealias V = SIMD8<Float>
  let other = isPair ? 1 : 0
  var (s0, s1, s2, s3) = (out[0], out[columns], out[2 &* columns], out[3 &* columns])
  var (t0, t1, t2, t3) = (out[other], out[columns &+ other], out[2 &* columns &+ other], out[3 &* columns &+ other])
  var (left, right) = (a, b)
  for _ in 0..<count {
    let (c0, c1, c2, c3) = (V(repeating: left[0]), V(repeating: left[1]), V(repeating: left[2]), V(repeating: left[3]))
    let (v, w) = (right[0], right[other])
    (s0, s1) = (s0.addingProduct(v, c0), s1.addingProduct(v, c1))
    (s2, s3) = (s2.addingProduct(v, c2), s3.addingProduct(v, c3))
    if isPair {
      (t0, t1) = (t0.addingProduct(w, c0), t1.addingProduct(w, c1))
      (t2, t3) = (t2.addingProduct(w, c2), t3.addingProduct(w, c3))
    }
    left += 8 &* columns
    right += columns
  }
  (out[0], out[columns], out[2 &* columns], out[3 &* columns]) = (s0, s1, s2, s3)
  guard isPair else { return }
  (out[1], out[columns &+ 1], out[2 &* columns &+ 1], out[3 &* columns &+ 1]) = (t0, t1, t2, t3)
}
