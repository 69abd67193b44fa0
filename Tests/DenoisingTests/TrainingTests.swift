import Denoising
import Numerics
import Testing

@Suite struct OptimizerTests {
  /// Five steps of Adam from the formulas of Kingma and Ba, evaluated by hand in double precision.
  @Test func adamFollowsItsDefinition() {
    var state = OptimizerState(.adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8), count: 2)
    var parameters: [Float] = [1, -2]
    var (m, v, w) = ([0.0, 0.0], [0.0, 0.0], [1.0, -2.0])
    for step in 1...5 {
      let gradient = w.map { 2 * $0 + Double(step) }
      state.step(&parameters, gradient: gradient.map(Float.init), learningRate: 0.1)
      for i in 0..<2 {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.99 * v[i] + 0.01 * gradient[i] * gradient[i]
        var (b1, b2) = (1.0, 1.0)
        for _ in 0..<step { (b1, b2) = (b1 * 0.9, b2 * 0.99) }
        w[i] -= 0.1 * (m[i] / (1 - b1)) / ((v[i] / (1 - b2)).squareRoot() + 1e-8)
        #expect(abs(Double(parameters[i]) - w[i]) < 2e-6)
      }
    }
  }

  @Test func momentumAccumulatesVelocity() {
    var state = OptimizerState(.sgd(momentum: 0.5), count: 1)
    var parameters: [Float] = [0]
    for expected in [-0.1, -0.25, -0.425] as [Float] {
      state.step(&parameters, gradient: [1], learningRate: 0.1)
      #expect(abs(parameters[0] - expected) < 1e-6)
    }
  }

  @Test func theScheduleDecaysAtItsMilestones() {
    let schedule = LearningRateSchedule(TrainingConfiguration(epochs: 100))
    #expect(schedule.rate(epoch: 0) == 0.01 && schedule.rate(epoch: 79) == 0.01)
    #expect(abs(schedule.rate(epoch: 80) - 0.001) < 1e-15 && abs(schedule.rate(epoch: 89) - 0.001) < 1e-15)
    #expect(abs(schedule.rate(epoch: 90) - 0.0001) < 1e-15)
  }

  @Test func eachEpochHasAnOrderOfItsOwn() {
    let first = TrainingRun.order(count: 50, epoch: 0, key: 1)
    #expect(first.sorted() == Array(0..<50) && first != Array(0..<50))
    #expect(first != TrainingRun.order(count: 50, epoch: 1, key: 1))
    #expect(first != TrainingRun.order(count: 50, epoch: 0, key: 2))
    #expect(first == TrainingRun.order(count: 50, epoch: 0, key: 1))
    #expect(TrainingRun.order(count: 1, epoch: 0, key: 1) == [0])
  }
}

@Suite struct TrainingTests {
  static let task = TaskConfiguration(
    family: .linearSubspace(dimension: .fixed(2), signalVariance: 1), ambientDimension: 5, contextLength: 12,
    noiseVariance: 0.3)

