/// A layer that is trained on one task and used on another: on subspaces of another dimension, with contexts of another
/// length (Figure 4b).
///
/// The training is that of a training trial with the same parameters, so that all uses of one seed are of the same layer.
public struct TransferStudy: Sendable, Hashable {
  /// How the layer is trained; its test prompts are not drawn, only counted.
  public var experiment: Experiment
  /// The task on which the layer is used.
  public var usedTask: TaskConfiguration
  /// Key of the prompts on which it is used.
  public var usedKey: UInt64

  /// A layer trained by an experiment and used on as many prompts of another task as the experiment has test prompts.
  public init(experiment: Experiment, usedTask: TaskConfiguration, usedKey: UInt64) {
    self.experiment = experiment
    self.usedTask = usedTask
    self.usedKey = usedKey
  }

  /// The training prompts, and those on which the layer is used.
  public var promptGroups: [PromptGroup] { [experiment.trainPrompts, usedPrompts] }

  private var usedPrompts: PromptGroup {
    PromptGroup(
      "used", task: usedTask, attention: experiment.attention.kind, count: experiment.training.testPromptCount,
      key: usedKey, first: PromptSampler.firstTestPrompt)
  }

  /// Trains the layer and uses it. A pure function of the study; `memoryBudget` changes the time and no bit.
  ///
  /// - Parameters:
  ///   - memoryBudget: bytes that the tokens of all prompts may take; contexts beyond them are drawn anew in each pass.
  ///   - isCancelled: asked now and then; when it says yes, the study ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, on cancellation, and when training diverges.
  public func run(
    memoryBudget: Int = Experiment.memoryBudgetDefault, isCancelled: () -> Bool = { false }
  ) throws(ExperimentError) -> TransferOutcome {
    try experiment.validate()
    try usedTask.validate()
    guard usedTask.ambientDimension == experiment.task.ambientDimension else {
      throw .invalid("a layer cannot be used on tokens of another dimension")
    }
    var tally = BaselineTally(task: usedTask, readsContexts: false)
    var budget = memoryBudget
    let trainSet = try experiment.trainPrompts.draw(withContext: false, budget: &budget, isCancelled: isCancelled)
    let usedSet = try usedPrompts.draw(withContext: false, budget: &budget, isCancelled: isCancelled) {
      tally.add($0, secondMoment: $1, isTest: true)
    }
    // The losses before training and after it are enough.
    var experiment = experiment
    experiment.training.evaluationInterval = max(1, experiment.training.epochs)
    let outcome = try TrainingRun(experiment, trainSet: trainSet, testSet: usedSet).run(isCancelled: isCancelled)
    return TransferOutcome(
      final: outcome.history[outcome.history.count - 1], baselines: tally.losses,
      weights: outcome.final.weightMatrices)
  }
}

/// What a transfer study found.
public struct TransferOutcome: Sendable, Hashable {
  /// The losses after training, on the training prompts and (as `test`) on those on which the layer is used, with its
  /// scales.
  public var final: HistoryPoint
  /// Baselines that read no context, on the prompts on which the layer is used.
  public var baselines: [BaselineLoss]
  /// The trained weights.
  public var weights: [WeightMatrix]

  /// An outcome.
  public init(final: HistoryPoint, baselines: [BaselineLoss], weights: [WeightMatrix]) {
    self.final = final
    self.baselines = baselines
    self.weights = weights
  }
}
