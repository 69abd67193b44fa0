import Numerics

extension Experiment {
  /// Samples the prompts, trains the layer, evaluates the baselines. A pure function of the experiment.
  ///
  /// - Parameter isCancelled: asked between batches and between prompts; when it says yes, the experiment ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, on cancellation, and when training diverges.
  public func run(isCancelled: () -> Bool = { false }) throws(ExperimentError) -> ExperimentOutcome {
    try validate()
    var tally = BaselineTally(task: task)
    let trainSet = try drawPrompts(training.trainPromptCount, from: 0, &tally, isTest: false, isCancelled)
    let testSet = try drawPrompts(
      training.testPromptCount, from: PromptSampler.firstTestPrompt, &tally, isTest: true, isCancelled)
    let outcome = try TrainingRun(self, trainSet: trainSet, testSet: testSet).run(isCancelled: isCancelled)
    return ExperimentOutcome(
      history: outcome.history, baselines: tally.losses, initialWeights: outcome.initial.weightMatrices,
      finalWeights: outcome.final.weightMatrices)
  }

  /// Draws consecutive prompts into a new set, and lets the baselines answer each of them.
  private func drawPrompts(
    _ count: Int, from first: UInt64, _ tally: inout BaselineTally, isTest: Bool, _ isCancelled: () -> Bool
  ) throws(ExperimentError) -> PromptSet {
    let set = PromptSet(
      count: count, dimension: task.ambientDimension, contextLength: task.contextLength,
      contextForm: attention.kind.contextForm, rankMax: task.coordinateCountMax)
    let sampler = PromptSampler(task: task, key: streams.data)
    for index in 0..<count {
      if isCancelled() { throw .cancelled }
      let prompt = sampler.draw(first + UInt64(index), into: set, at: index, withContext: isTest)
      tally.add(prompt, isTest: isTest)
    }
    return set
  }
}
