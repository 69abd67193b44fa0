import Denoising
import Numerics
import Testing

/// Ways of giving a kernel the same prompts.
@Suite struct KernelFormTests {
  /// Tasks whose tokens have coordinates in a basis: of one rank, of several, transformed, and a transformed mixture.
  static let tasks: [TaskConfiguration] = {
    let transform = CoordinateTransform.random(dimension: 11, conditionNumber: 3, key: 5, target: .original)
    func task(_ family: TaskFamily, _ transform: CoordinateTransform? = nil) -> TaskConfiguration {
      TaskConfiguration(
        family: family, ambientDimension: 11, contextLength: 403, noiseVariance: 0.3, transform: transform)
    }
    return [
      task(.linearSubspace(dimension: .fixed(4), signalVariance: 1)),
      task(.linearSubspace(dimension: .uniform(1...11), signalVariance: 1), transform),
      task(.sphere(dimension: .uniform(2...9), radius: 2)),
      task(
        .gaussianMixture(GaussianMixture(componentCount: .uniform(2...9), radius: 2, variances: [0.1])), transform),
    ]
  }()

  private static func long(_ task: TaskConfiguration) -> TaskConfiguration {
    var task = task
    task.contextLength = 2003
    return task
  }

  /// Draws prompts into a set that keeps coordinates, or into one that keeps tokens.
  private static func set(_ task: TaskConfiguration, count: Int, rankMax: Int?) -> PromptSet {
    let set = PromptSet(
      count: count, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: .tokens,
      rankMax: rankMax)
    let sampler = PromptSampler(task: task, key: 7)
    for index in 0..<count { _ = sampler.draw(UInt64(index), into: set, at: index, withContext: false) }
    return set
  }

  private static func kernel(_ task: TaskConfiguration, _ pooling: AttentionKernel.Pooling) -> AttentionKernel {
    let n = task.ambientDimension
    let kernel = AttentionKernel(
      pooling: pooling, dimension: n, contextLength: task.contextLength, hasResidual: false)
    let example = AttentionCase(dimension: n, contextLength: 1, seed: 3)
    let weights = example.matrices.map { $0.values.map(Float.init) }
    kernel.setWeights(value: weights[0], query: weights[1], key: pooling == .gaussian ? weights[2] : nil)
    kernel.clearGradients()
    return kernel
  }

  private static func flat(_ kernel: AttentionKernel) -> [Float] {
    let (value, query, key) = kernel.gradients()
    return value + query + (key ?? [])
  }

  /// Contexts of one tile and of several.
  @Test(arguments: tasks.flatMap { [$0, long($0)] }, [AttentionKernel.Pooling.softmax, .gaussian])
  func coordinatesDoWhatTokensDo(task: TaskConfiguration, pooling: AttentionKernel.Pooling) {
    let forms = [Self.set(task, count: 9, rankMax: nil), Self.set(task, count: 9, rankMax: 11)]
    let results = forms.map { set in
      let kernel = Self.kernel(task, pooling)
      let error = kernel.accumulateGradient(over: Array(0..<9)[...], of: set, scale: 0.1)
      return (error, Self.flat(kernel).map(Double.init))
    }
    #expect(abs(results[0].0 / results[1].0 - 1) < 1e-5)
    let largest = results[0].1.map(abs).max() ?? 0
    #expect(largest > 0 && distance(results[0].1, results[1].1) < 1e-4 * largest)
  }

