/// A stream of random words, uniforms and normals: a pure function of its key, its domain and its substream.
///
/// Streams of one key that differ in domain or substream never meet: both are part of Philox's counter, of which each
/// stream owns the 2³² blocks below.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let upper: SIMD3<UInt32>
  private var nextBlock: UInt32 = 0
  /// The words that were drawn last, eight blocks of four: word k of block j is lane j of vector k. They take no longer
  /// than one block alone.
  private var words = (SIMD8<UInt32>(), SIMD8<UInt32>(), SIMD8<UInt32>(), SIMD8<UInt32>())
  /// How many of them are used up.
  private var wordsTaken = 32

  /// The stream at its beginning.
  ///
  /// - Parameters:
  ///   - key: which experiment and which use, derived by hashing.
  ///   - domain: which quantity of a substream (a basis, tokens, noise, …).
  ///   - substream: which prompt, epoch or matrix.
  public init(key: UInt64, domain: UInt32, substream: UInt64) {
    self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key &>> 32))
    self.upper = SIMD3(
      domain, UInt32(truncatingIfNeeded: substream), UInt32(truncatingIfNeeded: substream &>> 32))
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if wordsTaken == 32 {
      words = Philox4x32.eightBlocks(firstBlock: nextBlock, upper: upper, key: key)
      nextBlock &+= 8
      wordsTaken = 0
    }
    let (block, word) = (wordsTaken / 4, wordsTaken % 4)
    wordsTaken &+= 1
    return withUnsafeBytes(of: &words) { $0.load(fromByteOffset: 4 &* (8 &* word &+ block), as: UInt32.self) }
  }

  /// A uniform deviate in (0, 1), a multiple of 2⁻⁵³ plus one half of that.
  public mutating func nextUniform() -> Double {
    let high = UInt64(nextWord() &>> 5)
    let low = UInt64(nextWord() &>> 6)
    return (Double(high &<< 26 | low) + 0.5) * 0x1p-53
  }

  /// A uniform integer in 0 ..< bound, without bias (Lemire, "Fast random integer generation in an interval", 2019).
  public mutating func nextInteger(below bound: UInt32) -> UInt32 {
    var product = UInt64(nextWord()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(nextWord()) &* UInt64(bound) }
    }
    return UInt32(truncatingIfNeeded: product &>> 32)
  }

  /// Standard normal deviates, eight to a vector, from a place of the stream counted from its beginning: independent of
  /// what was drawn word by word, so a stream serves one use or the other.
  ///
  /// Eight blocks of Philox give four vectors by the Box–Muller transform of words (0, 1) and (2, 3).
  ///
  /// - Parameter firstVector: where to begin, a multiple of 4 vectors.
  public func fillNormals(_ destination: UnsafeMutableBufferPointer<SIMD8<Float>>, firstVector: Int = 0) {
    guard let base = destination.baseAddress else { return }
    let count = destination.count
    let whole = count &- count % 4
    var first = 0
    while first < whole {
      let end = min(first &+ Self.stretch, whole)
      normals(base + first, count: end &- first, firstBlock: UInt32(truncatingIfNeeded: (firstVector &+ first) &* 2))
      first = end
    }
    guard whole < count else { return }
    let (a, b, c, _) = fourNormals(firstBlock: UInt32(truncatingIfNeeded: (firstVector &+ whole) &* 2))
    base[whole] = a
    if whole &+ 1 < count { base[whole &+ 1] = b }
    if whole &+ 2 < count { base[whole &+ 2] = c }
  }

  /// Vectors that are filled at a time, so that they stay in the first-level cache between the generator and the
  /// transform: two short loops keep a processor busier than one long chain.
  private static let stretch = 256

  /// Words in place, then normals in their place.
  @inline(__always)
  private func normals(_ base: UnsafeMutablePointer<SIMD8<Float>>, count: Int, firstBlock: UInt32) {
    let words = UnsafeMutableRawPointer(base).assumingMemoryBound(to: SIMD8<UInt32>.self)
    var block = firstBlock
    for index in stride(from: 0, to: count, by: 4) {
      (words[index], words[index &+ 1], words[index &+ 2], words[index &+ 3]) =
        Philox4x32.eightBlocks(firstBlock: block, upper: upper, key: key)
      block &+= 8
    }
    for index in stride(from: 0, to: count, by: 4) {
      (base[index], base[index &+ 1], base[index &+ 2], base[index &+ 3]) = Self.fourNormals(
        words[index], words[index &+ 1], words[index &+ 2], words[index &+ 3])
    }
  }

  /// The four vectors of normals that eight blocks give.
  @inline(__always)
  private func fourNormals(
    firstBlock: UInt32
  ) -> (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) {
    let words = Philox4x32.eightBlocks(firstBlock: firstBlock, upper: upper, key: key)
    return Self.fourNormals(words.0, words.1, words.2, words.3)
  }

  @inline(__always)
  private static func fourNormals(
    _ a: SIMD8<UInt32>, _ b: SIMD8<UInt32>, _ c: SIMD8<UInt32>, _ d: SIMD8<UInt32>
  ) -> (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) {
    let (x, y) = VectorMath.boxMuller(SIMD16(lowHalf: a, highHalf: c), SIMD16(lowHalf: b, highHalf: d))
    return (x.lowHalf, y.lowHalf, x.highHalf, y.highHalf)
  }

  /// Random words, eight to a vector, from a place of the stream counted from its beginning: lane j of vector 4 g + k is
  /// word k of block 8 g + j.
  ///
  /// - Parameter firstVector: where to begin, a multiple of 4 vectors.
  public func fillWords(_ destination: UnsafeMutableBufferPointer<SIMD8<UInt32>>, firstVector: Int = 0) {
    var block = UInt32(truncatingIfNeeded: firstVector &* 2)
    for index in stride(from: 0, to: destination.count, by: 4) {
      let (a, b, c, d) = Philox4x32.eightBlocks(firstBlock: block, upper: upper, key: key)
      destination[index] = a
      if index &+ 1 < destination.count { destination[index &+ 1] = b }
      if index &+ 2 < destination.count { destination[index &+ 2] = c }
      if index &+ 3 < destination.count { destination[index &+ 3] = d }
      block &+= 8
    }
  }

  /// So many standard normal deviates, as ``fillNormals(_:)`` gives them.
  public func normals(count: Int) -> [Float] {
    // Eight blocks give 32 at a time.
    let step = 32
    let room = (count + step - 1) / step * step
    return [Float](unsafeUninitializedCapacity: room) { floats, initialized in
      let bytes = UnsafeMutableRawBufferPointer(floats)
      for first in stride(from: 0, to: count, by: step) {
        let (a, b, c, d) = fourNormals(firstBlock: UInt32(truncatingIfNeeded: first / 4))
        bytes.storeBytes(of: a, toByteOffset: 4 &* first, as: SIMD8<Float>.self)
        bytes.storeBytes(of: b, toByteOffset: 4 &* first &+ 32, as: SIMD8<Float>.self)
        bytes.storeBytes(of: c, toByteOffset: 4 &* first &+ 64, as: SIMD8<Float>.self)
        bytes.storeBytes(of: d, toByteOffset: 4 &* first &+ 96, as: SIMD8<Float>.self)
      }
      initialized = count
    }
  }
}
