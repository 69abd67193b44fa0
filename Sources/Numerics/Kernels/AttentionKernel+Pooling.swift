// How a context and u = W x̃ give m, and how dm gives du: forward and backward of each form side by side.
//
// Softmax reads a context tile by tile, once forward and once backward: a tile's exponentials are taken with the
// largest score so far subtracted, and what was summed before is scaled down when a larger score turns up.
import CPrefetch

extension AttentionKernel {
  /// m = S u with S = X Xᵀ/L, n × n and symmetric.
  @inline(__always)
  func poolLinear(_ slot: Int, _ secondMoment: UnsafePointer<SIMD8<Float>>) {
    combineRows(
      secondMoment, inner: dimension, columns: rowVectors, floats(row(slot, of: u)), into: row(slot, of: m))
  }

  /// du = S dm.
  @inline(__always)
  func poolLinearBackward(_ slot: Int, _ secondMoment: UnsafePointer<SIMD8<Float>>) {
    combineRows(
      secondMoment, inner: dimension, columns: rowVectors, floats(row(slot, of: dm)), into: row(slot, of: du))
  }

  /// a = softmax(Xᵀ u), m = X a. In coordinates: a = softmax(Cᵀ Bᵀ u), m = B C a.
  @inline(__always)
  func poolSoftmax(_ slot: Int, _ index: Int, of set: PromptSet) {
    let v = project(row(slot, of: u), index, of: set)
    pool(slot, index, of: set) { tokens, scores in tokens.project(onto: v, into: scores) }
  }

  /// du = X ds with ds = a ∘ (Xᵀ dm − m·dm).
  @inline(__always)
  func poolSoftmaxBackward(_ slot: Int, _ index: Int, of set: PromptSet) {
    poolBackward(slot, index, of: set) { _ in }
    embed(index, of: set, into: row(slot, of: du))
  }

  /// The mean of the tokens, weighted by the exponentials of their scores.
  @inline(__always)
  func pool(
    _ slot: Int, _ index: Int, of set: PromptSet,
    scores score: (TokenBlocks, UnsafeMutablePointer<SIMD8<Float>>) -> Void
  ) {
    let rank = set.rank(index)
    let tileBlocks = TokenBlocks.tileBlocks(dimension: rank)
    let sums = pool.sums.base
    for k in 0..<rank { sums[k] = .zero }
    var maximum = -Float.infinity
    var total = SIMD8<Float>.zero
    var first = 0
    var tile = 0
    let next = fetchedNext(slot, index, of: set)
    let blockBytes = rank &* MemoryLayout<SIMD8<Float>>.stride
    while first < pool.blocks {
      let tokens = set.tile(tile, of: index)
      let weights = pool.weights.base + (slot &* pool.blocks &+ first)
      score(tokens, weights)
      let largest = tokens.largestScore(weights)
      let previous = maximum
      maximum = largest > maximum || largest.isNaN ? largest : maximum
      pool.references.floats[slot &* pool.tilesMax &+ tile] = maximum
      let decay = VectorMath.exponentialBelowOne(SIMD8(repeating: previous - maximum))
      let tileTotal = tokens.exponentiate(
        weights, minus: maximum, fetching: next + (first &* blockBytes), blockBytes: blockBytes)
      total = tileTotal.addingProduct(total, decay)
      tokens.combine(weights: weights, into: pool.tileSums.base)
      for k in 0..<rank { sums[k] = pool.tileSums.base[k].addingProduct(sums[k], decay) }
      first &+= tileBlocks
      tile &+= 1
    }
    let scale = 1 / total.lanesSum
    pool.normalizers.floats[2 &* slot] = maximum
    pool.normalizers.floats[2 &* slot &+ 1] = scale
    for k in 0..<rank { pool.pooled.floats[k] = sums[k].lanesSum * scale }
    embed(index, of: set, into: row(slot, of: m))
  }

  /// What is brought from memory while a prompt is computed: the next prompt, which the processor cannot foresee, since
  /// the order of a batch is random; in a long context, the tiles that follow.
  @inline(__always)
  private func fetchedNext(_ slot: Int, _ index: Int, of set: PromptSet) -> UnsafeRawPointer {
    let isLong = set.contextStride &* MemoryLayout<SIMD8<Float>>.stride > fetchedContextBytesMax
    return isLong
      ? UnsafeRawPointer(set.context(index)) + fetchDistanceBytes : UnsafeRawPointer(set.context(group[slot &+ 1]))
  }

