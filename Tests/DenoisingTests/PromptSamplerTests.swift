import Denoising
import Numerics
import Testing

@Suite struct PromptSamplerTests {
  static let linear = TaskConfiguration(
    family: .linearSubspace(dimension: .fixed(3), signalVariance: 2), ambientDimension: 7, contextLength: 21,
    noiseVariance: 0.5)
  static let sphere = TaskConfiguration(
    family: .sphere(dimension: .fixed(2), radius: 1.5), ambientDimension: 5, contextLength: 16, noiseVariance: 0.25)
  static let mixture = TaskConfiguration(
    family: .gaussianMixture(
      GaussianMixture(componentCount: .fixed(3), radius: 2, weights: [1, 2, 5], variances: [0.01, 0.04, 0.09])),
    ambientDimension: 4, contextLength: 30, noiseVariance: 0.1)

  static func prompts(_ task: TaskConfiguration, count: Int, key: UInt64 = 77) -> [Prompt] {
    let sampler = PromptSampler(task: task, key: key)
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: .tokens)
    return (0..<count).map { sampler.draw(UInt64($0), into: set, at: 0, withContext: true) }
  }

  /// E[P] = (d/n) I for a Haar-random projection, and E[P_ij²] for i ≠ j is d(n−d)/(n(n−1)(n+2)).
  @Test func basesAreHaarDistributed() throws {
    let (n, d, count) = (7, 3, 4000)
    var mean = Matrix(rows: n, columns: n)
    var offDiagonalSquare = 0.0
    for prompt in Self.prompts(Self.linear, count: count) {
      guard case .linearSubspace(let basis) = prompt.structure else { throw Unexpected() }
      let gram = basis.transposedTimes(basis)
      #expect(zip(gram.values, Matrix.identity(d).values).allSatisfy { abs($0 - $1) < 1e-12 })
      let projection = basis * basis.transposed
      for index in mean.values.indices { mean.values[index] += projection.values[index] / Double(count) }
      offDiagonalSquare += projection[0, 1] * projection[0, 1] / Double(count)
    }
    let expected = Double(d * (n - d)) / Double(n * (n - 1) * (n + 2))
    let meanBound = 5 * (2 * expected / Double(count)).squareRoot()
    for i in 0..<n {
      for j in 0..<n {
        let exact = i == j ? Double(d) / Double(n) : 0
        #expect(abs(mean[i, j] - exact) < meanBound)
      }
    }
    let squareBound = 5 * (3 / Double(count)).squareRoot()
    #expect(abs(offDiagonalSquare / expected - 1) < squareBound)
  }

  /// Tokens and targets lie in the subspace, with variance σ₀² in each of its directions.
  @Test func linearTokensFillTheirSubspace() throws {
    var square = 0.0
    var targetSquare = 0.0
    let prompts = Self.prompts(Self.linear, count: 1000)
    for prompt in prompts {
      guard case .linearSubspace(let basis) = prompt.structure else { throw Unexpected() }
      for token in [prompt.context.column(0), prompt.context.column(20), prompt.target] {
        let projected = basis * basis.transposedTimes(token)
        #expect(squaredDistance(projected, token) < 1e-10)
      }
      square += (0..<21).reduce(0) { $0 + squaredNorm(prompt.context.column($1)) }
      targetSquare += squaredNorm(prompt.target)
    }
    let tokenCount: Double = 1000 * 21 * 3
    let targetCount: Double = 1000 * 3
    #expect(abs(square / tokenCount / 2 - 1) < 5 * (2 / tokenCount).squareRoot())
    #expect(abs(targetSquare / targetCount / 2 - 1) < 5 * (2 / targetCount).squareRoot())
  }

  @Test func sphereTokensLieOnTheirSphereAndAreCentred() throws {
    var sum = 0.0
    for prompt in Self.prompts(Self.sphere, count: 500) {
      guard case .sphere(let basis) = prompt.structure else { throw Unexpected() }
      #expect(basis.columns == 3)
      for token in (0..<16).map(prompt.context.column) + [prompt.target] {
        #expect(abs(squaredNorm(token).squareRoot() - 1.5) < 1e-5)
        #expect(squaredDistance(basis * basis.transposedTimes(token), token) < 1e-10)
      }
      // The first coordinate of a uniform point of the 2-sphere of radius R is uniform in ±R.
      for t in 0..<16 { sum += dot(basis.column(0), prompt.context.column(t)) }
    }
    let variance: Double = 1.5 * 1.5 / 3
    let bound = 5 * (variance * 8000).squareRoot()
    #expect(abs(sum) < bound)
  }

  /// Centres have norm R; each token is nearest its own centre; frequencies follow the weights, spreads the variances.
  @Test func mixtureTokensFollowWeightsAndVariances() throws {
    var counts = [0.0, 0, 0]
    var squares = [0.0, 0, 0]
    for prompt in Self.prompts(Self.mixture, count: 1000) {
      guard case .gaussianMixture(let centres) = prompt.structure else { throw Unexpected() }
      for component in 0..<3 { #expect(abs(squaredNorm(centres.column(component)) - 4) < 1e-12) }
      var separation = Double.infinity
      for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        separation = min(separation, squaredDistance(centres.column(a), centres.column(b)))
      }
      guard separation > 6 else { continue }  // half of it is four deviations of the widest component
      for t in 0..<30 {
        let distances = (0..<3).map { squaredDistance(prompt.context.column(t), centres.column($0)) }
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        counts[nearest] += 1
        squares[nearest] += distances[nearest] / 4
      }
    }
    let total = counts.reduce(0, +)
    #expect(total > 3000)
    for (component, (weight, variance)) in zip([0.125, 0.25, 0.625], [0.01, 0.04, 0.09]).enumerated() {
      let countBound = 5 * (weight * (1 - weight) / total).squareRoot()
      #expect(abs(counts[component] / total - weight) < countBound)
      let spread = squares[component] / counts[component] / variance
      #expect(abs(spread - 1) < 5 * (0.5 / counts[component]).squareRoot())
    }
  }

  @Test func queriesAreTargetsPlusNoise() {
    var square = 0.0
    for prompt in Self.prompts(Self.linear, count: 2000) { square += squaredDistance(prompt.query, prompt.target) }
    let count: Double = 2000 * 7
    #expect(abs(square / count / 0.5 - 1) < 5 * (2 / count).squareRoot())
  }

  /// A random d is uniform over its range.
  @Test func dimensionsCanBeRandom() throws {
    var task = Self.linear
    task.family = .linearSubspace(dimension: .uniform(2...5), signalVariance: 1)
    var counts = [Int: Double]()
    for prompt in Self.prompts(task, count: 4000) {
      guard case .linearSubspace(let basis) = prompt.structure else { throw Unexpected() }
      counts[basis.columns, default: 0] += 1
    }
    #expect(counts.keys.sorted() == [2, 3, 4, 5])
    for count in counts.values { #expect(abs(count - 1000) < 5 * (4000 * 0.25 * 0.75).squareRoot()) }
  }

  /// A prompt depends on its number and on the key, and on nothing that was drawn before it.
  @Test(arguments: [linear, sphere, mixture]) func promptsAreAFunctionOfTheirNumber(task: TaskConfiguration) {
    let all = Self.prompts(task, count: 5)
    let sampler = PromptSampler(task: task, key: 77)
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: .tokens)
    for number in [4, 1, 3] {
      #expect(sampler.draw(UInt64(number), into: set, at: 0, withContext: true) == all[number])
    }
    #expect(all[0].query != all[1].query)
    #expect(Self.prompts(task, count: 1, key: 78)[0].query != all[0].query)
    #expect(Self.prompts(task, count: 1, key: 77 | 1 << 40)[0].query != all[0].query)
  }

  /// What the learner sees of a transformed prompt: a kernel with W_PV = W_KQ = I predicts (A X Xᵀ Aᵀ/L) A x̃.
  @Test(arguments: CoordinateTransform.Target.allCases) func transformsActOnTheWholePrompt(
    target: CoordinateTransform.Target
  ) {
    var task = Self.linear
    let transform = CoordinateTransform.random(dimension: 7, conditionNumber: 3, key: 5, target: target)
    task.transform = transform
    let sampler = PromptSampler(task: task, key: 77)
    let set = PromptSet(count: 1, dimension: 7, contextLength: 21, contextForm: .secondMoments)
    let prompt = sampler.draw(0, into: set, at: 0, withContext: true)
    #expect(prompt == Self.prompts(Self.linear, count: 1)[0])
    let kernel = AttentionKernel(pooling: .linear, dimension: 7, contextLength: 21, hasResidual: false)
    let identity = Matrix.identity(7)
    kernel.setWeights(value: identity.values.map(Float.init), query: identity.values.map(Float.init), key: nil)
    let A = transform.matrix
    let layer = LinearAttention(value: identity, keyQuery: identity)
    let expected = layer.prediction(context: A * prompt.context, query: A * prompt.query)
    for (value, exact) in zip(kernel.prediction(0, of: set), expected) { #expect(abs(Double(value) - exact) < 1e-4) }
    let seen = target == .original ? prompt.target : A * prompt.target
    let error = kernel.squaredError(over: 0..<1, of: set)
    #expect(abs(error - squaredDistance(expected, seen)) < 1e-4 * error)
  }

  /// The random transform has the singular values it promises: Tr A Aᵀ and the extreme eigenvalues say so.
  @Test func randomTransformsHaveTheirConditionNumber() {
    let A = CoordinateTransform.random(dimension: 6, conditionNumber: 9, key: 1, target: .original).matrix
    let spectrum = SymmetricEigenDecomposition(of: A * A.transposed).values
    #expect(abs(spectrum[0] - 9) < 1e-9)
    #expect(abs(spectrum[5] - 1.0 / 9) < 1e-9)
    for k in 1..<6 { #expect(abs(spectrum[k - 1] / spectrum[k] - spectrum[0] / spectrum[1]) < 1e-9) }
  }

  struct Unexpected: Error {}
}
