import Numerics

/// The training of one attention layer on prompts that are already drawn.
package struct TrainingRun {
  private let attention: AttentionConfiguration
  private let training: TrainingConfiguration
  private let streams: ExperimentStreams
  private let trainSet: PromptSet
  private let testSet: PromptSet
  private let kernel: AttentionKernel
  /// Tokens of the longer contexts, where the two sets differ.
  private let contextLengthMax: Int

  /// What training leaves behind.
  struct Outcome {
    var history: [HistoryPoint]
    var initial: AttentionParameters
    var final: AttentionParameters
  }

  /// A run on the given prompts.
  init(_ experiment: Experiment, trainSet: PromptSet, testSet: PromptSet) {
    attention = experiment.attention
    training = experiment.training
    streams = experiment.streams
    self.trainSet = trainSet
    self.testSet = testSet
    contextLengthMax = max(trainSet.contextLength, testSet.contextLength)
    kernel = AttentionKernel(
      pooling: attention.kind.pooling, dimension: trainSet.dimension, contextLength: contextLengthMax,
      hasResidual: attention.hasResidual)
  }

  /// Trains from random weights and returns the history and the weights.
  ///
  /// - Throws: ``ExperimentError`` when asked to stop, or when a loss is no longer a finite number.
  func run(isCancelled: () -> Bool) throws(ExperimentError) -> Outcome {
    let initial = AttentionParameters(
      configuration: attention, size: trainSet.dimension, scale: training.initialScale, key: streams.weights)
    var parameters = initial
    var gradient = [Float](repeating: 0, count: parameters.values.count)
    var optimizer = OptimizerState(training.optimizer, count: parameters.values.count)
    let schedule = LearningRateSchedule(training)
    var history = [try evaluate(parameters, epoch: 0, isCancelled)]
    for epoch in 0..<training.epochs {
      try trainEpoch(epoch, schedule.rate(epoch: epoch), &parameters, &gradient, &optimizer, isCancelled)
      let done = epoch + 1
      if done % training.evaluationInterval == 0 || done == training.epochs {
        history.append(try evaluate(parameters, epoch: done, isCancelled))
      }
    }
    return Outcome(history: history, initial: initial, final: parameters)
  }

  /// One pass over the training prompts in a fresh random order. A batch's gradient is that of its mean loss, also
  /// for the last batch when that is shorter.
  private func trainEpoch(
    _ epoch: Int, _ rate: Double, _ parameters: inout AttentionParameters, _ gradient: inout [Float],
    _ optimizer: inout OptimizerState, _ isCancelled: () -> Bool
  ) throws(ExperimentError) {
    let order = Self.order(count: trainSet.count, epoch: epoch, key: streams.shuffle)
    var start = 0
    while start < order.count {
      if isCancelled() { throw .cancelled }
      let end = min(start + training.batchSize, order.count)
      let scale = 1 / (Float(end - start) * Float(trainSet.dimension))
      parameters.load(into: kernel)
      kernel.clearGradients()
      let error = try inStretches(start..<end, isCancelled) { stretch in
        kernel.accumulateGradient(
          over: order[stretch], of: trainSet, scale: scale, followedBy: order[stretch.upperBound...])
      }
      guard error.isFinite else { throw .diverged(epoch: epoch) }
      parameters.copyGradient(from: kernel, into: &gradient)
      optimizer.step(&parameters.values, gradient: gradient, learningRate: rate)
      start = end
    }
  }

  /// The order of the prompts in an epoch: a Fisher–Yates shuffle that depends on the key and the epoch alone.
  package static func order(count: Int, epoch: Int, key: UInt64) -> [Int] {
    var stream = RandomStream(key: key, domain: 0, substream: UInt64(epoch))
    var order = Array(0..<count)
    // An array would look at each exchange whether it is shared.
    order.withUnsafeMutableBufferPointer { order in
      for last in stride(from: count - 1, to: 0, by: -1) {
        order.swapAt(last, Int(stream.nextInteger(below: UInt32(last + 1))))
      }
    }
    return order
  }

  /// Prompts between two questions whether to go on: some hundredths of a second.
  fileprivate static func stretchLength(contextLength: Int) -> Int { max(1, (1 << 21) / contextLength) }

  /// Σ of `body` over consecutive stretches of a range of prompts, asking before each but the first whether to go on.
  private func inStretches(
    _ range: Range<Int>, _ isCancelled: () -> Bool, _ body: (Range<Int>) -> Double
  ) throws(ExperimentError) -> Double {
    let length = Self.stretchLength(contextLength: contextLengthMax)
    var sum = 0.0
    var first = range.lowerBound
    while first < range.upperBound {
      if first > range.lowerBound, isCancelled() { throw .cancelled }
      let end = min(first + length, range.upperBound)
      sum += body(first..<end)
      first = end
    }
    return sum
  }

  private func evaluate(
    _ parameters: AttentionParameters, epoch: Int, _ isCancelled: () -> Bool
  ) throws(ExperimentError) -> HistoryPoint {
    parameters.load(into: kernel)
    let loss = SplitLoss(train: try meanLoss(trainSet, isCancelled), test: try meanLoss(testSet, isCancelled))
    guard loss.train.isFinite, loss.test.isFinite else { throw .diverged(epoch: epoch) }
    return HistoryPoint(
      epoch: epoch, loss: loss, valueScale: parameters.valueScale, keyQueryScale: parameters.keyQueryScale)
  }

  private func meanLoss(_ set: PromptSet, _ isCancelled: () -> Bool) throws(ExperimentError) -> Double {
    let sum = try inStretches(0..<set.count, isCancelled) { kernel.squaredError(over: $0, of: set) }
    return sum / (Double(set.count) * Double(set.dimension))
  }
}

extension Experiment {
  /// How often an evaluation of both sets asks whether to go on, which none does where contexts are short.
  public var questionsOfEvaluation: Int {
    let length = TrainingRun.stretchLength(contextLength: task.contextLength)
    return [training.trainPromptCount, training.testPromptCount].map { max(0, $0 - 1) / length }.reduce(0, +)
  }
}
