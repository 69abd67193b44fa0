/// The update rule of a training run.
public enum Optimizer: Sendable, Hashable {
  /// Adam (Kingma and Ba 2015) with bias correction.
  case adam(beta1: Double, beta2: Double, epsilon: Double)
  /// Stochastic gradient descent with heavy-ball momentum: v ← μ v + g, w ← w − η v.
  case sgd(momentum: Double)

  /// Adam as the paper uses it.
  public static let paperAdam = Optimizer.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
}

/// How one attention layer is trained.
public struct TrainingConfiguration: Sendable, Hashable {
  /// Number of training prompts (the paper's 800).
  public var trainPromptCount: Int
  /// Number of test prompts (the paper's 200).
  public var testPromptCount: Int
  /// Prompts in a batch (80); the last batch of an epoch may be shorter and is averaged over its own size.
  public var batchSize: Int
  /// Passes over the training set.
  public var epochs: Int
  /// The update rule.
  public var optimizer: Optimizer
  /// Step size η before any decay.
  public var learningRate: Double
  /// Fractions of the epochs at which the step size is multiplied by ``decayFactor``.
  public var decayMilestones: [Double]
  /// What the step size is multiplied by at each milestone.
  public var decayFactor: Double
  /// Full weights start uniform in ±`initialScale`/√n.
  public var initialScale: Double
  /// The whole train and test loss is taken before training, every so many epochs, and at the end.
  public var evaluationInterval: Int

  /// A training run with the paper's settings, but for what is given.
  public init(
    trainPromptCount: Int = 800, testPromptCount: Int = 200, batchSize: Int = 80, epochs: Int,
    optimizer: Optimizer = .paperAdam, learningRate: Double = 0.01, decayMilestones: [Double] = [0.8, 0.9],
    decayFactor: Double = 0.1, initialScale: Double = 1, evaluationInterval: Int = 1
  ) {
    self.trainPromptCount = trainPromptCount
    self.testPromptCount = testPromptCount
    self.batchSize = batchSize
    self.epochs = epochs
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.decayMilestones = decayMilestones
    self.decayFactor = decayFactor
    self.initialScale = initialScale
    self.evaluationInterval = evaluationInterval
  }
}
