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

  /// The first row; the others follow it.
  @inline(__always)
  var base: UnsafeMutablePointer<SIMD8<Float>> { buffer.base }

  /// The entries of a row, `size` of them and then zeros.
  @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<SIMD8<Float>> { buffer.base + index &* rowVectors }

  @inline(__always)
  func rowFloats(_ index: Int) -> UnsafeMutablePointer<Float> { buffer.floats + index &* rowVectors &* 8 }

  /// Sets the matrix from `size * size` row-major entries.
  func load(_ values: UnsafePointer<Float>) {
    for i in 0..<size {
      let row = rowFloats(i)
      for j in 0..<size { row[j] = values[i &* size &+ j] }
    }
  }

  /// Sets the matrix from the transpose of `size * size` row-major entries.
  func loadTransposed(_ values: UnsafePointer<Float>) {
    for i in 0..<size {
      let row = rowFloats(i)
      for j in 0..<size { row[j] = values[j &* size &+ i] }
    }
  }

  /// Sets the matrix to a multiple of the identity.
  func loadIdentity(times scale: Float) {
    buffer.clear()
    for i in 0..<size { rowFloats(i)[i] = scale }
  }

  /// Writes the entries, row-major, to `size * size` floats.
  func store(into values: UnsafeMutablePointer<Float>) {
    for i in 0..<size {
      let row = rowFloats(i)
      for j in 0..<size { values[i &* size &+ j] = row[j] }
    }
  }

  /// The sum of the diagonal, in order.
  var trace: Float {
    var sum: Float = 0
    for i in 0..<size { sum += rowFloats(i)[i] }
    return sum
  }
}
