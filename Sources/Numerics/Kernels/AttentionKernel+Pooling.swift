// How a context and u = W x̃ give m, and how dm gives du: forward and backward of each form side by side.
//
// Softmax reads a context tile by tile, once forward and once backward. Scores are taken to the base 2, and a tile's
// weights are powers of two of its scores less a reference. The reference is 0 unless scores lie so far from it that
// floats could over- or underflow, so that no weight waits for the largest score of its tile. That none does is known from
// their largest magnitude. Where one might, the largest score decides; if it lies far off it becomes the reference, and
// what was summed before is scaled down.

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
    let v = scoreVector(slot, index, of: set)
    pool(slot, index, of: set) { tokens, scores in tokens.score(against: v, into: scores) }
  }

  /// du = X ds with ds = a ∘ (Xᵀ dm − m·dm).
  @inline(__always)
  func poolSoftmaxBackward(_ slot: Int, _ index: Int, of set: PromptSet) {
    poolBackward(slot, index, of: set) { _ in }
    embed(index, of: set, into: row(slot, of: du))
  }

  /// The mean of the tokens, weighted by the exponentials of their scores. `score` takes the scores of a tile and returns
  /// a bound of their magnitudes; a NaN need not be in it, and stays one. Lanes past the last token get no weight, whatever
  /// their scores are.
  @inline(__always)
  func pool(
    _ slot: Int, _ index: Int, of set: PromptSet,
    scores score: (TokenBlocks, UnsafeMutablePointer<SIMD8<Float>>) -> Float
  ) {
    let rank = set.rank(index)
    let tileBlocks = set.reading(index).pointee.tileBlocks
    let (sums, scores) = (pool.sums.base, pool.scratch.base)
    var reference: Float = 0
    var total = SIMD8<Float>.zero
    var first = 0
    var tile = 0
    var fetch = fetch(slot, index, of: set, isForward: true)
    while first < set.blocks {
      let tokens = set.tile(from: first, blocks: tileBlocks, of: index)
      let weights = pool.weights.base + first
      let magnitude = score(tokens, scores)
      fetch.beginTile(tile)
      let (tileTotal, decay) = tokens.weigh(
        scores, magnitude: magnitude, into: weights, reference: &reference, isFirst: tile == 0, fetching: &fetch)
      pool.references.floats[tile] = reference
      total = tileTotal.addingProduct(total, decay)
      tokens.combine(weights: weights, into: sums, keeping: tile == 0 ? nil : decay, fetching: &fetch)
      first &+= tileBlocks
      tile &+= 1
    }
    let scale = 1 / total.lanesSum
    (pool.tiles, pool.reference, pool.normalizer) = (tile, reference, scale)
    let scales = SIMD8<Float>(repeating: scale)
    for vector in 0..<PaddedMatrix.vectors(for: rank) {
      pool.pooled.base[vector] = SIMD8.lanesSums(sums + 8 &* vector) * scales
    }
    embed(index, of: set, into: row(slot, of: m))
  }

  /// log₂e · Bᵀ u, so that scores are taken to the base 2.
  @inline(__always)
  private func scoreVector(_ slot: Int, _ index: Int, of set: PromptSet) -> UnsafePointer<Float> {
    let u = project(row(slot, of: u), index, of: set)
    let (v, vectors) = (pool.coordinates.base, set.hasBases ? set.rankVectors : rowVectors)
    let source = UnsafeRawPointer(u).assumingMemoryBound(to: SIMD8<Float>.self)
    for vector in 0..<vectors { v[vector] = source[vector] * binaryLogarithmOfE }
    return floats(v)
  }

  /// What a pass asks for meanwhile.
  @inline(__always)
  private func fetch(_ slot: Int, _ index: Int, of set: PromptSet, isForward: Bool) -> ContextFetch {
    let (context, next) = (UnsafeRawPointer(set.context(index)), UnsafeRawPointer(set.context(group[slot &+ 1])))
    let reading = set.reading(index)
    guard set.source == nil, reading.pointee.tileBytes > 0 else { return .none(context) }
    guard isTraining else { return .evaluation(context, next: next, reading.pointee) }
    return isForward
      ? .forward(context, next: next, reading.pointee) : .backward(context, next: next, reading.pointee)
  }

  /// X ds, into `pooled`; `visit` sees each tile when its ds are in `scratch`. Lanes past the last token have ds = 0. Tiles
  /// are taken from last to first, because the last ones are still in the cache.
  @inline(__always)
  func poolBackward(_ slot: Int, _ index: Int, of set: PromptSet, visit: (TokenBlocks) -> Void) {
    let dv = project(row(slot, of: dm), index, of: set)
    let rank = set.rank(index)
    let tileBlocks = set.reading(index).pointee.tileBlocks
    let (sums, scratch) = (pool.sums.base, pool.scratch.base)
    let mean = SIMD8<Float>(repeating: dotOfMeanAndGradient(slot))
    let maximum = pool.reference
    let scale = SIMD8<Float>(repeating: pool.normalizer)
    var fetch = fetch(slot, index, of: set, isForward: false)
    var tile = pool.tiles &- 1
    while tile >= 0 {
      let first = tile &* tileBlocks
      let tokens = set.tile(from: first, blocks: tileBlocks, of: index)
      let weights = pool.weights.base + first
      let reference = pool.references.floats[tile]
      // 2⁰ but where the reference was changed after this tile.
      let factor =
        reference == maximum ? scale : VectorMath.powerOfTwo(SIMD8(repeating: reference - maximum)) * scale
      tokens.project(onto: dv, into: scratch) { score, block in (weights[block] * factor) * (score - mean) }
      fetch.beginTile(tile)
      tokens.combine(
        weights: scratch, into: sums, keeping: tile &+ 1 == pool.tiles ? nil : SIMD8(repeating: 1), fetching: &fetch)
      visit(tokens)
      tile &-= 1
    }
    for vector in 0..<PaddedMatrix.vectors(for: rank) {
      pool.pooled.base[vector] = SIMD8.lanesSums(sums + 8 &* vector)
    }
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
    combineRowsInFour(
      set.basis(index), inner: dimension, columns: set.rankVectors, floats(x), into: pool.coordinates.base)
    return floats(pool.coordinates.base)
  }

  /// B c for the coordinates c in `pooled`, or c itself where tokens are not given in a basis.
  @inline(__always)
  func embed(_ index: Int, of set: PromptSet, into y: UnsafeMutablePointer<SIMD8<Float>>) {
    guard set.hasBases else {
      for vector in 0..<rowVectors { y[vector] = pool.pooled.base[vector] }
      return
    }
    combineRowsInFour(
      set.transposedBasis(index), inner: set.rank(index), columns: rowVectors, pool.pooled.floats, into: y)
  }

  @inline(__always)
  func floats(_ vectors: UnsafeMutablePointer<SIMD8<Float>>) -> UnsafePointer<Float> {
    UnsafePointer(UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Float.self))
  }
}