  static func experiment(
    _ attention: AttentionConfiguration, optimizer: Optimizer = .paperAdam, batchSize: Int = 4, epochs: Int = 3
  ) -> Experiment {
    Experiment(
      task: task, attention: attention,
      training: TrainingConfiguration(
        trainPromptCount: 10, testPromptCount: 3, batchSize: batchSize, epochs: epochs, optimizer: optimizer),
      streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
  }

  /// The whole training loop again, in double precision on the reference layers, from the same initial weights and in
  /// the same order; ten prompts in batches of four, so the last batch is short and counts as a batch of two.
  @Test(
    arguments: AttentionConfiguration.Kind.allCases,
    [Optimizer.paperAdam, Optimizer.sgd(momentum: 0.9)])
  func trainingFollowsTheReference(kind: AttentionConfiguration.Kind, optimizer: Optimizer) throws {
    for (parameterization, hasResidual) in [
      (.full, false), (.full, true), (.scaledIdentity, false),
    ] as [(AttentionConfiguration.Parameterization, Bool)] {
      let attention = AttentionConfiguration(
        kind: kind, parameterization: parameterization, hasResidual: hasResidual)
      let experiment = Self.experiment(attention, optimizer: optimizer)
      let outcome = try experiment.run()
      var twin = ReferenceTraining(experiment, initial: outcome.initialWeights)
      twin.run()
      for (weights, exact) in zip(outcome.finalWeights, twin.layer.weights) {
        let scale = exact.values.map(abs).max() ?? 1
        for (value, expected) in zip(weights.values, exact.values) {
          #expect(abs(Double(value) - expected) < 1e-4 * scale, "\(attention) \(weights.name)")
        }
      }
      let last = try #require(outcome.history.last)
      #expect(abs(last.loss.test / twin.testLoss - 1) < 1e-4)
      #expect(outcome.history.map(\.epoch) == [0, 1, 2, 3])
    }
  }

  @Test func evaluationsComeAtTheirIntervalAndAtTheEnd() throws {
    var experiment = Self.experiment(AttentionConfiguration(kind: .linear), epochs: 7)
    experiment.training.evaluationInterval = 3
    #expect(try experiment.run().history.map(\.epoch) == [0, 3, 6, 7])
    experiment.training.epochs = 0
    #expect(try experiment.run().history.map(\.epoch) == [0])
  }

  /// Evaluating more often changes no weight.
  @Test func evaluationDoesNotDisturbTraining() throws {
    let often = Self.experiment(AttentionConfiguration(kind: .softmax), epochs: 6)
    var seldom = often
    seldom.training.evaluationInterval = 6
    #expect(try often.run().finalWeights == seldom.run().finalWeights)
  }

  @Test func initialWeightsAreUniformInTheirBound() throws {
    var experiment = Self.experiment(AttentionConfiguration(kind: .softmax), epochs: 0)
    experiment.task.ambientDimension = 64
    let weights = try experiment.run().initialWeights
    #expect(weights.map(\.name) == ["value", "key_query"])
    for matrix in weights {
      let values = matrix.values.map(Double.init)
      #expect(values.allSatisfy { abs($0) <= 1.0 / 8 })
      let count = Double(values.count)
      let variance = 1.0 / 64 / 3
      let mean = values.reduce(0, +) / count
      #expect(abs(mean) < 5 * (variance / count).squareRoot())
      let square = squaredNorm(values) / count
      #expect(abs(square / variance - 1) < 5 * (0.8 / count).squareRoot())
    }
    #expect(weights[0].values != weights[1].values)
  }

  @Test func theSameExperimentGivesTheSameBits() throws {
    let experiment = Self.experiment(AttentionConfiguration(kind: .gaussian))
    #expect(try experiment.run() == experiment.run())
    var other = experiment
    other.streams.shuffle = 4
    #expect(try experiment.run().finalWeights != other.run().finalWeights)
    #expect(try experiment.run().initialWeights == other.run().initialWeights)
  }

  @Test func cancellationEndsTraining() {
    var asked = 0
    #expect(throws: ExperimentError.cancelled) {
      try Self.experiment(AttentionConfiguration(kind: .linear), epochs: 1000).run {
        asked += 1
        return asked > 50
      }
    }
    #expect(asked == 51)
  }

  /// One more evaluation asks as often as is said.
  @Test func longEvaluationsAskWhetherToGoOn() throws {
    func questions(evaluationInterval: Int) throws -> Int {
      var asked = 0
      let experiment = Experiment(
        task: TaskConfiguration(
          family: .linearSubspace(dimension: .fixed(1), signalVariance: 1), ambientDimension: 2,
          contextLength: 200_000, noiseVariance: 1), attention: AttentionConfiguration(kind: .softmax),
        training: TrainingConfiguration(
          trainPromptCount: 25, testPromptCount: 11, batchSize: 5, epochs: 2, evaluationInterval: evaluationInterval),
        streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
      #expect(experiment.questionsOfEvaluation == 3)
      _ = try experiment.run {
        asked += 1
        return false
      }
      return asked
    }
    #expect(try questions(evaluationInterval: 1) - questions(evaluationInterval: 2) == 3)
  }

  @Test(arguments: AttentionConfiguration.Kind.allCases) func divergenceIsAnError(kind: AttentionConfiguration.Kind) {
    let experiment = Experiment(
      task: Self.task, attention: AttentionConfiguration(kind: kind),
      training: TrainingConfiguration(
        trainPromptCount: 10, testPromptCount: 3, batchSize: 4, epochs: 50, optimizer: .sgd(momentum: 0),
        learningRate: 1e6),
      streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
    #expect {
      try experiment.run()
    } throws: { error in
      guard case .diverged? = error as? ExperimentError else { return false }
      return true
    }
  }

  @Test func invalidExperimentsAreRefused() {
    func refuses(_ change: (inout Experiment) -> Void) {
      var experiment = Self.experiment(AttentionConfiguration(kind: .linear))
      change(&experiment)
      #expect {
        try experiment.run()
      } throws: { error in
        guard case .invalid? = error as? ExperimentError else { return false }
        return true
      }
    }
    refuses { $0.task.ambientDimension = 0 }
    refuses { $0.task.contextLength = 0 }
    refuses { $0.task.noiseVariance = -1 }
    refuses { $0.task.family = .linearSubspace(dimension: .fixed(6), signalVariance: 1) }
    refuses { $0.task.family = .linearSubspace(dimension: .uniform(0...2), signalVariance: 1) }
    refuses { $0.task.family = .sphere(dimension: .fixed(5), radius: 1) }
    refuses {
      $0.task.family = .gaussianMixture(
        GaussianMixture(componentCount: .fixed(2), radius: 1, weights: [1, 2, 3], variances: [1]))
    }
    refuses {
      $0.task.transform = CoordinateTransform(matrix: Matrix(rows: 5, columns: 5), target: .original)
    }
    refuses { $0.training.batchSize = 0 }
    refuses { $0.training.evaluationInterval = 0 }
    refuses { $0.training.learningRate = .nan }
  }
}

