public import Numerics

/// Prompts and a layer for timing kernels alone. Tokens are standard normal deviates scaled by 1/√n: kernels take the
/// same time on any finite tokens.
public final class KernelFixture {
  /// The prompts.
  public let prompts: PromptSet
  private let kernel: AttentionKernel
  private let indices: [Int]

  /// A fixture for `count` prompts with contexts of `contextLength` tokens of dimension `n`.
  public init(pooling: AttentionKernel.Pooling, n: Int, contextLength: Int, count: Int) {
    prompts = PromptSet(
      count: count, dimension: n, contextLength: contextLength,
      contextForm: pooling == .linear ? .secondMoments : .tokens)
    kernel = AttentionKernel(pooling: pooling, dimension: n, contextLength: contextLength, hasResidual: false)
    indices = Array(0..<count)
    fillPrompts()
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

  private func fillPrompts() {
    let n = prompts.dimension
    let buffer = VectorBuffer(count: TokenBlocks.blocks(for: prompts.contextLength) * n)
    for index in 0..<prompts.count {
      let stream = RandomStream(key: 1, domain: 2, substream: UInt64(index))
      stream.fillNormals(UnsafeMutableBufferPointer(start: buffer.base, count: buffer.count))
      let scale = 1 / Float(n).squareRoot()
      TokenSampling.scale(buffer.base, rank: n, count: prompts.contextLength, by: scale)
      TokenSampling.clearPadding(buffer.base, dimension: n, count: prompts.contextLength)
      let query = RandomStream(key: 1, domain: 4, substream: UInt64(index)).normals(count: n).map { $0 * scale }
      prompts.store(
        index, tokens: TokenBlocks(base: buffer.base, count: prompts.contextLength, dimension: n), query: query,
        target: query.map { $0 * 0.9 })
    }
  }
}
