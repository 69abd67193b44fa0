public import Numerics

/// Prompts and a layer for timing kernels alone. Tokens are standard normal deviates scaled by 1/√n: kernels take the
/// same time on any finite tokens.
public final class KernelFixture {
  /// The prompts.
  public let prompts: PromptSet
  private let kernel: AttentionKernel
  private let indices: [Int]

  /// A fixture for `count` prompts with contexts of `contextLength` tokens of dimension `n`, given by `rank` coordinates
  /// in a basis of their own where that is less than `n`.
  public init(pooling: AttentionKernel.Pooling, n: Int, rank: Int, contextLength: Int, count: Int) {
    prompts = PromptSet(
      count: count, dimension: n, contextLength: contextLength,
      contextForm: pooling == .linear ? .secondMoments : .tokens, rankMax: rank < n ? rank : nil)
    kernel = AttentionKernel(pooling: pooling, dimension: n, contextLength: contextLength, hasResidual: false)
    indices = Array(0..<count)
    for index in indices { fill(index, rank: rank) }
    let weights = RandomStream(key: 7, domain: 0, substream: 0).normals(count: n * n).map { $0 / Float(n) }
    kernel.setWeights(value: weights, query: weights, key: pooling == .gaussian ? weights : nil)
  }

  /// Forward and backward of every prompt, in their order.
  public func trainingPass() -> Double {
    kernel.clearGradients()
    return kernel.accumulateGradient(over: indices[...], of: prompts, scale: 1e-3)
  }

  /// Forward alone of every prompt, in their order.
  public func evaluationPass() -> Double { kernel.squaredError(over: 0..<prompts.count, of: prompts) }

  private func fill(_ index: Int, rank: Int) {
    let n = prompts.dimension
    let scale = 1 / Float(n).squareRoot()
    func scaled(_ domain: UInt32, _ count: Int) -> [Float] {
      RandomStream(key: 1, domain: domain, substream: UInt64(index)).normals(count: count).map { $0 * scale }
    }
    let query = scaled(4, n)
    prompts.setQuery(index, query: query, target: query.map { $0 * 0.9 })
    if prompts.contextForm == .secondMoments {
      let moment = Matrix(rows: n, columns: n, values: scaled(2, n * n).map(Double.init)).secondMoment
      prompts.setSecondMoment(index, moment.values, rank: n, basis: nil)
      return
    }
    if rank < n { prompts.setBasis(index, scaled(1, n * rank), rank: rank) }
    let tokens = prompts.tokens(index)
    let vectors = prompts.blocks * rank
    RandomStream(key: 1, domain: 2, substream: UInt64(index)).fillNormals(
      UnsafeMutableBufferPointer(start: tokens, count: vectors))
    TokenSampling.scale(tokens, count: vectors, by: scale)
    TokenSampling.clearPadding(tokens, dimension: rank, count: prompts.contextLength)
  }
}