/// The naive training loop: double precision, one prompt at a time, reference layers.
struct ReferenceTraining {
  var layer: any ReferenceAttention
  private let experiment: Experiment
  private let train: [Prompt]
  private let test: [Prompt]
  private var mu: [[Double]]
  private var nu: [[Double]]
  private var steps = 0

  init(_ experiment: Experiment, initial: [WeightMatrix]) {
    self.experiment = experiment
    let matrices = initial.map { Matrix(rows: $0.size, columns: $0.size, values: $0.values.map(Double.init)) }
    let residual = experiment.attention.hasResidual
    layer =
      switch experiment.attention.kind {
      case .linear: LinearAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: residual)
      case .softmax: SoftmaxAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: residual)
      case .gaussian:
        GaussianAttention(value: matrices[0], query: matrices[1], key: matrices[2], hasResidual: residual)
      }
    let task = experiment.task
    let sampler = PromptSampler(task: task, key: experiment.streams.data)
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: .tokens)
    train = (0..<experiment.training.trainPromptCount).map {
      sampler.draw(UInt64($0), into: set, at: 0, withContext: true)
    }
    test = (0..<experiment.training.testPromptCount).map {
      sampler.draw(PromptSampler.firstTestPrompt + UInt64($0), into: set, at: 0, withContext: true)
    }
    mu = matrices.map { $0.values.map { _ in 0 } }
    nu = mu
  }

  var testLoss: Double {
    test.reduce(0) {
      $0 + layer.squaredError(context: $1.context, query: $1.query, target: $1.target) / Double($1.query.count)
    } / Double(test.count)
  }

  mutating func run() {
    let training = experiment.training
    let schedule = LearningRateSchedule(training)
    for epoch in 0..<training.epochs {
      var order = TrainingRun.order(count: train.count, epoch: epoch, key: experiment.streams.shuffle)[...]
      while !order.isEmpty {
        let batch = order.prefix(training.batchSize)
        order = order.dropFirst(batch.count)
        step(batch.map { train[$0] }, rate: schedule.rate(epoch: epoch))
      }
    }
  }

  private mutating func step(_ batch: [Prompt], rate: Double) {
    var sums = layer.weights.map { Matrix(rows: $0.rows, columns: $0.columns) }
    for prompt in batch {
      let gradient = layer.gradient(context: prompt.context, query: prompt.query, target: prompt.target)
      for matrix in sums.indices {
        for entry in sums[matrix].values.indices {
          sums[matrix].values[entry] +=
            gradient[matrix].values[entry] / Double(batch.count * prompt.query.count)
        }
      }
    }
    if experiment.attention.parameterization == .scaledIdentity {
      sums = sums.map { Matrix.identity($0.rows, scale: $0.trace) }
    }
    steps += 1
    for matrix in sums.indices { update(matrix, sums[matrix].values, rate) }
  }

  private mutating func update(_ matrix: Int, _ gradient: [Double], _ rate: Double) {
    for entry in gradient.indices {
      let g = gradient[entry]
      switch experiment.training.optimizer {
      case .sgd(let momentum):
        mu[matrix][entry] = momentum * mu[matrix][entry] + g
        layer.weights[matrix].values[entry] -= rate * mu[matrix][entry]
      case .adam(let beta1, let beta2, let epsilon):
        mu[matrix][entry] = beta1 * mu[matrix][entry] + (1 - beta1) * g
        nu[matrix][entry] = beta2 * nu[matrix][entry] + (1 - beta2) * g * g
        var (b1, b2) = (1.0, 1.0)
        for _ in 0..<steps { (b1, b2) = (b1 * beta1, b2 * beta2) }
        let first = mu[matrix][entry] / (1 - b1)
        let second = nu[matrix][entry] / (1 - b2)
        layer.weights[matrix].values[entry] -= rate * first / (second.squareRoot() + epsilon)
      }
    }
  }
}