  /// Sums are formed prompt by prompt: taking prompts one at a time, or all at once, gives the same bits, whatever is said
  /// to follow.
  @Test(arguments: [AttentionKernel.Pooling.linear, .softmax, .gaussian])
  func groupsDoNotShowInAnyBit(pooling: AttentionKernel.Pooling) {
    var task = Self.tasks[1]
    task.contextLength = 30
    let set = PromptSet(
      count: 71, dimension: 11, contextLength: 30, contextForm: pooling == .linear ? .secondMoments : .tokens,
      rankMax: 11)
    let sampler = PromptSampler(task: task, key: 7)
    for index in 0..<71 { _ = sampler.draw(UInt64(index), into: set, at: index, withContext: false) }
    let (together, apart) = (Self.kernel(task, pooling), Self.kernel(task, pooling))
    let order = Array(0..<71)
    let error = together.accumulateGradient(over: order[...], of: set, scale: 0.1)
    var sum = 0.0
    for index in order {
      sum += apart.accumulateGradient(
        over: order[index...index], of: set, scale: 0.1, followedBy: order[(index + 1)...])
    }
    #expect(abs(error - sum) < 1e-12 * sum)
    #expect(Self.flat(together) == Self.flat(apart))
  }

  /// Scores that grow along a context, so that every tile brings a new maximum; scores that differ by more than the
  /// exponential's range; scores that fall; and scores all of which lie far above or below zero; for every number of
  /// components that is summed at a time. The bound is what single precision leaves of scores around 200.
  @Test(arguments: [(1.0, 0.0), (40, 0), (-40, 0), (1, 15), (1, -15), (40, -30)], [3, 4, 5, 6, 7, 8, 9, 17])
  func exponentialsKeepTheirScale(line: (slope: Double, offset: Double), n: Int) {
    let layer = SoftmaxAttention(value: Matrix.identity(n), keyQuery: Matrix.identity(n, scale: 3))
    Self.expectGradients(of: layer, .softmax, onTokensAlong: line, n: n)
  }

  /// Tokens that move away from the query, and towards it, so far that scores differ by more than the exponential's range.
  @Test(arguments: [(10.0, 0.0), (-10, 10)], [3, 8, 9])
  func exponentialsOfDistancesKeepTheirScale(line: (slope: Double, offset: Double), n: Int) {
    let scaled = Matrix.identity(n, scale: 3)
    let layer = GaussianAttention(value: Matrix.identity(n), query: scaled, key: scaled)
    let root = Double(n).squareRoot()
    Self.expectGradients(of: layer, .gaussian, onTokensAlong: (line.slope / root, line.offset / root), n: n)
  }

  /// Compares with the reference on one context of several tiles, whose tokens lie along a line.
  private static func expectGradients(
    of layer: any ReferenceAttention, _ pooling: AttentionKernel.Pooling,
    onTokensAlong line: (slope: Double, offset: Double), n: Int
  ) {
    // The last block is not full.
    let L = 9003
    let context = Matrix(
      rows: n, columns: L,
      values: (0..<(n * L)).map {
        line.offset + line.slope * Double($0 % L) / Double(L) + (pooling == .softmax ? Double($0 / L) : 0)
      })
    let query = [1.0, -0.2, 0.7] + [Double](repeating: 0, count: n - 3)
    let target = [Double](repeating: 0, count: n)
    let set = PromptSet(count: 1, dimension: n, contextLength: L, contextForm: .tokens)
    set.setQuery(0, query: query.map(Float.init), target: target.map(Float.init))
    set.tokens(0).update(repeating: .zero, count: set.blocks * n)
    for t in 0..<L {
      for i in 0..<n { set.tokens(0)[(t / 8) * n + i][t % 8] = Float(context[i, t]) }
    }
    let kernel = AttentionKernel(pooling: pooling, dimension: n, contextLength: L, hasResidual: false)
    let weights = layer.weights.map { $0.values.map(Float.init) }
    kernel.setWeights(value: weights[0], query: weights[1], key: weights.count > 2 ? weights[2] : nil)
    kernel.clearGradients()
    _ = kernel.accumulateGradient(over: [0][...], of: set, scale: 1)
    let exact = layer.gradient(context: context, query: query, target: target)
    let (value, keyQuery, key) = kernel.gradients()
    for (found, expected) in zip([value, keyQuery] + (key.map { [$0] } ?? []), exact) {
      let largest = expected.values.map(abs).max() ?? 0
      #expect(distance(found.map(Double.init), expected.values) < 4e-3 * largest)
    }
  }
}
