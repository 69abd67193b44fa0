package import Numerics

/// Draws prompts of one task: prompt i is a pure function of the key and of i.
package final class PromptSampler {
  /// What a substream of random numbers is for. A quantity that is added to a prompt gets a number of its own, and
  /// the others keep theirs.
  enum Domain: UInt32 {
    case structure = 0
    case basis = 1
    case tokens = 2
    case labels = 3
    case query = 4
    case noise = 5
    case secondMoment = 6
  }

  /// Test prompts are numbered from here, so that they do not depend on the number of training prompts.
  package static let firstTestPrompt: UInt64 = 1 << 40

  let task: TaskConfiguration
  private let key: UInt64
  let transform: [Float]?
  let n: Int
  let L: Int
  let tile: VectorBuffer
  let embedded: VectorBuffer
  let words: UnsafeMutableBufferPointer<SIMD8<UInt32>>

  /// A sampler of prompts of a task, keyed by the data stream of an experiment.
  package init(task: TaskConfiguration, key: UInt64) {
    self.task = task
    self.key = key
    n = task.ambientDimension
    L = task.contextLength
    transform = task.transform.map { $0.matrix.values.map(Float.init) }
    tile = VectorBuffer(count: TokenBlocks.tileVectorsMax(dimension: n))
    embedded = VectorBuffer(count: n * TokenBlocks.tileBlocks(dimension: 1))
    words = .allocate(capacity: TokenBlocks.tileBlocks(dimension: 1))
  }

  deinit { words.deallocate() }

  /// Draws a prompt, stores what the learner sees of it in `set`, and returns it in original coordinates.
  ///
  /// - Parameters:
  ///   - number: which prompt, counted from 0 for training and from ``firstTestPrompt`` for testing.
  ///   - index: where in `set` it goes.
  ///   - withContext: whether the returned prompt carries its context; without, its context is n × 0.
  package func draw(_ number: UInt64, into set: PromptSet, at index: Int, withContext: Bool) -> Prompt {
    drawMeasured(number, into: set, at: index, withContext: withContext).prompt
  }

  /// As ``draw(_:into:at:withContext:)``, with X Xᵀ/L of the returned context, which costs little on the way.
  func drawMeasured(
    _ number: UInt64, into set: PromptSet, at index: Int, withContext: Bool
  ) -> (prompt: Prompt, secondMoment: Matrix?) {
    let structure = drawStructure(number)
    let (target, query) = drawQuery(number, structure)
    let hasTokens = task.contextSampling == .tokens
    var prompt = Prompt(
      context: Matrix(rows: n, columns: withContext && hasTokens ? L : 0), query: query, target: target,
      structure: structure)
    storeQuery(prompt, into: set, at: index)
    let moment =
      hasTokens
      ? storeContext(number, &prompt, into: set, at: index)
      : storeWishartMoment(number, structure, into: set, at: index)
    guard withContext, let moment else { return (prompt, nil) }
    let basis = structure.subspaceBasis
    return (prompt, basis.map { $0 * moment * $0.transposed } ?? moment)
  }

  /// Draws a clean token x and its corruption x̃ for a prompt's hidden task.
  ///
  /// - Parameter index: which of the prompt's queries. The prompt itself has the first, 0; there are 2²⁰.
  package func drawQuery(
    _ number: UInt64, _ structure: PromptStructure, index: Int = 0
  ) -> (target: [Double], query: [Double]) {
    // Numbers of prompts are below 2⁴².
    let substream = number | UInt64(index) << 42
    let target = drawQueryToken(substream, structure)
    let noise = stream(.noise, substream).normals(count: n)
    let deviation = task.noiseVariance.squareRoot()
    return (target, (0..<n).map { target[$0] + deviation * Double(noise[$0]) })
  }

  /// The random numbers of one quantity of a prompt.
  func stream(_ domain: Domain, _ number: UInt64) -> RandomStream {
    RandomStream(key: key, domain: domain.rawValue, substream: number)
  }

  private func storeQuery(_ prompt: Prompt, into set: PromptSet, at index: Int) {
    guard let transform = task.transform else {
      set.setQuery(index, query: prompt.query.map(Float.init), target: prompt.target.map(Float.init))
      return
    }
    let target = transform.target == .transformed ? transform.matrix * prompt.target : prompt.target
    set.setQuery(index, query: (transform.matrix * prompt.query).map(Float.init), target: target.map(Float.init))
  }
}

extension TaskConfiguration {
  /// The most coordinates of a token in the basis in which the learner sees it; nothing if it sees tokens as they are.
  package var coordinateCountMax: Int? {
    switch family {
    case .linearSubspace(let dimension, _): dimension.range.upperBound
    case .sphere(let dimension, _): dimension.range.upperBound + 1
    case .gaussianMixture: transform == nil ? nil : ambientDimension
    }
  }
}
