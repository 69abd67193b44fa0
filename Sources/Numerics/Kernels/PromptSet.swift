/// Prompts as the kernels read them, in single precision and in the coordinates that the learner sees.
///
/// A set keeps either the contexts themselves or, for linear attention, only their second moments X Xᵀ/L: with those,
/// a training step does not depend on L.
public final class PromptSet {
  /// What is kept of a context.
  public enum ContextForm: Sendable, Hashable {
    /// All tokens.
    case tokens
    /// X Xᵀ/L, n × n.
    case secondMoments
  }

  /// Number of prompts.
  public let count: Int
  /// n.
  public let dimension: Int
  /// L.
  public let contextLength: Int
  /// What is kept of a context.
  public let contextForm: ContextForm
  let rowVectors: Int
  let contextStride: Int
  let contexts: VectorBuffer
  let queries: VectorBuffer
  let targets: VectorBuffer

  /// Room for so many prompts, all zero.
  public init(count: Int, dimension: Int, contextLength: Int, contextForm: ContextForm) {
    self.count = count
    self.dimension = dimension
    self.contextLength = contextLength
    self.contextForm = contextForm
    rowVectors = PaddedMatrix.vectors(for: dimension)
    contextStride =
      switch contextForm {
      case .tokens: TokenBlocks.blocks(for: contextLength) * dimension
      case .secondMoments: dimension * rowVectors
      }
    contexts = VectorBuffer(count: count * contextStride)
    queries = VectorBuffer(count: count * rowVectors)
    targets = VectorBuffer(count: count * rowVectors)
  }

  /// Writes one prompt.
  ///
  /// - Parameters:
  ///   - index: its place in the set.
  ///   - tokens: its context, n × L.
  ///   - query: x̃, n entries.
  ///   - target: what is to be predicted, n entries.
  public func store(_ index: Int, tokens: TokenBlocks, query: [Float], target: [Float]) {
    let context = contexts.base + index &* contextStride
    switch contextForm {
    case .tokens: context.update(from: tokens.base, count: contextStride)
    case .secondMoments: tokens.secondMoment(into: context)
    }
    for i in 0..<dimension {
      queries.floats[index &* rowVectors &* 8 &+ i] = query[i]
      targets.floats[index &* rowVectors &* 8 &+ i] = target[i]
    }
  }

  /// The context of a prompt, where the tokens are kept.
  @inline(__always)
  func tokens(_ index: Int) -> TokenBlocks {
    TokenBlocks(base: contexts.base + index &* contextStride, count: contextLength, dimension: dimension)
  }

  @inline(__always)
  func context(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(contexts.base + index &* contextStride) }

  @inline(__always)
  func query(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(queries.base + index &* rowVectors) }

  @inline(__always)
  func target(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(targets.base + index &* rowVectors) }
}

extension TokenBlocks {
  /// X Xᵀ/L, n rows padded to whole vectors.
  public func secondMoment(into rows: UnsafeMutablePointer<SIMD8<Float>>) {
    let rowVectors = PaddedMatrix.vectors(for: dimension)
    let column = VectorBuffer(count: blocks)
    let floats = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: Float.self)
    let scale = 1 / Float(count)
    for i in 0..<dimension {
      for block in 0..<blocks { column.base[block] = base[block &* dimension &+ i] }
      let row = floats + i &* rowVectors &* 8
      combine(weights: column.base, into: row)
      for j in 0..<dimension { row[j] *= scale }
    }
  }
}
