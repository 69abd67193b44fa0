package import Numerics

/// Draws prompts of one task: prompt i is a pure function of the key and of i.
package final class PromptSampler {
  /// What a substream of random numbers is for. A quantity that is added to a prompt gets a number of its own, and
  /// the others keep theirs.
  private enum Domain: UInt32 {
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
  private let transform: [Float]?
  private let n: Int
  private let L: Int
  private let tile: VectorBuffer
  private let embedded: VectorBuffer
  private let words: UnsafeMutableBufferPointer<SIMD8<UInt32>>

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

  private func stream(_ domain: Domain, _ number: UInt64) -> RandomStream {
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

  /// Draws the context tile by tile, straight into the set where that keeps it, and returns the second moment C Cᵀ/L of
  /// its coordinates where somebody needs it.
  private func storeContext(
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
  private func storeWishartMoment(
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

// MARK: - The hidden task

extension PromptSampler {
  func drawStructure(_ number: UInt64) -> PromptStructure {
    var stream = stream(.structure, number)
    switch task.family {
    case .linearSubspace(let dimension, _):
      return .linearSubspace(basis: haarBasis(number, rank: dimension.draw(&stream)))
    case .sphere(let dimension, _):
      return .sphere(basis: haarBasis(number, rank: dimension.draw(&stream) + 1))
    case .gaussianMixture(let mixture):
      let count = mixture.componentCount.draw(&stream)
      return .gaussianMixture(centres: centres(number, count: count, radius: mixture.radius))
    }
  }

  /// An orthonormal basis of a Haar-random subspace: the Q of a Gaussian matrix, with R's diagonal positive.
  private func haarBasis(_ number: UInt64, rank: Int) -> Matrix {
    let normals = self.stream(.basis, number).normals(count: n * rank)
    return Matrix(rows: n, columns: rank, values: normals.map(Double.init)).orthonormalBasis
  }

  /// Centres uniform on the sphere of the given radius, as columns.
  private func centres(_ number: UInt64, count: Int, radius: Double) -> Matrix {
    let normals = self.stream(.basis, number).normals(count: n * count)
    var centres = Matrix(rows: n, columns: count)
    for component in 0..<count {
      let direction = normals[(component * n)..<(component * n + n)].map(Double.init)
      var square = 0.0
      for entry in direction { square += entry * entry }
      let scale = radius / square.squareRoot()
      for i in 0..<n { centres[i, component] = direction[i] * scale }
    }
    return centres
  }
}

extension IntegerDistribution {
  /// A value, uniform over the range.
  fileprivate func draw(_ stream: inout RandomStream) -> Int {
    switch self {
    case .fixed(let value): value
    case .uniform(let range): range.lowerBound + Int(stream.nextInteger(below: UInt32(range.count)))
    }
  }
}

// MARK: - Tokens

extension PromptSampler {
  /// The basis in which the learner sees the tokens of a prompt, n × ``coordinateCount(_:)`` and row-major: that of the
  /// subspace, after the transform. Nothing if it sees them as they are drawn.
  private func learnerBasis(_ structure: PromptStructure) -> [Float]? {
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

  /// A clean query x_{L+1}, drawn like a token, in double precision.
  private func drawQueryToken(_ number: UInt64, _ structure: PromptStructure) -> [Double] {
    var labels = stream(.labels, number | 1 << 63)
    switch (structure, task.family) {
    case (.linearSubspace(let basis), .linearSubspace(_, let variance)):
      let deviation = variance.squareRoot()
      return basis * stream(.query, number).normals(count: basis.columns).map { deviation * Double($0) }
    case (.sphere(let basis), .sphere(_, let radius)):
      let normals = stream(.query, number).normals(count: basis.columns).map(Double.init)
      var square = 0.0
      for entry in normals { square += entry * entry }
      let scale = radius / square.squareRoot()
      return basis * normals.map { scale * $0 }
    case (.gaussianMixture(let centres), .gaussianMixture(let mixture)):
      let label = GaussianMixture.label(mixture.cumulativeWeights(count: centres.columns), labels.nextUniform())
      let normals = stream(.query, number).normals(count: n)
      let deviation = mixture.variance(label).squareRoot()
      return (0..<n).map { centres[$0, label] + deviation * Double(normals[$0]) }
    default:
      preconditionFailure("a prompt's structure comes from its own task")
    }
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
