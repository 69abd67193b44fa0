import Numerics

/// One prompt as the learner sees it: in single precision, after the coordinate transform if there is one.
public struct LearnerPrompt: Sendable, Hashable {
  /// X token by token: entry `t * n + i` is component i of token t; `L * n` entries.
  public var context: [Float]
  /// x̃, n entries.
  public var query: [Float]
  /// What is to be predicted, n entries.
  public var target: [Float]
}

/// The two sets of prompts of an experiment.
public enum PromptSplit: String, Sendable, Hashable, CaseIterable {
  /// What the gradient is taken on.
  case train
  /// What the layer never sees in training.
  case test
}

/// What goes into a training run, for those who want to repeat it elsewhere.
extension Experiment {
  /// Number of prompts of a set.
  public func promptCount(_ split: PromptSplit) -> Int {
    switch split {
    case .train: training.trainPromptCount
    case .test: training.testPromptCount
    }
  }

  /// Draws the prompts of a set one after the other, in the order of their indices, and hands each over with its index.
  /// Holds one prompt at a time.
  ///
  /// A context is bit for bit what training reads, but under a coordinate transform: there A X is rounded once from
  /// double precision, and may differ from the learner's own in the last bit.
  ///
  /// - Throws: ``ExperimentError/invalid(_:)``, and what `body` throws.
  public func forEachPrompt(_ split: PromptSplit, _ body: (Int, LearnerPrompt) throws -> Void) throws {
    try validate()
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength,
      contextForm: attention.kind.contextForm)
    let sampler = PromptSampler(task: task, key: streams.data)
    let first = split == .train ? 0 : PromptSampler.firstTestPrompt
    for index in 0..<promptCount(split) {
      let prompt = sampler.draw(first + UInt64(index), into: set, at: 0, withContext: true)
      try body(index, task.learnerPrompt(prompt))
    }
  }

  /// The order of the training prompts in an epoch, counted from zero: consecutive runs of `batchSize` of it are the
  /// batches, the last of which may be shorter.
  public func batchOrder(epoch: Int) -> [Int] {
    TrainingRun.order(count: training.trainPromptCount, epoch: epoch, key: streams.shuffle)
  }

  /// The step size of an epoch, counted from zero.
  public func learningRate(epoch: Int) -> Double { LearningRateSchedule(training).rate(epoch: epoch) }
}

extension TaskConfiguration {
  /// A prompt in original coordinates as the learner sees it.
  fileprivate func learnerPrompt(_ prompt: Prompt) -> LearnerPrompt {
    guard let transform else {
      return LearnerPrompt(
        context: prompt.context.transposed.values.map(Float.init), query: prompt.query.map(Float.init),
        target: prompt.target.map(Float.init))
    }
    let target = transform.target == .transformed ? transform.matrix * prompt.target : prompt.target
    return LearnerPrompt(
      context: (transform.matrix * prompt.context).transposed.values.map(Float.init),
      query: (transform.matrix * prompt.query).map(Float.init), target: target.map(Float.init))
  }
}
