import Denoising
import Numerics
import Testing

/// Contexts that do not fit into the budget are drawn anew in every pass, and no bit of the outcome shows it.
@Suite struct MemoryBudgetTests {
  /// Tasks of every kind: of one rank and of several, mixtures, transformed; contexts of several tiles.
  static let tasks: [TaskConfiguration] = {
    let transform = CoordinateTransform.random(dimension: 12, conditionNumber: 3, key: 5, target: .transformed)
    func task(_ family: TaskFamily, _ transform: CoordinateTransform? = nil) -> TaskConfiguration {
      TaskConfiguration(
        family: family, ambientDimension: 12, contextLength: 1001, noiseVariance: 0.3, transform: transform)
    }
    let mixture = GaussianMixture(componentCount: .uniform(2...9), radius: 2, variances: [0.1])
    return [
      task(.linearSubspace(dimension: .uniform(3...9), signalVariance: 1), transform),
      task(.sphere(dimension: .fixed(5), radius: 2)),
      task(.gaussianMixture(mixture)),
      task(.gaussianMixture(mixture), transform),
    ]
  }()

  private static func experiment(_ task: TaskConfiguration, _ kind: AttentionConfiguration.Kind) -> Experiment {
    Experiment(
      task: task, attention: AttentionConfiguration(kind: kind),
      training: TrainingConfiguration(trainPromptCount: 11, testPromptCount: 4, batchSize: 5, epochs: 2),
      streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
  }

  /// Budgets for nothing, for the training prompts alone, for the test prompts alone, and for all.
  @Test(arguments: tasks, AttentionConfiguration.Kind.allCases)
  func theBudgetChangesNoBit(task: TaskConfiguration, kind: AttentionConfiguration.Kind) throws {
    let experiment = Self.experiment(task, kind)
    let stored = try experiment.run()
    let promptBytes = 126 * (task.coordinateCountMax ?? 12) * 32
    for budget in [0, 4 * promptBytes, 11 * promptBytes] {
      #expect(try experiment.run(memoryBudget: budget) == stored)
    }
  }

  /// Contexts that are too long for the second-level cache, two of which are kept.
  @Test(arguments: [AttentionConfiguration.Kind.softmax, .gaussian])
  func theBudgetChangesNoBitOfLongContexts(kind: AttentionConfiguration.Kind) throws {
    var task = Self.tasks[2]
    task.contextLength = 14001
    var experiment = Self.experiment(task, kind)
    experiment.training = TrainingConfiguration(trainPromptCount: 4, testPromptCount: 2, batchSize: 3, epochs: 1)
    let stored = try experiment.run()
    #expect(try experiment.run(memoryBudget: 0) == stored)
    #expect(try experiment.run(memoryBudget: 2 * 1751 * 12 * 32) == stored)
  }

  /// A set that keeps no tokens has the size of its queries and bases, whatever the length of its contexts.
  @Test func setsWithASourceKeepNoTokens() {
    let sampler = PromptSampler(task: Self.tasks[1], key: 1)
    let stored = PromptSet(count: 3, dimension: 12, contextLength: 1001, contextForm: .tokens, rankMax: 6)
    let source = RegeneratedContexts(sampler, from: 0)
    let regenerated = PromptSet(
      count: 3, dimension: 12, contextLength: 1001, contextForm: .tokens, rankMax: 6, source: source)
    #expect(stored.contextBytes == 3 * 126 * 6 * 32)
    #expect(regenerated.contextBytes == 0)
  }

  /// Long contexts are left in the middle of a pass.
  @Test func cancellationIsHeardWithinABatch() {
    var task = Self.tasks[1]
    task.contextLength = 1 << 19
    var experiment = Self.experiment(task, .softmax)
    experiment.training.epochs = 1000
    var asked = 0
    #expect(throws: ExperimentError.cancelled) {
      try experiment.run(memoryBudget: 0) {
        asked += 1
        return asked > 16
      }
    }
    // Fifteen prompts were drawn; then the first evaluation was left after its first four prompts.
    #expect(asked == 17)
  }
}
