extension Experiment {
  /// Bytes that the tokens of all prompts may take in a process unless it is told otherwise: 1 GiB.
  public static let memoryBudgetDefault = 1 << 30

  /// Bytes of the one context, n × L in double precision, that the baselines read at a time: part of the budget.
  private var bytesReadByBaselines: Int {
    task.contextSampling == .tokens ? task.ambientDimension * task.contextLength * MemoryLayout<Double>.stride : 0
  }

  /// Samples the prompts, trains the layer, evaluates the baselines. A pure function of the experiment.
  ///
  /// - Parameters:
  ///   - memoryBudget: bytes that the tokens of all prompts may take, with the context that the baselines read. Contexts
  ///     beyond them are not kept but drawn anew in every pass over the prompts, which takes longer and changes no bit.
  ///   - isCancelled: asked between batches and between prompts; when it says yes, the experiment ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, on cancellation, and when training diverges.
  public func run(
    memoryBudget: Int = memoryBudgetDefault, isCancelled: () -> Bool = { false }
  ) throws(ExperimentError) -> ExperimentOutcome {
    try validate()
    var tally = BaselineTally(task: task, readsContexts: true)
    var budget = max(0, memoryBudget - bytesReadByBaselines)
    let trainSet = try trainPrompts.draw(withContext: false, budget: &budget, isCancelled: isCancelled) {
      tally.add($0, secondMoment: $1, isTest: false)
    }
    let testSet = try testPrompts.draw(withContext: true, budget: &budget, isCancelled: isCancelled) {
      tally.add($0, secondMoment: $1, isTest: true)
    }
    let outcome = try TrainingRun(self, trainSet: trainSet, testSet: testSet).run(isCancelled: isCancelled)
    return ExperimentOutcome(
      history: outcome.history, baselines: tally.losses, initialWeights: outcome.initial.weightMatrices,
      finalWeights: outcome.final.weightMatrices,
      structure: task.transform.map { WeightStructure(of: outcome.final, transform: $0) })
  }
}