  /// X ds, into `pooled`; `visit` sees each tile when its ds are in `scratch`. Lanes past the last token have ds = 0.
  @inline(__always)
  func poolBackward(_ slot: Int, _ index: Int, of set: PromptSet, visit: (TokenBlocks) -> Void) {
    let dv = project(row(slot, of: dm), index, of: set)
    let rank = set.rank(index)
    let tileBlocks = TokenBlocks.tileBlocks(dimension: rank)
    let (sums, scratch) = (pool.sums.base, pool.scratch.base)
    for k in 0..<rank { sums[k] = .zero }
    let mean = SIMD8<Float>(repeating: dotOfMeanAndGradient(slot))
    let maximum = pool.normalizers.floats[2 &* slot]
    let scale = SIMD8<Float>(repeating: pool.normalizers.floats[2 &* slot &+ 1])
    var first = 0
    var tile = 0
    while first < pool.blocks {
      let tokens = set.tile(tile, of: index)
      let weights = pool.weights.base + (slot &* pool.blocks &+ first)
      let reference = pool.references.floats[slot &* pool.tilesMax &+ tile]
      let factor = VectorMath.exponentialBelowOne(SIMD8(repeating: reference - maximum)) * scale
      tokens.project(onto: dv, into: scratch)
      for block in 0..<tokens.blocks { scratch[block] = (weights[block] * factor) * (scratch[block] - mean) }
      tokens.combine(weights: scratch, into: pool.tileSums.base)
      for k in 0..<rank { sums[k] += pool.tileSums.base[k] }
      visit(tokens)
      first &+= tileBlocks
      tile &+= 1
    }
    for k in 0..<rank { pool.pooled.floats[k] = sums[k].lanesSum }
  }

  /// m·dm.
  @inline(__always)
  private func dotOfMeanAndGradient(_ slot: Int) -> Float {
    let (m, dm) = (row(slot, of: m), row(slot, of: dm))
    var product = SIMD8<Float>.zero
    for vector in 0..<rowVectors { product = product.addingProduct(m[vector], dm[vector]) }
    return product.lanesSum
  }

  /// Bᵀ x, or x itself where tokens are not given in a basis.
  @inline(__always)
  func project(_ x: UnsafeMutablePointer<SIMD8<Float>>, _ index: Int, of set: PromptSet) -> UnsafePointer<Float> {
    guard set.hasBases else { return floats(x) }
    combineRows(
      set.basis(index), inner: dimension, columns: set.rankVectors, floats(x), into: pool.coordinates.base)
    return floats(pool.coordinates.base)
  }

  /// B c for the coordinates c in `pooled`, or c itself where tokens are not given in a basis.
  @inline(__always)
  func embed(_ index: Int, of set: PromptSet, into y: UnsafeMutablePointer<SIMD8<Float>>) {
    guard set.hasBases else {
      y.update(from: pool.pooled.base, count: rowVectors)
      return
    }
    combineRows(
      set.transposedBasis(index), inner: set.rank(index), columns: rowVectors, pool.pooled.floats, into: y)
  }

  @inline(__always)
  func floats(_ vectors: UnsafeMutablePointer<SIMD8<Float>>) -> UnsafePointer<Float> {
    UnsafePointer(UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Float.self))
  }
}

private let cacheLineBytes = 64
/// Longer contexts are fetched tile by tile: two of them would not fit in the second-level cache.
private let fetchedContextBytesMax = 128 << 10
/// Two tiles.
private let fetchDistanceBytes = 40 << 10

extension TokenBlocks {
  /// The largest score of a stretch; lanes past the last token get −∞.
  @inline(__always)
  func largestScore(_ scores: UnsafeMutablePointer<SIMD8<Float>>) -> Float {
    let blocks = blocks
    if count & 7 != 0 { scores[blocks &- 1] = scores[blocks &- 1].replacing(with: -.infinity, where: lastBlockPadding) }
    var maxima = scores[0]
    for block in 1..<max(blocks, 1) {
      let s = scores[block]
      maxima = maxima.replacing(with: s, where: s .> maxima)
    }
    return maxima.lanesMaximum
  }

  /// Replaces scores by exp(score − maximum) and returns their sum, lanes not yet added. With every block, which is
  /// all arithmetic, as many bytes are fetched from memory as its tokens take.
  @inline(__always)
  func exponentiate(
    _ scores: UnsafeMutablePointer<SIMD8<Float>>, minus maximum: Float, fetching ahead: UnsafeRawPointer,
    blockBytes: Int
  ) -> SIMD8<Float> {
    let shift = SIMD8<Float>(repeating: maximum)
    var sum = SIMD8<Float>.zero
    for block in 0..<blocks {
      var line = 0
      while line < blockBytes {
        icd_prefetch(ahead + (block &* blockBytes &+ line))
        line &+= cacheLineBytes
      }
      let weight = VectorMath.exponentialBelowOne(scores[block] - shift)
      scores[block] = weight
      sum += weight
    }
    return sum
  }
}
