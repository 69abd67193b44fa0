import Numerics

// The tokens of a context, part by part.
extension PromptSampler {
  /// The basis in which the learner sees the tokens of a prompt, n × ``coordinateCount(_:)`` and row-major: that of the
  /// subspace, after the transform. Nothing if it sees them as they are drawn.
  func learnerBasis(_ structure: PromptStructure) -> [Float]? {
    guard let basis = structure.subspaceBasis else { return transform }
    return (task.transform.map { $0.matrix * basis } ?? basis).values.map(Float.init)
  }

  /// Normal deviates that a token is made of.
  func coordinateCount(_ structure: PromptStructure) -> Int { structure.subspaceRank ?? n }

  /// The components of a mixture, as the kernel takes them.
  func mixtureComponents(_ structure: PromptStructure) -> MixtureComponents? {
    guard case .gaussianMixture(let centres) = structure, case .gaussianMixture(let mixture) = task.family else {
      return nil
    }
    return MixtureComponents(
      centres: centres, deviations: (0..<centres.columns).map { mixture.variance($0).squareRoot() },
      cumulative: mixture.cumulativeWeights(count: centres.columns))
  }

  /// Draws part of a context: coordinates in the basis of the subspace, or tokens of a mixture. The blocks begin at a
  /// multiple of four; how a context is cut into parts does not matter.
  func fill(
    _ number: UInt64, _ components: MixtureComponents?, rank: Int, blocks: Range<Int>,
    into room: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let count = blocks.count * rank
    stream(.tokens, number).fillNormals(
      UnsafeMutableBufferPointer(start: room, count: count), firstVector: blocks.lowerBound * rank)
    switch task.family {
    case .linearSubspace(_, let variance):
      TokenSampling.scale(room, count: count, by: Float(variance.squareRoot()))
    case .sphere(_, let radius):
      TokenSampling.scaleToSphere(room, rank: rank, blocks: blocks.count, radius: Float(radius))
    case .gaussianMixture:
      guard let components, let first = words.baseAddress else { return }
      stream(.labels, number).fillWords(
        UnsafeMutableBufferPointer(rebasing: words[..<blocks.count]), firstVector: blocks.lowerBound)
      TokenSampling.placeInMixture(room, words: first, blocks: blocks.count, components: components)
    }
    if blocks.upperBound * 8 > L {
      TokenSampling.clearPadding(room, dimension: rank, count: L - blocks.lowerBound * 8)
    }
  }
}
