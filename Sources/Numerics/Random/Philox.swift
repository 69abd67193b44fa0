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
  /// The 32-bit words live in 64-bit lanes, where a product of two of them is one instruction that reads the low halves.
  /// So the high halves may hold anything, and nothing is masked or narrowed until the end.
  @inline(__always)
  static func eightBlocks(
    firstBlock: UInt32, upper: SIMD3<UInt32>, key: SIMD2<UInt32>
  ) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    var a = Lanes(firstBlock: firstBlock, upper: upper)
    var b = Lanes(firstBlock: firstBlock &+ 4, upper: upper)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<rounds {
      let (x, y) = (SIMD4<UInt64>(repeating: UInt64(k0)), SIMD4<UInt64>(repeating: UInt64(k1)))
      a.round(x, y)
      b.round(x, y)
      k0 &+= weyl0
      k1 &+= weyl1
    }
    return (narrow(a.c0, b.c0), narrow(a.c1, b.c1), narrow(a.c2, b.c2), narrow(a.c3, b.c3))
  }

  /// Four blocks; what counts of a word is the low half of its lane.
  private struct Lanes {
    var c0, c1, c2, c3: SIMD4<UInt64>

    @inline(__always)
    init(firstBlock: UInt32, upper: SIMD3<UInt32>) {
      c0 = SIMD4(repeating: UInt64(firstBlock)) &+ SIMD4(0, 1, 2, 3)
      c1 = SIMD4(repeating: UInt64(upper.x))
      c2 = SIMD4(repeating: UInt64(upper.y))
      c3 = SIMD4(repeating: UInt64(upper.z))
    }

    @inline(__always)
    mutating func round(_ k0: SIMD4<UInt64>, _ k1: SIMD4<UInt64>) {
      let low = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
      let product0 = (c0 & low) &* SIMD4(repeating: multiplier0)
      let product1 = (c2 & low) &* SIMD4(repeating: multiplier1)
      c0 = (product1 &>> 32) ^ c1 ^ k0
      c1 = product1
      c2 = (product0 &>> 32) ^ c3 ^ k1
      c3 = product0
    }
  }

  /// The low halves. Swift's machines are little-endian, so the low half of a lane comes first.
  @inline(__always)
  private static func narrow(_ low: SIMD4<UInt64>, _ high: SIMD4<UInt64>) -> SIMD8<UInt32> {
    SIMD8(
      lowHalf: unsafeBitCast(low, to: SIMD8<UInt32>.self).evenHalf,
      highHalf: unsafeBitCast(high, to: SIMD8<UInt32>.self).evenHalf)
  }
}
