/// The keys of the random streams of one experiment: independent, and derived by hashing, never by adding.
public struct ExperimentStreams: Sendable, Hashable {
  /// Key of the prompts.
  public var data: UInt64
  /// Key of the initial weights.
  public var weights: UInt64
  /// Key of the order of the batches.
  public var shuffle: UInt64

  /// Three stream keys.
  public init(data: UInt64, weights: UInt64, shuffle: UInt64) {
    self.data = data
    self.weights = weights
    self.shuffle = shuffle
  }
}

/// One whole experiment: sample the prompts, train one attention layer on them, and compare it with the baselines.
public struct Experiment: Sendable, Hashable {
  /// Where prompts come from.
  public var task: TaskConfiguration
  /// What is trained.
  public var attention: AttentionConfiguration
  /// How it is trained.
  public var training: TrainingConfiguration
  /// The keys of its random numbers.
  public var streams: ExperimentStreams

  /// An experiment.
  public init(
    task: TaskConfiguration, attention: AttentionConfiguration, training: TrainingConfiguration,
    streams: ExperimentStreams
  ) {
    self.task = task
    self.attention = attention
    self.training = training
    self.streams = streams
  }
}

/// A loss on the training prompts and on the test prompts, both per component.
public struct SplitLoss: Sendable, Hashable {
  /// Mean over the training prompts.
  public var train: Double
  /// Mean over the test prompts.
  public var test: Double

  /// A pair of losses.
  public init(train: Double, test: Double) {
    self.train = train
    self.test = test
  }
}

/// What is written down at one evaluation during training.
public struct HistoryPoint: Sendable, Hashable {
  /// Epochs done.
  public var epoch: Int
  /// Loss over the whole training and test set.
  public var loss: SplitLoss
  /// α, the mean of the diagonal of W_PV.
  public var valueScale: Double
  /// β, the mean of the diagonal of W_KQ (of W_Kᵀ W_Q for Gaussian attention).
  public var keyQueryScale: Double

  /// A point of a training history.
  public init(epoch: Int, loss: SplitLoss, valueScale: Double, keyQueryScale: Double) {
    self.epoch = epoch
    self.loss = loss
    self.valueScale = valueScale
    self.keyQueryScale = keyQueryScale
  }
}

/// A named weight matrix, in single precision as it was trained.
public struct WeightMatrix: Sendable, Hashable {
  /// `value` (W_PV), `key_query` (W_KQ), or `key` and `query` for Gaussian attention.
  public var name: String
  /// Rows and columns, n.
  public var size: Int
  /// Entries, row-major, `size * size` of them.
  public var values: [Float]

  /// A weight matrix.
  public init(name: String, size: Int, values: [Float]) {
    self.name = name
    self.size = size
    self.values = values
  }
}

/// A baseline's name and its loss on the experiment's own prompts.
public struct BaselineLoss: Sendable, Hashable {
  /// `zero`, `mean`, `projection`, `bayes`, …; the list is in `docs/mathematics.md`.
  public var name: String
  /// Its loss; the training half is absent for the costly estimators that are taken on the test prompts only.
  public var train: Double?
  /// Its loss on the test prompts.
  public var test: Double

  /// A baseline's loss.
  public init(name: String, train: Double?, test: Double) {
    self.name = name
    self.train = train
    self.test = test
  }
}

/// What an experiment found.
public struct ExperimentOutcome: Sendable, Hashable {
  /// Losses and scales before training, during it and after it; the last point is the final state.
  public var history: [HistoryPoint]
  /// The baselines on the same prompts.
  public var baselines: [BaselineLoss]
  /// Weights before training.
  public var initialWeights: [WeightMatrix]
  /// Weights after training.
  public var finalWeights: [WeightMatrix]
  /// How near the final weights are to those that undo the coordinate transform; nothing without a transform.
  public var structure: WeightStructure?

  /// An outcome.
  public init(
    history: [HistoryPoint], baselines: [BaselineLoss], initialWeights: [WeightMatrix], finalWeights: [WeightMatrix],
    structure: WeightStructure? = nil
  ) {
    self.structure = structure
    self.history = history
    self.baselines = baselines
    self.initialWeights = initialWeights
    self.finalWeights = finalWeights
  }
}

/// Why an experiment ended without an outcome.
public enum ExperimentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It was asked to stop.
  case cancelled
  /// A loss stopped being a finite number after so many epochs.
  case diverged(epoch: Int)
  /// A state of a retrieval left every bound after so many steps.
  case unbounded(step: Int)
  /// The configuration cannot be run; the text says what is wrong.
  case invalid(String)

  /// A sentence for the user.
  public var description: String {
    switch self {
    case .cancelled: "stopped before the end of training"
    case .diverged(let epoch): "training diverged: the loss is not a finite number after epoch \(epoch)"
    case .unbounded(let step):
      "retrieval diverged: after \(step) steps the state is beyond all bounds, because its energy has no minimum; "
        + "use fewer steps, a smaller key_query_scale or a longer context"
    case .invalid(let reason): "invalid experiment: \(reason)"
    }
  }
}
