/// Where contexts come from that are not kept, because they are too large.
public protocol ContextSource: AnyObject {
  /// Writes a stretch of a prompt's context, always the same for the same arguments.
  ///
  /// - Parameters:
  ///   - index: the prompt's place in its set.
  ///   - blocks: which blocks of eight tokens; the first is a multiple of four.
  ///   - tokens: room for them in the layout of ``TokenBlocks``.
  func fill(_ index: Int, blocks: Range<Int>, into tokens: UnsafeMutablePointer<SIMD8<Float>>)
}

/// Prompts as the kernels read them, in single precision and in the coordinates that the learner sees.
///
/// Of a context, a set keeps the tokens X (n × L), or their coordinates C in a basis (X = B C, r × L), or nothing but a
/// source that writes either anew whenever it is read. For linear attention it keeps the second moments X Xᵀ/L alone:
/// with those, a training step does not depend on L.
public final class PromptSet {
  /// What the kernels read of a context.
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
  /// What the kernels read of a context.
  public let contextForm: ContextForm
  /// The most coordinates of a token, where contexts are given in bases.
  public let rankMax: Int?
  /// Where contexts come from, if they are not kept.
  public let source: (any ContextSource)?
  let rowVectors: Int
  let rankVectors: Int
  let contextStride: Int
  let contexts: VectorBuffer
  let queries: VectorBuffer
  let targets: VectorBuffer
  private let ranks: UnsafeMutablePointer<Int>
  /// For each rank, how contexts are read.
  private let readings: UnsafeMutablePointer<ContextReading>
  /// B of each prompt, n padded rows, and its transpose.
  private let bases: VectorBuffer
  private let transposedBases: VectorBuffer
  /// The tile that was read last from the source.
  private let tileBuffer: VectorBuffer

  /// Room for so many prompts. Each of them must be written before it is read.
  ///
  /// - Parameters:
  ///   - count: number of prompts.
  ///   - dimension: n.
  ///   - contextLength: L.
  ///   - contextForm: what the kernels read of a context.
  ///   - rankMax: the largest r, if contexts are given as coordinates in bases (n × r).
  ///   - source: where tokens come from whenever they are read; nothing to keep them.
  public init(
    count: Int, dimension: Int, contextLength: Int, contextForm: ContextForm, rankMax: Int? = nil,
    source: (any ContextSource)? = nil
  ) {
    self.count = count
    self.dimension = dimension
    self.contextLength = contextLength
    self.contextForm = contextForm
    self.rankMax = rankMax
    self.source = source
    let r = rankMax ?? dimension
    rowVectors = PaddedMatrix.vectors(for: dimension)
    rankVectors = PaddedMatrix.vectors(for: r)
    let blocks = TokenBlocks.blocks(for: contextLength)
    contextStride =
      switch contextForm {
      case .tokens: source == nil ? blocks * r : 0
      case .secondMoments: dimension * rowVectors
      }
    contexts = VectorBuffer(uninitialized: count * contextStride)
    queries = VectorBuffer(count: count * rowVectors)
    targets = VectorBuffer(count: count * rowVectors)
    let keepsBases = rankMax != nil && contextForm == .tokens
    bases = VectorBuffer(count: keepsBases ? count * dimension * rankVectors : 0)
    transposedBases = VectorBuffer(count: keepsBases ? count * r * rowVectors : 0)
    tileBuffer = VectorBuffer(count: source == nil ? 0 : TokenBlocks.tileVectorsMax(dimension: r))
    readings = .allocate(capacity: r + 1)
    for rank in 0...r { (readings + rank).initialize(to: ContextReading(rank: rank, blocks: blocks)) }
    ranks = .allocate(capacity: max(count, 1))
    ranks.initialize(repeating: r, count: max(count, 1))
  }

  deinit {
    ranks.deallocate()
    readings.deallocate()
  }

  /// r, the number of coordinates of a prompt's tokens.
  @inline(__always)
  public func rank(_ index: Int) -> Int { ranks[index] }

  /// How a prompt's context is read; a pointer, because most callers want one of many fields.
  @inline(__always)
  func reading(_ index: Int) -> UnsafePointer<ContextReading> { UnsafePointer(readings + ranks[index]) }

  /// Blocks of eight tokens in a context.
  public var blocks: Int { TokenBlocks.blocks(for: contextLength) }

  /// Bytes that the contexts take.
  public var contextBytes: Int { contexts.count * MemoryLayout<SIMD8<Float>>.stride }

  /// Whether a prompt's tokens are coordinates in a basis.
  @inline(__always)
  var hasBases: Bool { rankMax != nil }

  /// Part of a context: `tileBlocks` blocks from `first` on, or those that are left.
  @inline(__always)
  func tile(from first: Int, blocks tileBlocks: Int, of index: Int) -> TokenBlocks {
    let rank = ranks[index]
    let tokens = min(contextLength &- first &* 8, tileBlocks &* 8)
    guard let source else {
      return TokenBlocks(
        base: contexts.base + (index &* contextStride &+ first &* rank), count: tokens, dimension: rank)
    }
    source.fill(index, blocks: first..<(first &+ TokenBlocks.blocks(for: tokens)), into: tileBuffer.base)
    return TokenBlocks(base: tileBuffer.base, count: tokens, dimension: rank)
  }

  /// B, n rows of `rankVectors` vectors.
  @inline(__always)
  func basis(_ index: Int) -> UnsafeMutablePointer<SIMD8<Float>> { bases.base + index &* dimension &* rankVectors }

  /// Bᵀ, r rows of `rowVectors` vectors.
  @inline(__always)
  func transposedBasis(_ index: Int) -> UnsafeMutablePointer<SIMD8<Float>> {
    transposedBases.base + index &* (rankMax ?? 0) &* rowVectors
  }

  @inline(__always)
  func context(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(contexts.base + index &* contextStride) }

  @inline(__always)
  func query(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(queries.base + index &* rowVectors) }

  @inline(__always)
  func target(_ index: Int) -> UnsafePointer<SIMD8<Float>> { UnsafePointer(targets.base + index &* rowVectors) }

  func setRank(_ rank: Int, of index: Int) { ranks[index] = rank }
}
