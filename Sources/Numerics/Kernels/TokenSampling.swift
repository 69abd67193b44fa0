/// Contexts from random coordinates, in the layout of ``TokenBlocks``.
public enum TokenSampling {
  /// Tokens B c: `tokens[i]` = Σₖ B[i, k] · c[k] for every token.
  ///
  /// - Parameters:
  ///   - basis: B, `dimension` × the coordinates' dimension, row-major.
  ///   - coordinates: the tokens' coordinates.
  ///   - tokens: room for the tokens, in blocks of `dimension` components.
  public static func embed(
    basis: [Float], _ coordinates: TokenBlocks, dimension: Int, into tokens: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let rank = coordinates.dimension
    basis.withUnsafeBufferPointer { basis in
      for block in 0..<coordinates.blocks {
        let c = coordinates.base + block &* rank
        let x = tokens + block &* dimension
        for i in 0..<dimension {
          var sum = SIMD8<Float>.zero
          for k in 0..<rank { sum = sum.addingProduct(c[k], SIMD8(repeating: basis[i &* rank &+ k])) }
          x[i] = sum
        }
      }
    }
  }

  /// Multiplies `count` vectors by a factor.
  public static func scale(_ vectors: UnsafeMutablePointer<SIMD8<Float>>, count: Int, by factor: Float) {
    for index in 0..<count { vectors[index] *= factor }
  }

  /// Scales every token's coordinates to a given norm: normal deviates become uniform on a sphere.
  public static func scaleToSphere(
    _ coordinates: UnsafeMutablePointer<SIMD8<Float>>, rank: Int, blocks: Int, radius: Float
  ) {
    for block in 0..<blocks {
      let c = coordinates + block &* rank
      var square = SIMD8<Float>.zero
      for k in 0..<rank { square = square.addingProduct(c[k], c[k]) }
      let factor = SIMD8<Float>(repeating: radius) / VectorMath.squareRoot(square)
      for k in 0..<rank { c[k] *= factor }
    }
  }

  /// Turns normal deviates into tokens of a mixture: a token becomes μ + σ g of the component that its word picks.
  ///
  /// - Parameters:
  ///   - tokens: normal deviates, in blocks of `dimension` components, replaced by the tokens.
  ///   - words: a random word for each token, one vector for each block.
  ///   - components: the mixture.
  public static func placeInMixture(
    _ tokens: UnsafeMutablePointer<SIMD8<Float>>, words: UnsafePointer<SIMD8<UInt32>>, blocks: Int,
    components: MixtureComponents
  ) {
    let n = components.dimension
    components.centres.withUnsafeBufferPointer { centres in
      for block in 0..<blocks {
        let x = tokens + block &* n
        var rows = SIMD8<Int32>()
        var deviation = SIMD8<Float>()
        for lane in 0..<8 {
          let label = components.label(words[block][lane])
          rows[lane] = Int32(truncatingIfNeeded: label &* n)
          deviation[lane] = components.deviations[label]
        }
        let (a, b, c, d) = (Int(rows[0]), Int(rows[1]), Int(rows[2]), Int(rows[3]))
        let (e, f, g, h) = (Int(rows[4]), Int(rows[5]), Int(rows[6]), Int(rows[7]))
        for i in 0..<n {
          let centre = SIMD8<Float>(
            centres[a &+ i], centres[b &+ i], centres[c &+ i], centres[d &+ i], centres[e &+ i], centres[f &+ i],
            centres[g &+ i], centres[h &+ i])
          x[i] = centre.addingProduct(deviation, x[i])
        }
      }
    }
  }

  /// Puts zeros into the lanes past the last token, as ``TokenBlocks`` wants them.
  ///
  /// - Parameter count: tokens from `tokens` on, of which the last may share its block with lanes that are cleared.
  public static func clearPadding(_ tokens: UnsafeMutablePointer<SIMD8<Float>>, dimension: Int, count: Int) {
    let used = count % 8
    guard used > 0 else { return }
    let padding = TokenBlocks.lanes(from: used)
    let last = tokens + (count / 8) &* dimension
    for i in 0..<dimension { last[i] = last[i].replacing(with: 0, where: padding) }
  }

  /// Writes tokens as columns of a row-major matrix of doubles, from column `first` on.
  public static func copy(_ tokens: TokenBlocks, into matrix: inout Matrix, firstColumn first: Int) {
    let columns = matrix.columns
    matrix.values.withUnsafeMutableBufferPointer { values in
      for i in 0..<tokens.dimension {
        for t in 0..<tokens.count {
          values[i &* columns &+ first &+ t] = Double(tokens.base[(t &>> 3) &* tokens.dimension &+ i][t & 7])
        }
      }
    }
  }
}

/// The components of one prompt's mixture, as the sampler reads them.
public struct MixtureComponents: Sendable {
  let dimension: Int
  /// One centre after the other.
  let centres: [Float]
  let deviations: [Float]
  /// 2³² times the cumulative probabilities, padded with 2³² to a power of two.
  private let thresholds: [UInt64]

  /// Components from their centres (n × p), deviations σ_a and cumulative probabilities, of which the last is 1.
  public init(centres: Matrix, deviations: [Double], cumulative: [Double]) {
    dimension = centres.rows
    self.centres = centres.transposed.values.map(Float.init)
    self.deviations = deviations.map(Float.init)
    var size = 1
    while size < cumulative.count { size *= 2 }
    thresholds = (0..<size).map { $0 < cumulative.count ? UInt64(cumulative[$0] * 0x1p32) : 1 << 32 }
  }

  /// The component that a random word picks: how many thresholds it reaches.
  @inline(__always)
  func label(_ word: UInt32) -> Int {
    var label = 0
    var half = thresholds.count / 2
    while half > 0 {
      if UInt64(word) >= thresholds[label &+ half &- 1] { label &+= half }
      half /= 2
    }
    return label
  }
}
