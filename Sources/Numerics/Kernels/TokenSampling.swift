/// Contexts from random coordinates, in the layout of ``TokenBlocks``.
public enum TokenSampling {
  /// Tokens B c: `tokens[i]` = Σₖ B[i, k] · c[k] for every token.
  ///
  /// - Parameters:
  ///   - basis: B, `dimension` × `rank`, row-major.
  ///   - coordinates: the tokens' coordinates, in blocks of `rank` components.
  ///   - count: number of tokens.
  ///   - tokens: room for the tokens, in blocks of `dimension` components.
  public static func embed(
    basis: [Float], rank: Int, coordinates: UnsafePointer<SIMD8<Float>>, count: Int, dimension: Int,
    into tokens: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    basis.withUnsafeBufferPointer { basis in
      for block in 0..<TokenBlocks.blocks(for: count) {
        let c = coordinates + block &* rank
        let x = tokens + block &* dimension
        for i in 0..<dimension {
          var sum = SIMD8<Float>.zero
          for k in 0..<rank { sum = sum.addingProduct(c[k], SIMD8(repeating: basis[i &* rank &+ k])) }
          x[i] = sum
        }
      }
    }
  }

  /// Multiplies every coordinate by a factor.
  public static func scale(
    _ coordinates: UnsafeMutablePointer<SIMD8<Float>>, rank: Int, count: Int, by factor: Float
  ) {
    for index in 0..<TokenBlocks.blocks(for: count) &* rank { coordinates[index] *= factor }
  }

  /// Scales every token's coordinates to a given norm: normal deviates become uniform on a sphere.
  public static func scaleToSphere(
    _ coordinates: UnsafeMutablePointer<SIMD8<Float>>, rank: Int, count: Int, radius: Float
  ) {
    for block in 0..<TokenBlocks.blocks(for: count) {
      let c = coordinates + block &* rank
      var square = SIMD8<Float>.zero
      for k in 0..<rank { square = square.addingProduct(c[k], c[k]) }
      let factor = SIMD8<Float>(repeating: radius) / square.squareRoot()
      for k in 0..<rank { c[k] *= factor }
    }
  }

  /// Turns normal deviates into tokens of a mixture: token t becomes μ + σ g of its component.
  ///
  /// - Parameters:
  ///   - tokens: normal deviates, in blocks of `dimension` components, replaced by the tokens.
  ///   - labels: the component of each token; `count` of them.
  ///   - centres: one centre after the other, `dimension` entries each.
  ///   - deviations: σ of each component.
  public static func placeInMixture(
    _ tokens: UnsafeMutablePointer<SIMD8<Float>>, dimension: Int, labels: [Int], centres: [Float], deviations: [Float]
  ) {
    for block in 0..<TokenBlocks.blocks(for: labels.count) {
      let x = tokens + block &* dimension
      for lane in 0..<min(8, labels.count &- block &* 8) {
        let label = labels[block &* 8 &+ lane]
        let deviation = deviations[label]
        for i in 0..<dimension {
          x[i][lane] = centres[label &* dimension &+ i].addingProduct(deviation, x[i][lane])
        }
      }
    }
  }

  /// Puts zeros into the lanes past the last token, as ``TokenBlocks`` wants them.
  public static func clearPadding(_ tokens: UnsafeMutablePointer<SIMD8<Float>>, dimension: Int, count: Int) {
    let used = count % 8
    guard used > 0 else { return }
    let padding = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= SIMD8<Int32>(repeating: Int32(used))
    let last = tokens + (count / 8) &* dimension
    for i in 0..<dimension { last[i] = last[i].replacing(with: 0, where: padding) }
  }
}
