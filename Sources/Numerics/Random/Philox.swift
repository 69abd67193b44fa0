/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3" (SC 2011). A block of four words is a pure function of a 128-bit counter and a 64-bit key.
enum Philox4x32 {
  static let multiplier0: UInt64 = 0xD251_1F53
  static let multiplier1: UInt64 = 0xCD9E_8D57
  static let weyl0: UInt32 = 0x9E37_79B9
  static let weyl1: UInt32 = 0xBB67_AE85

  /// The words of eight consecutive blocks, word by word: lane j of `wordK` is word K of block `firstBlock + j`.
  ///
  /// The 32-bit words live in 64-bit lanes, where a product of two of them is one instruction that reads the low halves.
  /// So the high halves may hold anything, and nothing is masked or narrowed until the end.
  @inline(__always)
  static func eightBlocks(
    firstBlock: UInt32, upper: SIMD3<UInt32>, key: SIMD2<UInt32>
  ) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    var even = Lanes(firstBlock: firstBlock, offsets: SIMD4(0, 2, 4, 6), upper: upper)
    var odd = Lanes(firstBlock: firstBlock, offsets: SIMD4(1, 3, 5, 7), upper: upper)
    // Written out, so that the round keys, which are the same for all blocks, are broadcast once for many of them.
    @inline(__always)
    func round(_ number: UInt32) {
      let k0 = SIMD4<UInt64>(repeating: UInt64(key.x &+ number &* weyl0))
      let k1 = SIMD4<UInt64>(repeating: UInt64(key.y &+ number &* weyl1))
      even.round(k0, k1)
      odd.round(k0, k1)
    }
    round(0)
    round(1)
    round(2)
    round(3)
    round(4)
    round(5)
    round(6)
    round(7)
    round(8)
    round(9)
    return (
      interleave(even.c0, odd.c0), interleave(even.c1, odd.c1), interleave(even.c2, odd.c2),
      interleave(even.c3, odd.c3)
    )
  }

  /// Every other block of eight; what counts of a word is the low half of its lane.
  private struct Lanes {
    var c0, c1, c2, c3: SIMD4<UInt64>

    @inline(__always)
    init(firstBlock: UInt32, offsets: SIMD4<UInt64>, upper: SIMD3<UInt32>) {
      c0 = (SIMD4(repeating: UInt64(firstBlock)) &+ offsets) & SIMD4(repeating: 0xFFFF_FFFF)
      c1 = SIMD4(repeating: UInt64(upper.x))
      c2 = SIMD4(repeating: UInt64(upper.y))
      c3 = SIMD4(repeating: UInt64(upper.z))
    }

    @inline(__always)
    mutating func round(_ k0: SIMD4<UInt64>, _ k1: SIMD4<UInt64>) {
      let low = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
      let product0 = c0 &* SIMD4(repeating: multiplier0)
      let product1 = c2 &* SIMD4(repeating: multiplier1)
      c0 = (product1 &>> 32) ^ c1 ^ k0
      c1 = product1 & low
      c2 = (product0 &>> 32) ^ c3 ^ k1
      c3 = product0 & low
    }
  }

  /// The low halves, in turns. Swift's machines are little-endian, so the low half of a lane comes first.
  ///
  /// Taking single lanes out of a vector instead would make the compiler take the whole generator apart.
  @inline(__always)
  private static func interleave(_ even: SIMD4<UInt64>, _ odd: SIMD4<UInt64>) -> SIMD8<UInt32> {
    unsafeBitCast(even | (odd &<< 32), to: SIMD8<UInt32>.self)
  }
}
