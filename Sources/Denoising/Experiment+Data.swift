/// What goes into a training run, for those who want to repeat it elsewhere.
extension Experiment {
  /// The training prompts and the test prompts.
  public var promptGroups: [PromptGroup] { [trainPrompts, testPrompts] }

  /// What the gradient is taken on.
  public var trainPrompts: PromptGroup { sets[0] }

  /// What the layer never sees in training.
  public var testPrompts: PromptGroup { sets[1] }

  private var sets: [PromptGroup] {
    PromptGroup.sets(
      task: task, attention: attention.kind, train: training.trainPromptCount, test: training.testPromptCount,
      key: streams.data)
  }

  /// The order of the training prompts in an epoch, counted from zero: consecutive runs of `batchSize` of it are the
  /// batches, the last of which may be shorter.
  public func batchOrder(epoch: Int) -> [Int] {
    TrainingRun.order(count: training.trainPromptCount, epoch: epoch, key: streams.shuffle)
  }

  /// The step size of an epoch, counted from zero.
  public func learningRate(epoch: Int) -> Double { LearningRateSchedule(training).rate(epoch: epoch) }
}
