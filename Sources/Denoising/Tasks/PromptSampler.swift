package import Numerics

/// Draws prompts of one task: prompt i is a pure function of the key and of i.
package struct PromptSampler {
  /// What a substream of random numbers is for. A quantity that is added to a prompt gets a number of its own, and
  /// the others keep theirs.
  private enum Domain: UInt32 {
    case structure = 0
    case basis = 1
    case tokens = 2
    case labels = 3
    case query = 4
    case noise = 5
  }

  /// Test prompts are numbered from here, so that they do not depend on the number of training prompts.
  package static let firstTestPrompt: UInt64 = 1 << 40

  private let task: TaskConfiguration
  private let key: UInt64
  private let transform: [Float]?
  private let n: Int
  private let L: Int
  private let tokens: VectorBuffer
  private let coordinates: VectorBuffer
  private let transformed: VectorBuffer

  /// A sampler of prompts of a task, keyed by the data stream of an experiment.
  package init(task: TaskConfiguration, key: UInt64) {
    self.task = task
    self.key = key
    n = task.ambientDimension
    L = task.contextLength
    transform = task.transform.map { $0.matrix.values.map(Float.init) }
    let blocks = TokenBlocks.blocks(for: L)
    tokens = VectorBuffer(count: blocks * n)
    coordinates = VectorBuffer(count: blocks * n)
    transformed = VectorBuffer(count: transform == nil ? 0 : blocks * n)
  }

  /// Draws a prompt, stores what the learner sees of it in `set`, and returns it in original coordinates.
  ///
  /// - Parameters:
  ///   - number: which prompt, counted from 0 for training and from ``firstTestPrompt`` for testing.
  ///   - index: where in `set` it goes.
  ///   - withContext: whether the returned prompt carries its context; without, its context is n × 0.
  package func draw(_ number: UInt64, into set: PromptSet, at index: Int, withContext: Bool) -> Prompt {
    let structure = drawStructure(number)
    drawTokens(number, structure)
    let target = drawQueryToken(number, structure)
    let noise = stream(.noise, number).normals(count: n)
    let deviation = task.noiseVariance.squareRoot()
    let query = (0..<n).map { target[$0] + deviation * Double(noise[$0]) }
    let prompt = Prompt(
      context: withContext ? contextMatrix() : Matrix(rows: n, columns: 0), query: query, target: target,
      structure: structure)
    store(prompt, into: set, at: index)
    return prompt
  }

  private func stream(_ domain: Domain, _ number: UInt64) -> RandomStream {
    RandomStream(key: key, domain: domain.rawValue, substream: number)
  }

  private func store(_ prompt: Prompt, into set: PromptSet, at index: Int) {
    guard let transform, let matrix = task.transform?.matrix else {
      let context = TokenBlocks(base: tokens.base, count: L, dimension: n)
      set.store(index, tokens: context, query: prompt.query.map(Float.init), target: prompt.target.map(Float.init))
      return
    }
    TokenSampling.embed(
      basis: transform, rank: n, coordinates: tokens.base, count: L, dimension: n, into: transformed.base)
    let target = task.transform?.target == .transformed ? matrix * prompt.target : prompt.target
    set.store(
      index, tokens: TokenBlocks(base: transformed.base, count: L, dimension: n),
      query: (matrix * prompt.query).map(Float.init), target: target.map(Float.init))
  }

  /// The context just drawn, n × L in double precision.
  private func contextMatrix() -> Matrix {
    var context = Matrix(rows: n, columns: L)
    for t in 0..<L {
      for i in 0..<n { context[i, t] = Double(tokens.base[(t / 8) * n + i][t % 8]) }
    }
    return context
  }
}

// MARK: - The hidden task

extension PromptSampler {
  private func drawStructure(_ number: UInt64) -> PromptStructure {
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
  /// Fills `tokens` with the context.
  private func drawTokens(_ number: UInt64, _ structure: PromptStructure) {
    switch (structure, task.family) {
    case (.linearSubspace(let basis), .linearSubspace(_, let variance)):
      fillNormals(coordinates, number, rank: basis.columns)
      TokenSampling.scale(coordinates.base, rank: basis.columns, count: L, by: Float(variance.squareRoot()))
      embed(basis)
    case (.sphere(let basis), .sphere(_, let radius)):
      fillNormals(coordinates, number, rank: basis.columns)
      TokenSampling.scaleToSphere(coordinates.base, rank: basis.columns, count: L, radius: Float(radius))
      embed(basis)
    case (.gaussianMixture(let centres), .gaussianMixture(let mixture)):
      fillNormals(tokens, number, rank: n)
      var stream = stream(.labels, number)
      let cumulative = mixture.cumulativeWeights(count: centres.columns)
      let labels = (0..<L).map { _ in GaussianMixture.label(cumulative, stream.nextUniform()) }
      TokenSampling.placeInMixture(
        tokens.base, dimension: n, labels: labels, centres: centres.transposed.values.map(Float.init),
        deviations: (0..<centres.columns).map { Float(mixture.variance($0).squareRoot()) })
    default:
      preconditionFailure("a prompt's structure comes from its own task")
    }
    TokenSampling.clearPadding(tokens.base, dimension: n, count: L)
  }

  private func fillNormals(_ buffer: VectorBuffer, _ number: UInt64, rank: Int) {
    let count = TokenBlocks.blocks(for: L) * rank
    stream(.tokens, number).fillNormals(UnsafeMutableBufferPointer(start: buffer.base, count: count))
  }

  private func embed(_ basis: Matrix) {
    TokenSampling.embed(
      basis: basis.values.map(Float.init), rank: basis.columns, coordinates: coordinates.base, count: L, dimension: n,
      into: tokens.base)
  }

  /// The clean query x_{L+1}, drawn like a token, in double precision.
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
