public import Denoising

/// A whole experiment and where its time went.
///
/// An experiment asks between batches whether it is to stop; the moments at which it asks are the only probe. So what
/// is timed is the product itself, without a hook in it.
public struct TimedRun: Sendable {
  /// Losses, baselines and weights.
  public let outcome: ExperimentOutcome
  /// From the call to the result.
  public let total: Elapsed
  /// One epoch of training. No evaluation lies in it if the experiment evaluates at its end only.
  public let epoch: Elapsed
  /// Everything before the first batch: prompts, baselines, the first evaluation.
  public let preparation: Elapsed

  /// Runs an experiment of at least one epoch.
  public init(_ experiment: Experiment) throws(ExperimentError) {
    let training = experiment.training
    let batchesPerEpoch = (training.trainPromptCount + training.batchSize - 1) / training.batchSize
    let batches = batchesPerEpoch * training.epochs
    // It asks before each prompt that it draws, and now and then in a long evaluation. The clock is read twice alone,
    // since that of the process takes as long as a prompt.
    let before = training.trainPromptCount + training.testPromptCount + experiment.questionsOfEvaluation
    var asked = 0
    var (firstBatch, lastBatch): (Instant?, Instant?)
    let start = Instant.now
    outcome = try experiment.run {
      asked += 1
      if asked == before + 1 { firstBatch = .now }
      if asked == before + batches { lastBatch = .now }
      return false
    }
    let end = Instant.now
    total = start.elapsed(to: end)
    precondition(asked == before + batches + experiment.questionsOfEvaluation, "an experiment asks at other moments")
    guard batches > 1, let firstBatch, let lastBatch else { preconditionFailure("no epoch of several batches") }
    // From the first to the last of them lie all batches but one.
    epoch = firstBatch.elapsed(to: lastBatch).divided(by: Double(batches - 1) / Double(batchesPerEpoch))
    preparation = start.elapsed(to: firstBatch)
  }
}