/// log₂e: what natural scores are multiplied by.
let binaryLogarithmOfE: Float = 1.442_695_04

/// How far, in powers of two, the largest score may lie from the reference. Weights then stay below 2⁶⁴, and a sum of 10⁶
/// of them is a float; a weight that underflows is less than 2⁻⁶² of the largest.
private let scoreWindow: Float = 64

extension TokenBlocks {
  /// Scores Xᵀ u, as `project` takes them; returns their largest magnitude.
  @inline(__always)
  func score(against u: UnsafePointer<Float>, into scores: UnsafeMutablePointer<SIMD8<Float>>) -> Float {
    // Here and not with the exponentials, since this loop waits for loads and that one for arithmetic.
    var magnitudes = SIMD8<Float>.zero
    project(onto: u, into: scores) { score, _ in
      let magnitude = VectorMath.magnitude(score)
      magnitudes = magnitudes.replacing(with: magnitude, where: magnitude .> magnitudes)
      return score
    }
    return magnitudes.lanesMaximum
  }

  /// Weights 2^(score − reference). Where the largest score lies too far from the reference, it becomes the reference.
  ///
  /// - Parameter magnitude: a bound of the scores' magnitudes. Within the window there is nothing to decide, and no power
  ///   needs a lower limit.
  /// - Returns: the sum of the weights, lanes not yet added, and what sums in the unit of the old reference are to be
  ///   multiplied by.
  @inline(__always)
  func weigh(
    _ scores: UnsafeMutablePointer<SIMD8<Float>>, magnitude: Float, into weights: UnsafeMutablePointer<SIMD8<Float>>,
    reference: inout Float, isFirst: Bool, fetching fetch: inout ContextFetch
  ) -> (sum: SIMD8<Float>, decay: SIMD8<Float>) {
    let unit = SIMD8<Float>(repeating: 1)
    if reference == 0, magnitude <= scoreWindow {
      let sum = exponentiate(scores, into: weights, fetching: &fetch) { VectorMath.powerOfTwo(inRange: $0) }
      return (sum, unit)
    }
    if reference != 0 { lower(scores, by: reference) }
    let largest = largest(of: scores)
    let isFar = !(largest <= scoreWindow) || (isFirst && largest < -scoreWindow)
    if isFar {
      reference += largest
      lower(scores, by: largest)
    }
    let sum = exponentiate(scores, into: weights, fetching: &fetch) { VectorMath.powerOfTwo($0) }
    return (sum, isFar ? VectorMath.powerOfTwo(SIMD8(repeating: min(-largest, 0))) : unit)
  }

  /// Subtracts a number from all scores.
  @inline(__always)
  private func lower(_ scores: UnsafeMutablePointer<SIMD8<Float>>, by amount: Float) {
    for block in 0..<blocks { scores[block] -= amount }
  }

  /// The largest score of a token.
  @inline(__always)
  private func largest(of scores: UnsafePointer<SIMD8<Float>>) -> Float {
    var maxima = SIMD8<Float>(repeating: -.infinity)
    for block in 0..<(blocks &- 1) { maxima = maxima.replacing(with: scores[block], where: scores[block] .> maxima) }
    var score = scores[blocks &- 1]
    if count & 7 != 0 { score.replace(with: -.infinity, where: lastBlockPadding) }
    return maxima.replacing(with: score, where: score .> maxima).lanesMaximum
  }

  /// Weights 2^score, zero for lanes past the last token; returns their sum, lanes not yet added.
  @inline(__always)
  private func exponentiate(
    _ scores: UnsafePointer<SIMD8<Float>>, into weights: UnsafeMutablePointer<SIMD8<Float>>,
    fetching fetch: inout ContextFetch, _ power: (SIMD8<Float>) -> SIMD8<Float>
  ) -> SIMD8<Float> {
    let blockBytes = dimension &* MemoryLayout<SIMD8<Float>>.stride
    var sum = SIMD8<Float>.zero
    let last = blocks &- 1
    // A copy, since what is `inout` stays in memory.
    var local = fetch
    for block in 0..<last {
      local.fetchWithExponentials(of: blockBytes)
      let weight = power(scores[block])
      weights[block] = weight
      sum += weight
    }
    local.fetchWithExponentials(of: blockBytes)
    fetch = local
    var weight = power(scores[last])
    if count & 7 != 0 { weight.replace(with: 0, where: lastBlockPadding) }
    weights[last] = weight
    return sum + weight
  }
}
