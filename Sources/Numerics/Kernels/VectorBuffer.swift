#if canImport(Glibc)
  private import Glibc
#endif

/// A block of memory that holds vectors of eight floats, owned by this object.
public final class VectorBuffer {
  /// The first vector.
  public let base: UnsafeMutablePointer<SIMD8<Float>>
  /// Number of vectors.
  public let count: Int

  /// Buffers from this size on ask for large pages, so that reading a data set does not wait for address translation:
  /// a quarter of the time of a pass over 16 contexts in the second-level cache.
  private static let largeBufferBytes = 256 << 10

  /// Buffers begin where a cache line does, so that no vector lies across two and takes two reads. The alignment that Swift
  /// gives this type by itself is half a vector.
  private static let alignment = 64

  /// Bytes of a large page.
  private static let largePageBytes = 2 << 20

  /// MADV_HUGEPAGE of `madvise(2)`, a macro that Swift does not import.
  private static let largePageAdvice: Int32 = 14

  /// Allocates so many vectors of zeros.
  public convenience init(count: Int) {
    self.init(uninitialized: count)
    base.initialize(repeating: .zero, count: max(count, 1))
  }

  /// Allocates so many vectors that will be written before they are read.
  public init(uninitialized count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<SIMD8<Float>>.stride
    let isLarge = bytes >= Self.largeBufferBytes
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? Self.largePageBytes : Self.alignment)
    #if os(Linux)
      // A hint: without large pages everything works, slower.
      if isLarge { _ = madvise(memory, bytes, Self.largePageAdvice) }
    #endif
    base = memory.bindMemory(to: SIMD8<Float>.self, capacity: max(count, 1))
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
