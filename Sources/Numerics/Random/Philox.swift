/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3" (SC 2011). A block of four words is a pure function of a 128-bit counter and a 64-bit key.
public enum Philox4x32 {
  @usableFromInline static let multiplier0: UInt64 = 0xD251_1F53
  @usableFromInline static let multiplier1: UInt64 = 0xCD9E_8D57
  @usableFromInline static let weyl0: UInt32 = 0x9E37_79B9
  @usableFromInline static let weyl1: UInt32 = 0xBB67_AE85
  @usableFromInline static let rounds = 10

  /// The four words that belong to a counter and a key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<rounds {
      let product0 = UInt64(c0) &* multiplier0
      let product1 = UInt64(c2) &* multiplier1
      c0 = UInt32(truncatingIfNeeded: product1 &>> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: product1)
      c2 = UInt32(truncatingIfNeeded: product0 &>> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: product0)
      k0 &+= weyl0
      k1 &+= weyl1
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// The words of eight consecutive blocks, word by word: lane j of `wordK` is word K of block `firstBlock + j`.
  ///
  /// The 32-bit words live in 64-bit lanes, where a product of two of them is one instruction; nothing is narrowed
  /// until the end.
  @inline(__always)
  static func eightBlocks(
    firstBlock: UInt32, upper: SIMD3<UInt32>, key: SIMD2<UInt32>
  ) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
    var c0 = (SIMD8<UInt64>(repeating: UInt64(firstBlock)) &+ SIMD8<UInt64>(0, 1, 2, 3, 4, 5, 6, 7)) & low
    var c1 = SIMD8<UInt64>(repeating: UInt64(upper.x))
    var c2 = SIMD8<UInt64>(repeating: UInt64(upper.y))
    var c3 = SIMD8<UInt64>(repeating: UInt64(upper.z))
    var (k0, k1) = (key.x, key.y)
    let m0 = SIMD8<UInt64>(repeating: multiplier0)
    let m1 = SIMD8<UInt64>(repeating: multiplier1)
    for _ in 0..<rounds {
      let product0 = (c0 & low) &* m0
      let product1 = (c2 & low) &* m1
      c0 = (product1 &>> 32) ^ c1 ^ SIMD8<UInt64>(repeating: UInt64(k0))
      c1 = product1 & low
      c2 = (product0 &>> 32) ^ c3 ^ SIMD8<UInt64>(repeating: UInt64(k1))
      c3 = product0 & low
      k0 &+= weyl0
      k1 &+= weyl1
    }
    return (narrow(c0), narrow(c1), narrow(c2), narrow(c3))
  }

  /// The low halves. Swift's machines are little-endian, so the low half of a lane comes first.
  @inline(__always)
  private static func narrow(_ wide: SIMD8<UInt64>) -> SIMD8<UInt32> {
    unsafeBitCast(wide, to: SIMD16<UInt32>.self).evenHalf
  }
}
