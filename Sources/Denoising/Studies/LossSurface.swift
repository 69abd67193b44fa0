import Numerics

/// The mean loss over a set of prompts as a function of (α, β).
struct LossSurface {
  private let kernel: AttentionKernel
  private let set: PromptSet

  init(_ attention: AttentionConfiguration, _ set: PromptSet) {
    self.set = set
    kernel = AttentionKernel(
      pooling: attention.kind.pooling, dimension: set.dimension, contextLength: set.contextLength,
      hasResidual: attention.hasResidual)
  }

  /// Tokens times values of β between two questions whether to go on: some hundredths of a second.
  private static let tokensBetweenQuestions = 1 << 21

  /// The sections of the surface at the given values of β, in one pass over the contexts.
  func sections(_ betas: [Double], _ isCancelled: () -> Bool) throws(ExperimentError) -> LossLandscape {
    let stretch = max(1, Self.tokensBetweenQuestions / (set.contextLength * betas.count))
    var total = kernel.landscape(keyQueryScales: betas, over: 0..<0, of: set)
    for first in stride(from: 0, to: set.count, by: stretch) {
      if isCancelled() { throw .cancelled }
      total = total.adding(
        kernel.landscape(keyQueryScales: betas, over: first..<min(first + stretch, set.count), of: set))
    }
    return total
  }

  /// The losses at some points.
  func losses(_ scales: [NamedScales], _ isCancelled: () -> Bool) throws(ExperimentError) -> [Double] {
    let landscape = try sections(scales.map(\.keyQueryScale), isCancelled)
    return scales.indices.map { landscape.loss(valueScale: scales[$0].valueScale, section: $0) }
  }

  /// Values of β inside the bracket that one pass over the prompts tries.
  private static let probes = 9
  /// Passes; each narrows the bracket by a factor of (probes + 1)/2 = 5, so that 6 end at 1/15625 of a cell, where the
  /// loss differs from its minimum by less than the rounding of single precision.
  private static let passes = 6

  /// The least loss, from the best β of a grid on. For each β the best α is known exactly, since the loss is quadratic in
  /// α; β is bracketed between the neighbours of the best grid value and searched for in ever finer steps.
  func minimum(
    near grid: LossLandscape, _ isCancelled: () -> Bool
  ) throws(ExperimentError) -> NamedScales {
    var landscape = grid
    for _ in 0..<Self.passes {
      let best = landscape.bestSection
      let sections = landscape.sections
      let low = sections[max(best - 1, 0)].keyQueryScale
      let high = sections[min(best + 1, sections.count - 1)].keyQueryScale
      let betas = (0...(Self.probes + 1)).map { low + (high - low) * Double($0) / Double(Self.probes + 1) }
      landscape = try self.sections(betas, isCancelled)
    }
    let section = landscape.sections[landscape.bestSection]
    return NamedScales(.minimum, valueScale: section.bestValueScale, keyQueryScale: section.keyQueryScale)
  }
}

extension LossLandscape {
  /// The section whose floor is lowest; the first of equals.
  fileprivate var bestSection: Int {
    let floors = sections.indices.map { loss(valueScale: sections[$0].bestValueScale, section: $0) }
    var best = 0
    for (index, floor) in floors.enumerated() where floor < floors[best] { best = index }
    return best
  }
}
