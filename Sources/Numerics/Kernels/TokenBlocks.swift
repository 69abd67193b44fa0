/// A stretch of a context in the layout that the kernels read: blocks of eight tokens, within a block component by
/// component.
///
/// Entry `block * dimension + component` holds that component of tokens 8·block … 8·block + 7, one to a lane. Lanes
/// past the last token hold zeros. The components are those of a token, or its coordinates in a basis.
public struct TokenBlocks {
  /// The first vector; `blocks * dimension` of them.
  public let base: UnsafePointer<SIMD8<Float>>
  /// Number of tokens.
  public let count: Int
  /// Number of components of a token, or of its coordinates.
  public let dimension: Int

  /// A view of tokens that somebody else owns.
  @inline(__always)
  public init(base: UnsafePointer<SIMD8<Float>>, count: Int, dimension: Int) {
    self.base = base
    self.count = count
    self.dimension = dimension
  }

  /// Blocks of eight that so many tokens take.
  @inline(__always)
  public static func blocks(for count: Int) -> Int { (count &+ 7) / 8 }

  /// Blocks of eight tokens.
  @inline(__always)
  public var blocks: Int { Self.blocks(for: count) }

  /// Bytes of a tile, chosen so that one stays in the first-level cache while it is read several times.
  private static let tileBytes = 20 << 10

  /// Most blocks of a tile, the stretch of a context that is taken at a time: a multiple of four, and a function of the
  /// dimension alone, because sums are formed tile by tile. The sampler takes as many; the attention kernels take even tiles.
  public static func tileBlocks(dimension: Int) -> Int {
    max(4, tileBytes / (32 &* max(dimension, 1)) / 4 &* 4)
  }

  /// Blocks of a tile of a context that is read tile by tile by the attention kernels: as even as multiples of four allow.
  public static func tileBlocks(dimension: Int, contextBlocks: Int) -> Int {
    let most = tileBlocks(dimension: dimension)
    let tiles = max(1, (contextBlocks + most - 1) / most)
    return min(most, max(4, ((contextBlocks + tiles - 1) / tiles + 3) / 4 * 4))
  }

  /// Vectors that the largest tile of tokens of at most `dimension` components takes.
  public static func tileVectorsMax(dimension: Int) -> Int { max(tileBytes / 32, 4 &* dimension) }

  /// Scores Xᵀ u: `scores[block]` = Σᵢ X[i] · u[i], for `dimension` entries of `u`.
  @inline(__always)
  public func project(onto u: UnsafePointer<Float>, into scores: UnsafeMutablePointer<SIMD8<Float>>) {
    project(onto: u, into: scores) { score, _ in score }
  }

  /// A function of the scores, `scores[block]` = `finish(Σᵢ X[i] · u[i], block)`.
  @inline(__always)
  func project(
    onto u: UnsafePointer<Float>, into scores: UnsafeMutablePointer<SIMD8<Float>>,
    finish: (_ score: SIMD8<Float>, _ block: Int) -> SIMD8<Float>
  ) {
    // The last eight or four are taken once more, if some of them are left: that is quicker than up to seven alone, each of
    // which would wait for itself.
    let blocks = blocks
    var block = 0
    if blocks >= 8 {
      while block < blocks {
        projectMany(u, block: min(block, blocks &- 8), into: scores, isEight: true, finish: finish)
        block &+= 8
      }
    } else if blocks >= 4 {
      projectMany(u, block: 0, into: scores, isEight: false, finish: finish)
      if blocks > 4 { projectMany(u, block: blocks &- 4, into: scores, isEight: false, finish: finish) }
    } else {
      for block in 0..<blocks { scores[block] = finish(projectOne(u, block: block), block) }
    }
  }

