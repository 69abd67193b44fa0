import Denoising
import Numerics
import Testing

/// What is handed out for a replay is what training used: the reference attention in double precision, on these prompts
/// and the initial weights, gives the recorded losses.
@Suite struct ExperimentDataTests {
  private static func experiment(
    _ kind: AttentionConfiguration.Kind, _ family: TaskFamily, transform: CoordinateTransform? = nil
  ) -> Experiment {
    Experiment(
      task: TaskConfiguration(
        family: family, ambientDimension: 6, contextLength: 21, noiseVariance: 0.5, transform: transform),
      attention: AttentionConfiguration(kind: kind, hasResidual: kind == .softmax),
      training: TrainingConfiguration(
        trainPromptCount: 30, testPromptCount: 11, batchSize: 8, epochs: 10, learningRate: 0.02),
      streams: ExperimentStreams(data: 11, weights: 12, shuffle: 13))
  }

  private static let families: [TaskFamily] = [
    .linearSubspace(dimension: .uniform(1...4), signalVariance: 2), .sphere(dimension: .fixed(3), radius: 1),
    .gaussianMixture(GaussianMixture(componentCount: .fixed(3), radius: 1, variances: [0.1])),
  ]

  private static func reference(_ experiment: Experiment, _ weights: [WeightMatrix]) -> any ReferenceAttention {
    let matrices = weights.map { Matrix(rows: $0.size, columns: $0.size, values: $0.values.map(Double.init)) }
    let hasResidual = experiment.attention.hasResidual
    switch experiment.attention.kind {
    case .linear: return LinearAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: hasResidual)
    case .softmax: return SoftmaxAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: hasResidual)
    case .gaussian:
      return GaussianAttention(value: matrices[0], query: matrices[1], key: matrices[2], hasResidual: hasResidual)
    }
  }

  private static func loss(_ experiment: Experiment, _ group: PromptGroup, _ weights: [WeightMatrix]) throws -> Double {
    let (n, L) = (experiment.task.ambientDimension, experiment.task.contextLength)
    let attention = reference(experiment, weights)
    var sum = 0.0
    try group.forEachPrompt { _, prompt in
      let tokens = Matrix(rows: L, columns: n, values: prompt.context.map(Double.init))
      sum += attention.squaredError(
        context: tokens.transposed, query: prompt.query.map(Double.init), target: prompt.target.map(Double.init))
    }
    return sum / Double(group.count * n)
  }

  @Test(arguments: AttentionConfiguration.Kind.allCases, [false, true])
  func thePromptsGiveTheRecordedLosses(kind: AttentionConfiguration.Kind, isTransformed: Bool) throws {
    for family in Self.families {
      let transform = CoordinateTransform.random(
        dimension: 6, conditionNumber: 4, key: 5, target: kind == .linear ? .original : .transformed)
      let experiment = Self.experiment(kind, family, transform: isTransformed ? transform : nil)
      let outcome = try experiment.run()
      let first = try #require(outcome.history.first)
      let last = try #require(outcome.history.last)
      for (point, weights) in [(first, outcome.initialWeights), (last, outcome.finalWeights)] {
        let train = try Self.loss(experiment, experiment.trainPrompts, weights)
        let test = try Self.loss(experiment, experiment.testPrompts, weights)
        #expect(abs(train / point.loss.train - 1) < 2e-6 && abs(test / point.loss.test - 1) < 2e-6)
      }
    }
  }

  @Test func thePromptsAreThoseOfTheSampler() throws {
    let experiment = Self.experiment(.softmax, Self.families[2])
    let sampler = PromptSampler(task: experiment.task, key: experiment.streams.data)
    let set = PromptSet(count: 1, dimension: 6, contextLength: 21, contextForm: .tokens)
    var count = 0
    try experiment.testPrompts.forEachPrompt { index, prompt in
      #expect(index == count)
      count += 1
      let drawn = sampler.draw(PromptSampler.firstTestPrompt + UInt64(index), into: set, at: 0, withContext: true)
      // Contexts are made in single precision, so that nothing is lost.
      #expect(prompt.context.map(Double.init) == drawn.context.transposed.values)
      #expect(prompt.query == drawn.query.map(Float.init) && prompt.target == drawn.target.map(Float.init))
    }
    #expect(count == 11)
  }

  @Test func ordersAndRatesAreThoseOfTraining() {
    let experiment = Self.experiment(.linear, Self.families[0])
    for epoch in 0..<3 {
      let order = experiment.batchOrder(epoch: epoch)
      #expect(order.sorted() == Array(0..<30))
      #expect(order == TrainingRun.order(count: 30, epoch: epoch, key: 13))
    }
    #expect(experiment.batchOrder(epoch: 0) != experiment.batchOrder(epoch: 1))
    let rates = (0..<10).map(experiment.learningRate(epoch:))
    #expect(rates == Array(repeating: 0.02, count: 8) + [0.02 * 0.1, 0.02 * 0.1 * 0.1])
  }

  @Test func anInvalidExperimentIsRefused() {
    var experiment = Self.experiment(.linear, Self.families[0])
    experiment.task.contextLength = 0
    #expect(throws: ExperimentError.self) { try experiment.trainPrompts.forEachPrompt { _, _ in } }
  }
}
