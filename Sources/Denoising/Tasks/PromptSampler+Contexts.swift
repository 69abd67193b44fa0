import Numerics

// What is kept of a context while it is drawn.
extension PromptSampler {
  /// Draws the context tile by tile, straight into the set where that keeps it, and returns the second moment C Cᵀ/L of
  /// its coordinates where somebody needs it.
  func storeContext(
    _ number: UInt64, _ prompt: inout Prompt, into set: PromptSet, at index: Int
  ) -> Matrix? {
    let basis = learnerBasis(prompt.structure)
    let rank = coordinateCount(prompt.structure)
    if let basis, set.rankMax != nil { set.setBasis(index, basis, rank: rank) }
    let withContext = prompt.context.columns > 0
    let isSummarized = set.contextForm == .secondMoments
    guard withContext || isSummarized || set.source == nil else { return nil }
    let components = mixtureComponents(prompt.structure)
    var sums = Matrix(rows: rank, columns: rank)
    let keepsTokens = !isSummarized && set.source == nil
    let isEmbedded = basis != nil && set.rankMax == nil
    let tileBlocks = TokenBlocks.tileBlocks(dimension: rank)
    for first in stride(from: 0, to: set.blocks, by: tileBlocks) {
      let blocks = first..<min(first + tileBlocks, set.blocks)
      let room = keepsTokens && !isEmbedded ? set.tokens(index) + first * rank : tile.base
      fill(number, components, rank: rank, blocks: blocks, into: room)
      let tokens = TokenBlocks(base: room, count: min(L, blocks.upperBound * 8) - first * 8, dimension: rank)
      if isSummarized || withContext {
        sums.values.withUnsafeMutableBufferPointer {
          if let sums = $0.baseAddress { tokens.addGram(weights: nil, to: sums) }
        }
      }
      if let basis, keepsTokens, isEmbedded {
        TokenSampling.embed(basis: basis, tokens, dimension: n, into: set.tokens(index) + first * n)
      }
      if withContext { copy(tokens, from: prompt.structure, into: &prompt.context, firstColumn: first * 8) }
    }
    guard isSummarized || withContext else { return nil }
    let moment = secondMoment(upperTriangle: sums)
    if isSummarized { set.setSecondMoment(index, moment.values, rank: rank, basis: basis) }
    return moment
  }

  /// Draws the second moment of a context's coordinates alone.
  func storeWishartMoment(
    _ number: UInt64, _ structure: PromptStructure, into set: PromptSet, at index: Int
  ) -> Matrix? {
    guard case .linearSubspace(_, let variance) = task.family else { return nil }
    var stream = stream(.secondMoment, number)
    let rank = coordinateCount(structure)
    let moment = wishartMoment(rank: rank, contextLength: L, variance: variance, stream: &stream)
    set.setSecondMoment(index, moment.values, rank: rank, basis: learnerBasis(structure))
    return moment
  }

  /// C Cᵀ/L from the upper triangle of C Cᵀ.
  private func secondMoment(upperTriangle sums: Matrix) -> Matrix {
    var moment = sums
    for i in 0..<sums.rows {
      for j in i..<sums.rows {
        moment[i, j] = sums[i, j] / Double(L)
        moment[j, i] = moment[i, j]
      }
    }
    return moment
  }

  /// Tokens in original coordinates, in double precision, as columns of a context.
  private func copy(
    _ tokens: TokenBlocks, from structure: PromptStructure, into context: inout Matrix, firstColumn: Int
  ) {
    guard let basis = structure.subspaceBasis else {
      TokenSampling.copy(tokens, into: &context, firstColumn: firstColumn)
      return
    }
    TokenSampling.embed(basis: basis.values.map(Float.init), tokens, dimension: n, into: embedded.base)
    TokenSampling.copy(
      TokenBlocks(base: embedded.base, count: tokens.count, dimension: n), into: &context, firstColumn: firstColumn)
  }
}
