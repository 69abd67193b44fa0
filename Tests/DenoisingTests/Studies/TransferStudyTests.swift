import Denoising
import Numerics
import Testing

@Suite struct TransferStudyTests {
  private static func task(d: Int, L: Int, n: Int = 6) -> TaskConfiguration {
    TaskConfiguration(
      family: .linearSubspace(dimension: .fixed(d), signalVariance: 2), ambientDimension: n, contextLength: L,
      noiseVariance: 1)
  }

  private static func study(
    _ kind: AttentionConfiguration.Kind, trainingLength: Int = 20, used: TaskConfiguration, key: UInt64 = 99
  ) -> TransferStudy {
    TransferStudy(
      experiment: Experiment(
        task: task(d: 3, L: trainingLength), attention: AttentionConfiguration(kind: kind),
        training: TrainingConfiguration(trainPromptCount: 60, testPromptCount: 25, batchSize: 16, epochs: 12),
        streams: ExperimentStreams(data: 11, weights: 12, shuffle: 13)), usedTask: used, usedKey: key)
  }

  /// Used on its own test prompts, a layer has its own test loss, bit for bit.
  @Test(arguments: AttentionConfiguration.Kind.allCases)
  func usedOnItsOwnTaskItIsTheTraining(kind: AttentionConfiguration.Kind) throws {
    let study = Self.study(kind, used: Self.task(d: 3, L: 20), key: 11)
    let (outcome, training) = (try study.run(), try study.experiment.run())
    #expect(outcome.final == training.history.last)
    #expect(outcome.weights == training.finalWeights)
    let bayes = try #require(outcome.baselines.first { $0.name == "bayes" })
    #expect(bayes.test == training.baselines.first { $0.name == "bayes" }?.test)
  }

  /// Longer and shorter contexts of other subspaces, also where one or both are of several tiles, by the reference layers
  /// on the very prompts.
  @Test(
    arguments: [AttentionConfiguration.Kind.linear, .softmax],
    [(20, 1, 90), (20, 5, 7), (4000, 3, 7), (4000, 2, 2000), (20, 3, 4000)])
  func lossesAreThoseOfTheReference(
    kind: AttentionConfiguration.Kind, sizes: (trainingLength: Int, d: Int, L: Int)
  ) throws {
    let used = (d: sizes.d, L: sizes.L)
    let study = Self.study(kind, trainingLength: sizes.trainingLength, used: Self.task(d: used.d, L: used.L))
    let outcome = try study.run()
    let matrices = outcome.weights.map { Matrix(rows: 6, columns: 6, values: $0.values.map(Double.init)) }
    let layer: any ReferenceAttention =
      kind == .linear
      ? LinearAttention(value: matrices[0], keyQuery: matrices[1])
      : SoftmaxAttention(value: matrices[0], keyQuery: matrices[1])
    let group = try #require(study.promptGroups.last)
    #expect(group.name == "used" && group.count == 25)
    var sum = 0.0
    try group.forEachPrompt { _, prompt in
      let tokens = Matrix(rows: used.L, columns: 6, values: prompt.context.map(Double.init))
      sum += layer.squaredError(
        context: tokens.transposed, query: prompt.query.map(Double.init), target: prompt.target.map(Double.init))
    }
    #expect(abs(outcome.final.loss.test / (sum / 150) - 1) < 1e-5)
    #expect(try study.run(memoryBudget: 0) == outcome)
  }

  @Test func anotherAmbientDimensionIsRefused() {
    #expect(throws: ExperimentError.self) {
      try Self.study(.linear, used: Self.task(d: 3, L: 20, n: 7)).run()
    }
    #expect(throws: ExperimentError.cancelled) {
      try Self.study(.linear, used: Self.task(d: 3, L: 20)).run { true }
    }
  }
}
