import Numerics

extension Experiment {
  /// Bytes that the tokens of all prompts may take in a process unless it is told otherwise: 1 GiB.
  public static let memoryBudgetDefault = 1 << 30

  /// Samples the prompts, trains the layer, evaluates the baselines. A pure function of the experiment.
  ///
  /// - Parameters:
  ///   - memoryBudget: bytes that the tokens of all prompts may take. Contexts beyond them are not kept but drawn anew
  ///     in every pass over the prompts, which takes longer and changes no bit.
  ///   - isCancelled: asked between batches and between prompts; when it says yes, the experiment ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, on cancellation, and when training diverges.
  public func run(
    memoryBudget: Int = memoryBudgetDefault, isCancelled: () -> Bool = { false }
  ) throws(ExperimentError) -> ExperimentOutcome {
    try validate()
    var tally = BaselineTally(task: task)
    var budget = memoryBudget
    let trainSet = try drawPrompts(training.trainPromptCount, from: 0, &tally, isTest: false, &budget, isCancelled)
    let testSet = try drawPrompts(
      training.testPromptCount, from: PromptSampler.firstTestPrompt, &tally, isTest: true, &budget, isCancelled)
    let outcome = try TrainingRun(self, trainSet: trainSet, testSet: testSet).run(isCancelled: isCancelled)
    return ExperimentOutcome(
      history: outcome.history, baselines: tally.losses, initialWeights: outcome.initial.weightMatrices,
      finalWeights: outcome.final.weightMatrices)
  }

  /// Draws consecutive prompts into a new set, and lets the baselines answer each of them.
  private func drawPrompts(
    _ count: Int, from first: UInt64, _ tally: inout BaselineTally, isTest: Bool, _ budget: inout Int,
    _ isCancelled: () -> Bool
  ) throws(ExperimentError) -> PromptSet {
    let sampler = PromptSampler(task: task, key: streams.data)
    let set = promptSet(count, from: first, sampler, &budget)
    for index in 0..<count {
      if isCancelled() { throw .cancelled }
      let (prompt, moment) = sampler.drawMeasured(
        first + UInt64(index), into: set, at: index, withContext: isTest)
      tally.add(prompt, secondMoment: moment, isTest: isTest)
    }
    return set
  }

  /// An empty set that keeps its tokens if they fit into the budget, which then shrinks.
  private func promptSet(
    _ count: Int, from first: UInt64, _ sampler: PromptSampler, _ budget: inout Int
  ) -> PromptSet {
    let rankMax = task.coordinateCountMax
    let form = attention.kind.contextForm
    // No overflow: a trial has at most 2·10⁷ prompts of 10⁶ tokens of 512 components.
    let bytes = count * TokenBlocks.blocks(for: task.contextLength) * (rankMax ?? task.ambientDimension) * 32
    var source: RegeneratedContexts?
    if form == .tokens {
      if bytes > budget { source = RegeneratedContexts(sampler, from: first) } else { budget -= bytes }
    }
    return PromptSet(
      count: count, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: form,
      rankMax: rankMax, source: source)
  }
}
