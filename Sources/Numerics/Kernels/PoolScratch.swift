/// What pooling a context needs besides its group's activations: memory that is allocated once.
final class PoolScratch {
  /// 2^(score − reference) of each token.
  let weights: VectorBuffer
  /// For each tile, what was subtracted from its scores.
  let references: VectorBuffer
  /// Number of tiles of the context that was pooled last.
  var tiles = 0
  /// The last tile's reference, and one over the sum of all weights, in its unit.
  var (reference, normalizer): (Float, Float) = (0, 0)
  /// A tile's scores, or their gradients.
  let scratch: VectorBuffer
  /// A vector in a prompt's coordinates (u or dm), and one on its way back.
  let coordinates: VectorBuffer
  let pooled: VectorBuffer
  /// Sums over a context, lanes not yet added, one for each component; room for a multiple of eight of them.
  let sums: VectorBuffer
  /// W_K in a prompt's coordinates, n padded rows; X diag(ds) Xᵀ; and W_K times it.
  let projectedKey: VectorBuffer
  let outer: VectorBuffer
  let product: VectorBuffer
  let gram: UnsafeMutablePointer<Double>
  let blocks: Int

  init(pooling: AttentionKernel.Pooling, dimension: Int, contextLength: Int) {
    let rowVectors = PaddedMatrix.vectors(for: dimension)
    let keyVectors = pooling == .gaussian ? dimension * rowVectors : 0
    blocks = TokenBlocks.blocks(for: contextLength)
    // A tile has at least four blocks, but for the last.
    let tilesMax = blocks / 4 + 1
    weights = VectorBuffer(count: blocks)
    references = VectorBuffer(count: (tilesMax + 7) / 8)
    scratch = VectorBuffer(count: min(blocks, TokenBlocks.tileBlocks(dimension: 1)))
    coordinates = VectorBuffer(count: rowVectors)
    pooled = VectorBuffer(count: rowVectors)
    sums = VectorBuffer(count: 8 * rowVectors)
    projectedKey = VectorBuffer(count: keyVectors)
    outer = VectorBuffer(count: keyVectors)
    product = VectorBuffer(count: keyVectors)
    gram = .allocate(capacity: max(1, keyVectors * 8))
  }

  deinit { gram.deallocate() }
}
