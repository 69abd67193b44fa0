/// A context in the layout that the kernels read: blocks of eight tokens, within a block component by component.
///
/// Entry `block * dimension + component` holds that component of tokens 8·block … 8·block + 7, one to a lane. Lanes
/// past the last token hold zeros.
public struct TokenBlocks {
  /// The first vector; `blocks * dimension` of them.
  public let base: UnsafePointer<SIMD8<Float>>
  /// Number of tokens L.
  public let count: Int
  /// Number of components n of a token.
  public let dimension: Int

  /// A view of a context that somebody else owns.
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

  /// Scores Xᵀ u: `scores[block]` = Σᵢ X[i] · u[i], for `dimension` entries of `u`.
  @inline(__always)
  public func project(onto u: UnsafePointer<Float>, into scores: UnsafeMutablePointer<SIMD8<Float>>) {
    let n = dimension
    for block in 0..<blocks {
      let tokens = base + block &* n
      var even = SIMD8<Float>.zero
      var odd = SIMD8<Float>.zero
      var i = 0
      while i &+ 1 < n {
        even = even.addingProduct(tokens[i], SIMD8(repeating: u[i]))
        odd = odd.addingProduct(tokens[i &+ 1], SIMD8(repeating: u[i &+ 1]))
        i &+= 2
      }
      if i < n { even = even.addingProduct(tokens[i], SIMD8(repeating: u[i])) }
      scores[block] = even + odd
    }
  }

  /// The weighted sum X w of the tokens: `sum[i]` = Σₜ X[i, t] w[t], `dimension` entries.
  @inline(__always)
  public func combine(weights: UnsafePointer<SIMD8<Float>>, into sum: UnsafeMutablePointer<Float>) {
    let n = dimension
    var i = 0
    while i &+ 8 <= n {
      var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
      var (s4, s5, s6, s7) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
      for block in 0..<blocks {
        let tokens = base + (block &* n &+ i)
        let w = weights[block]
        s0 = s0.addingProduct(tokens[0], w)
        s1 = s1.addingProduct(tokens[1], w)
        s2 = s2.addingProduct(tokens[2], w)
        s3 = s3.addingProduct(tokens[3], w)
        s4 = s4.addingProduct(tokens[4], w)
        s5 = s5.addingProduct(tokens[5], w)
        s6 = s6.addingProduct(tokens[6], w)
        s7 = s7.addingProduct(tokens[7], w)
      }
      sum[i] = s0.lanesSum
      sum[i &+ 1] = s1.lanesSum
      sum[i &+ 2] = s2.lanesSum
      sum[i &+ 3] = s3.lanesSum
      sum[i &+ 4] = s4.lanesSum
      sum[i &+ 5] = s5.lanesSum
      sum[i &+ 6] = s6.lanesSum
      sum[i &+ 7] = s7.lanesSum
      i &+= 8
    }
    while i < n {
      var s = SIMD8<Float>.zero
      for block in 0..<blocks { s = s.addingProduct(base[block &* n &+ i], weights[block]) }
      sum[i] = s.lanesSum
      i &+= 1
    }
  }

  /// Replaces scores by softmax weights: exp(s − max) / Σ exp(s − max) over the `count` tokens, zero in lanes past them.
  @inline(__always)
  public func softmax(_ scores: UnsafeMutablePointer<SIMD8<Float>>) {
    let blocks = blocks
    guard blocks > 0 else { return }
    let padding = lastBlockPadding
    scores[blocks &- 1] = scores[blocks &- 1].replacing(with: -.infinity, where: padding)
    var maxima = scores[0]
    for block in 1..<max(blocks, 1) {
      let s = scores[block]
      maxima = maxima.replacing(with: s, where: s .> maxima)
    }
    let maximum = SIMD8<Float>(repeating: maxima.lanesMaximum)
    var sums = SIMD8<Float>.zero
    for block in 0..<blocks {
      let weight = VectorMath.exponential(scores[block] - maximum)
      scores[block] = weight
      sums += weight
    }
    let scale = SIMD8<Float>(repeating: 1 / sums.lanesSum)
    for block in 0..<blocks { scores[block] *= scale }
  }

  /// Which lanes of the last block lie past the last token.
  private var lastBlockPadding: SIMDMask<SIMD8<Int32>> {
    let used = Int32(truncatingIfNeeded: count &- (blocks &- 1) &* 8)
    return SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= SIMD8<Int32>(repeating: used)
  }
}

extension SIMD8 where Scalar == Float {
  /// The sum of the lanes, halves first: the one order used everywhere.
  @inline(__always)
  var lanesSum: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The largest lane.
  @inline(__always)
  var lanesMaximum: Float {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two.y > two.x ? two.y : two.x
  }
}
