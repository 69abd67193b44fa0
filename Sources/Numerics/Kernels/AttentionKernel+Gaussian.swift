// Gaussian attention, forward and backward.
extension AttentionKernel {
  /// a = softmax(−½‖W_K X_t − u‖²), m = X a. In coordinates, W_K X = (W_K B) C.
  @inline(__always)
  func poolGaussian(_ slot: Int, _ index: Int, of set: PromptSet) {
    let key = projectedKey(index, of: set)
    let stride = 8 &* (set.hasBases ? set.rankVectors : rowVectors)
    let u = floats(row(slot, of: u))
    pool(slot, index, of: set) { tokens, scores in
      tokens.scoreDistances(key: key, stride: stride, keyCount: dimension, u, into: scores)
    }
  }

  /// With ds as for softmax, whose sum is zero, and the moments r = X ds and Q = X diag(ds) Xᵀ:
  /// du = W_K r and dW_K += u rᵀ − W_K Q.
  @inline(__always)
  func poolGaussianBackward(_ slot: Int, _ index: Int, of set: PromptSet) {
    let rank = set.rank(index)
    for entry in 0..<(rank &* rank) { pool.gram[entry] = 0 }
    poolBackward(slot, index, of: set) { tokens in tokens.addGram(weights: pool.scratch.base, to: pool.gram) }
    let (n, moment) = (dimension, pool.coordinates.base)
    embed(index, of: set, into: moment)
    combineRows(
      keyTransposed.base, inner: n, columns: rowVectors, floats(moment), into: row(slot, of: du))
    embedGram(index, of: set)
    multiplyRows(
      pool.outer.base, inner: n, columns: rowVectors, floats(key.base), stride: 8 &* rowVectors, count: n,
      into: pool.product.base)
    let u = floats(row(slot, of: u))
    for i in 0..<n {
      let scale = SIMD8<Float>(repeating: u[i])
      let (target, product) = (dKey.row(i), pool.product.base + i &* rowVectors)
      for vector in 0..<rowVectors { target[vector] += (moment[vector] * scale) - product[vector] }
    }
  }

  /// W_K B, n padded rows; W_K where tokens are not given in a basis.
  @inline(__always)
  private func projectedKey(_ index: Int, of set: PromptSet) -> UnsafePointer<Float> {
    guard set.hasBases else { return floats(key.base) }
    multiplyRows(
      set.basis(index), inner: dimension, columns: set.rankVectors, floats(key.base), stride: 8 &* rowVectors,
      count: dimension, into: pool.projectedKey.base)
    return floats(pool.projectedKey.base)
  }

  /// Q = B G Bᵀ into `outer`, for the upper triangle of G in `gram`.
  @inline(__always)
  private func embedGram(_ index: Int, of set: PromptSet) {
    let rank = set.rank(index)
    let columns = set.hasBases ? set.rankVectors : rowVectors
    let gram = set.hasBases ? pool.product : pool.outer
    for i in 0..<rank {
      for j in i..<rank {
        let entry = Float(pool.gram[i &* rank &+ j])
        gram.floats[i &* columns &* 8 &+ j] = entry
        gram.floats[j &* columns &* 8 &+ i] = entry
      }
    }
    guard set.hasBases else { return }
    let half = pool.projectedKey
    multiplyRows(
      gram.base, inner: rank, columns: columns, floats(set.basis(index)), stride: 8 &* columns, count: dimension,
      into: half.base)
    multiplyRows(
      set.transposedBasis(index), inner: rank, columns: rowVectors, half.floats, stride: 8 &* columns,
      count: dimension, into: pool.outer.base)
  }
}

extension TokenBlocks {
  /// −½ log₂e Σᵢ (kᵢ·X_t − uᵢ)², with kᵢ row i of `key`; returns their largest magnitude.
  @inline(__always)
  func scoreDistances(
    key: UnsafePointer<Float>, stride: Int, keyCount: Int, _ u: UnsafePointer<Float>,
    into scores: UnsafeMutablePointer<SIMD8<Float>>
  ) -> Float {
    let blocks = blocks
    // No score is positive.
    var least = SIMD8<Float>.zero
    let half = SIMD8<Float>(repeating: -0.5 * binaryLogarithmOfE)
    var block = 0
    while block &+ 4 <= blocks {
      let x0 = base + block &* dimension
      let (x1, x2, x3) = (x0 + dimension, x0 + 2 &* dimension, x0 + 3 &* dimension)
      var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
      for i in 0..<keyCount {
        let row = key + i &* stride
        let start = SIMD8<Float>(repeating: -u[i])
        var (d0, d1, d2, d3) = (start, start, start, start)
        for k in 0..<dimension {
          let c = SIMD8(repeating: row[k])
          d0 = d0.addingProduct(x0[k], c)
          d1 = d1.addingProduct(x1[k], c)
          d2 = d2.addingProduct(x2[k], c)
          d3 = d3.addingProduct(x3[k], c)
        }
        s0 = s0.addingProduct(d0 * half, d0)
        s1 = s1.addingProduct(d1 * half, d1)
        s2 = s2.addingProduct(d2 * half, d2)
        s3 = s3.addingProduct(d3 * half, d3)
      }
      (scores[block], scores[block &+ 1], scores[block &+ 2], scores[block &+ 3]) = (s0, s1, s2, s3)
      for done in block..<(block &+ 4) { least = least.replacing(with: scores[done], where: scores[done] .< least) }
      block &+= 4
    }
    while block < blocks {
      let x = base + block &* dimension
      var sum = SIMD8<Float>.zero
      for i in 0..<keyCount {
        var d = SIMD8<Float>(repeating: -u[i])
        for k in 0..<dimension { d = d.addingProduct(x[k], SIMD8(repeating: key[i &* stride &+ k])) }
        sum = sum.addingProduct(d * half, d)
      }
      scores[block] = sum
      least = least.replacing(with: sum, where: sum .< least)
      block &+= 1
    }
    return VectorMath.magnitude(least).lanesMaximum
  }
}