  /// Four blocks, or eight.
  @inline(__always)
  private func projectMany(
    _ u: UnsafePointer<Float>, block: Int, into scores: UnsafeMutablePointer<SIMD8<Float>>, isEight: Bool,
    finish: (_ score: SIMD8<Float>, _ block: Int) -> SIMD8<Float>
  ) {
    let n = dimension
    let (x0, y0) = (base + block &* n, base + (block &+ 4) &* n)
    let (x1, x2, x3) = (x0 + n, x0 + 2 &* n, x0 + 3 &* n)
    let (y1, y2, y3) = (y0 + n, y0 + 2 &* n, y0 + 3 &* n)
    var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (t0, t1, t2, t3) = (s0, s1, s2, s3)
    for i in 0..<n {
      let c = SIMD8(repeating: u[i])
      s0 = s0.addingProduct(x0[i], c)
      s1 = s1.addingProduct(x1[i], c)
      s2 = s2.addingProduct(x2[i], c)
      s3 = s3.addingProduct(x3[i], c)
      guard isEight else { continue }
      t0 = t0.addingProduct(y0[i], c)
      t1 = t1.addingProduct(y1[i], c)
      t2 = t2.addingProduct(y2[i], c)
      t3 = t3.addingProduct(y3[i], c)
    }
    scores[block] = finish(s0, block)
    scores[block &+ 1] = finish(s1, block &+ 1)
    scores[block &+ 2] = finish(s2, block &+ 2)
    scores[block &+ 3] = finish(s3, block &+ 3)
    guard isEight else { return }
    scores[block &+ 4] = finish(t0, block &+ 4)
    scores[block &+ 5] = finish(t1, block &+ 5)
    scores[block &+ 6] = finish(t2, block &+ 6)
    scores[block &+ 7] = finish(t3, block &+ 7)
  }

  @inline(__always)
  private func projectOne(_ u: UnsafePointer<Float>, block: Int) -> SIMD8<Float> {
    let x = base + block &* dimension
    var sum = SIMD8<Float>.zero
    for i in 0..<dimension { sum = sum.addingProduct(x[i], SIMD8(repeating: u[i])) }
    return sum
  }

  /// Adds Σₜ w[t] X[i, t] X[j, t] to `sums[i * dimension + j]` for j ≥ i; all weights are 1 if there are none.
  public func addGram(weights: UnsafePointer<SIMD8<Float>>?, to sums: UnsafeMutablePointer<Double>) {
    let n = dimension
    var i = 0
    while i < n {
      let two = i &+ 1 < n
      var j = i
      while j &+ 4 <= n {
        let (first, second) = gramTwoByFour(i, two ? i &+ 1 : i, j, weights)
        for lane in 0..<4 { sums[i &* n &+ j &+ lane] += Double(first[lane]) }
        if two { for lane in 0..<4 { sums[(i &+ 1) &* n &+ j &+ lane] += Double(second[lane]) } }
        j &+= 4
      }
      while j < n {
        sums[i &* n &+ j] += Double(gramOne(i, j, weights))
        if two { sums[(i &+ 1) &* n &+ j] += Double(gramOne(i &+ 1, j, weights)) }
        j &+= 1
      }
      i &+= 2
    }
  }

  /// The sums for components i and k against j … j + 3.
  @inline(__always)
  private func gramTwoByFour(
    _ i: Int, _ k: Int, _ j: Int, _ weights: UnsafePointer<SIMD8<Float>>?
  ) -> (SIMD4<Float>, SIMD4<Float>) {
    var (a0, a1, a2, a3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (b0, b1, b2, b3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var x = base
    for block in 0..<blocks {
      var (a, b) = (x[i], x[k])
      if let weights { (a, b) = (a * weights[block], b * weights[block]) }
      let (c0, c1, c2, c3) = (x[j], x[j &+ 1], x[j &+ 2], x[j &+ 3])
      (a0, b0) = (a0.addingProduct(a, c0), b0.addingProduct(b, c0))
      (a1, b1) = (a1.addingProduct(a, c1), b1.addingProduct(b, c1))
      (a2, b2) = (a2.addingProduct(a, c2), b2.addingProduct(b, c2))
      (a3, b3) = (a3.addingProduct(a, c3), b3.addingProduct(b, c3))
      x += dimension
    }
    return (
      SIMD4(a0.lanesSum, a1.lanesSum, a2.lanesSum, a3.lanesSum),
      SIMD4(b0.lanesSum, b1.lanesSum, b2.lanesSum, b3.lanesSum)
    )
  }

  @inline(__always)
  private func gramOne(_ i: Int, _ j: Int, _ weights: UnsafePointer<SIMD8<Float>>?) -> Float {
    var sum = SIMD8<Float>.zero
    var x = base
    for block in 0..<blocks {
      var a = x[i]
      if let weights { a *= weights[block] }
      sum = sum.addingProduct(a, x[j])
      x += dimension
    }
    return sum.lanesSum
  }

  /// Which lanes of the last block lie past the last token.
  @inline(__always)
  var lastBlockPadding: SIMDMask<SIMD8<Int32>> { Self.lanes(from: count &- (blocks &- 1) &* 8) }

  /// The lanes from `first` on. Floats, because their comparison is one instruction.
  @inline(__always)
  static func lanes(from first: Int) -> SIMDMask<SIMD8<Int32>> {
    SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) .>= SIMD8<Float>(repeating: Float(first))
  }
}
