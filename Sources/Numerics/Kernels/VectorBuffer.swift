/// A block of memory that holds vectors of eight floats, zeroed, owned by this object.
public final class VectorBuffer {
  /// The first vector.
  public let base: UnsafeMutablePointer<SIMD8<Float>>
  /// Number of vectors.
  public let count: Int

  /// Allocates so many vectors of zeros.
  public init(count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: .zero, count: max(count, 1))
  }

  deinit { base.deallocate() }

  /// The same memory as `8 * count` floats.
  @inline(__always)
  public var floats: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Float.self)
  }

  /// Sets every vector to zero.
  public func clear() { base.update(repeating: .zero, count: count) }
}
