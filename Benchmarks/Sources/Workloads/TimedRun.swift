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
    var moments: [Instant] = []
    moments.reserveCapacity(batches + training.trainPromptCount + training.testPromptCount)
    let start = Instant.now
    outcome = try experiment.run {
      moments.append(.now)
      return false
    }
    let end = Instant.now
    total = start.elapsed(to: end)
    precondition(moments.count > batches && batches > 1, "an experiment asks once before each batch")
    // The last moments are the starts of the batches, but for those of the evaluation at the end; from the first to the last
    // of them lie all batches but one.
    moments.removeLast(experiment.questionsOfEvaluation)
    let firstBatch = moments[moments.count - batches]
    let training0 = firstBatch.elapsed(to: moments[moments.count - 1])
    epoch = training0.divided(by: Double(batches - 1) / Double(batchesPerEpoch))
    preparation = start.elapsed(to: firstBatch)
  }
}
