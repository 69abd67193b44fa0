/// A square matrix of floats whose rows are padded with zeros to whole vectors.
public final class PaddedMatrix {
  /// n: rows, and entries of a row that count.
  public let size: Int
  /// Vectors in a row.
  public let rowVectors: Int
  let buffer: VectorBuffer

  /// An n × n matrix of zeros.
  public init(size: Int) {
    self.size = size
    rowVectors = Self.vectors(for: size)
    buffer = VectorBuffer(count: size * rowVectors)
  }

  /// Vectors that so many floats take.
  @inline(__always)
  public static func vectors(for count: Int) -> Int { (count &+ 7) / 8 }

  /// The entries of a row, `size` of them and then zeros.
  @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<SIMD8<Float>> { buffer.base + index &* rowVectors }

  @inline(__always)
  func rowFloats(_ index: Int) -> UnsafeMutablePointer<Float> { buffer.floats + index &* rowVectors &* 8 }

  /// Sets the matrix, or its transpose, from `size * size` row-major entries.
  func load(_ values: UnsafePointer<Float>, transposed: Bool) {
    for i in 0..<size {
      for j in 0..<size { rowFloats(transposed ? j : i)[transposed ? i : j] = values[i &* size &+ j] }
    }
  }

  /// Adds the entries, row-major, to `size * size` floats.
  func store(into values: UnsafeMutablePointer<Float>) {
    for i in 0..<size {
      for j in 0..<size { values[i &* size &+ j] = rowFloats(i)[j] }
    }
  }

  /// y = Σⱼ x[j] · row j, which is Mᵀ x: the product that needs no sum across lanes.
  @inline(__always)
  func combineRows(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<SIMD8<Float>>) {
    combinePaddedRows(buffer.base, size: size, rowVectors: rowVectors, x, into: y)
  }

  /// M += a bᵀ.
  @inline(__always)
  func addOuterProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<SIMD8<Float>>) {
    for i in 0..<size {
      let target = row(i)
      let scale = SIMD8<Float>(repeating: a[i])
      for vector in 0..<rowVectors { target[vector] = target[vector].addingProduct(b[vector], scale) }
    }
  }
}

/// y = Σⱼ x[j] · row j over `size` padded rows. Even and odd rows are summed apart, then added.
@inline(__always)
func combinePaddedRows(
  _ rows: UnsafePointer<SIMD8<Float>>, size: Int, rowVectors: Int, _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<SIMD8<Float>>
) {
  for vector in 0..<rowVectors {
    var even = SIMD8<Float>.zero
    var odd = SIMD8<Float>.zero
    var entry = rows + vector
    var j = 0
    while j &+ 1 < size {
      even = even.addingProduct(entry[0], SIMD8(repeating: x[j]))
      odd = odd.addingProduct(entry[rowVectors], SIMD8(repeating: x[j &+ 1]))
      entry += 2 &* rowVectors
      j &+= 2
    }
    if j < size { even = even.addingProduct(entry[0], SIMD8(repeating: x[j])) }
    y[vector] = even + odd
  }
}
