import Numerics

/// Contexts that are drawn anew, part by part, whenever they are read: what takes the place of stored tokens where these
/// do not fit into memory. The same bits as stored ones, because both come from the same counters.
package final class RegeneratedContexts: ContextSource {
  private let sampler: PromptSampler
  private let first: UInt64
  /// What the parts of one prompt share; parts are read one prompt after the other.
  private var current: (index: Int, rank: Int, components: MixtureComponents?)?

  /// The contexts of consecutive prompts, numbered from `first` on as in ``PromptSampler``.
  package init(_ sampler: PromptSampler, from first: UInt64) {
    self.sampler = sampler
    self.first = first
  }

  /// Draws part of a context.
  package func fill(_ index: Int, blocks: Range<Int>, into tokens: UnsafeMutablePointer<SIMD8<Float>>) {
    let number = first + UInt64(index)
    let prompt: (index: Int, rank: Int, components: MixtureComponents?)
    if let current, current.index == index {
      prompt = current
    } else {
      let structure = sampler.drawStructure(number)
      prompt = (index, sampler.coordinateCount(structure), sampler.mixtureComponents(structure))
      current = prompt
    }
    sampler.fill(number, prompt.components, rank: prompt.rank, blocks: blocks, into: tokens)
  }
}
