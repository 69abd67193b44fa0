import Denoising
import Numerics
import Sweeps
import Testing

/// The first trial of a sweep with these parameters.
private func trial(_ parameters: String, seeds: String = "1") throws -> Trial {
  try #require(try plan("{name: t, parameters: {\(parameters)}, seeds: \(seeds)}").trials.first)
}

struct TrialTests {
  /// By Python: SHA-256 of the canonical bytes of the paper's settings, all parameters written out.
  @Test(arguments: [
    ("task: linear", 485, "2fe78e21739124bad068c6506cb9914d"),
    ("task: linear, context_sampling: tokens", 485, "2fe78e21739124bad068c6506cb9914d"),
    ("task: linear, context_sampling: wishart", 512, "6cab4b6560c02188923e4dff98693372"),
    ("task: sphere", 476, "036133567bf94da984134475fbe14fd7"),
    ("task: mixture, attention: softmax", 517, "31f10c7ebd24485dd22d9e0a436ede3c"),
  ])
  func identitiesAreFixedForEver(parameters: String, length: Int, id: String) throws {
    let trial = try trial(parameters)
    #expect(trial.canonicalBytes.count == length)
    #expect(trial.id.description == id)
  }

  /// A parameter that was added later is left out at its default, and rules of exclude still see the default.
  @Test func theDefaultContextSamplingIsLeftOut() throws {
    #expect(try trial("task: linear").experiment.task.contextSampling == .tokens)
    #expect(try trial("task: linear, context_sampling: wishart").experiment.task.contextSampling == .wishart)
    let text =
      "{name: t, axes: {context_sampling: [tokens, wishart], L: [5, 10]}, exclude: [{context_sampling: tokens}]}"
    #expect(try plan(text).trials.map { $0.experiment.task.contextSampling } == [.wishart, .wishart])
    var parameters = try trial("task: linear").parameters
    parameters["context_sampling"] = .text("tokens")
    #expect(throws: CanonicalBytesError.self) { try Trial(canonicalBytes: parameters.canonicalBytes) }
  }

  @Test func aTrialIsRebuiltFromItsBytes() throws {
    for trial in try plan(
      """
      name: rebuild
      cases:
        - {task: linear, d: {uniform: [2, 6]}, transform: [[2, 0, 0], [0, 1, 0], [0, 0, 1]], n: 3}
        - {task: sphere, optimizer: sgd, momentum: 0.9, n: 8, d: 3, transform: random}
        - {task: mixture, component_count: 2, component_weights: [1, 3], signal_variance: [0, 0.1]}
        - {task: mixture, component_count: {uniform: [2, 6]}, decay_at: [], residual: true, weights: scaled_identity}
      seeds: 2
      """.replacing("d: {uniform: [2, 6]}", with: "d: {uniform: [2, 3]}")
    ).trials {
      let rebuilt = try Trial(canonicalBytes: trial.canonicalBytes)
      #expect(rebuilt.id == trial.id)
      #expect(rebuilt.parameters == trial.parameters)
      #expect(rebuilt.experiment == trial.experiment)
      #expect(rebuilt.cost == trial.cost)
    }
  }

  @Test func parametersThatAreNotATrialAreRefused() throws {
    let valid = try trial("task: linear").parameters
    func refuse(_ reason: String, _ change: (inout ParameterSet) -> Void) {
      var set = valid
      change(&set)
      let error = #expect(throws: CanonicalBytesError.self) { try Trial(canonicalBytes: set.canonicalBytes) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
    refuse("unknown parameter zeta") { $0["zeta"] = .integer(1) }
    refuse("seed is missing") { $0["seed"] = nil }
    refuse("data_seed is missing") { $0["data_seed"] = nil }
    refuse("n is missing") { $0["n"] = nil }
    refuse("momentum has no meaning") { $0["momentum"] = .real(0.5) }
    refuse("component_count has no meaning") { $0["component_count"] = .integer(3) }
    refuse("L must be") { $0["L"] = .integer(0) }
    refuse("L must be") { $0["L"] = .real(20) }
    refuse("noise_variance must be") { $0["noise_variance"] = .real(-1) }
    refuse("task must be") { $0["task"] = .text("quadratic") }
    refuse("d = 17 is larger than n = 16") { $0["d"] = .integer(17) }
    refuse("normal form") { $0["d"] = .integerRange(3...3) }
    refuse("GiB") { set in
      set["train_prompts"] = .integer(10_000_000)
      set["n"] = .integer(512)
    }
    refuse("singular") { set in
      set["transform"] = .reals([Double](repeating: 1, count: 256))
      set["transform_target"] = .text("original")
    }
    var negativeZero = valid
    negativeZero["signal_variance"] = .real(-0.0)
    #expect(throws: CanonicalBytesError.self) { try Trial(parameters: negativeZero) }
  }

  @Test func theLinearExperimentHasThePaperSettings() throws {
    let experiment = try trial("task: linear").experiment
    #expect(experiment.task.family == .linearSubspace(dimension: .fixed(8), signalVariance: 2))
    #expect(experiment.task.ambientDimension == 16)
    #expect(experiment.task.contextLength == 500)
    #expect(experiment.task.noiseVariance == 1)
    #expect(experiment.task.transform == nil)
    #expect(experiment.attention == AttentionConfiguration(kind: .linear))
    #expect(experiment.training == TrainingConfiguration(epochs: 100))
  }

  @Test func theSphereAndTheMixtureHaveThePaperSettings() throws {
    let sphere = try trial("task: sphere, attention: softmax").experiment
    #expect(sphere.task.family == .sphere(dimension: .fixed(8), radius: 1))
    #expect(sphere.task.noiseVariance == 0.1)
    #expect(sphere.attention.kind == .softmax)
    #expect(sphere.training == TrainingConfiguration(epochs: 200))
    let mixture = try trial("task: mixture").experiment
    #expect(
      mixture.task.family
        == .gaussianMixture(GaussianMixture(componentCount: .fixed(8), radius: 1, variances: [0.02])))
    #expect(mixture.training.epochs == 200)
  }

  @Test func everyParameterReachesTheExperiment() throws {
    let experiment = try trial(
      """
      task: mixture, component_count: 2, component_weights: [1, 3], signal_variance: [0, 0.25], radius: 2, n: 2, L: 7,
      noise_variance: 0.5, attention: gaussian, weights: scaled_identity, residual: true, train_prompts: 30,
      test_prompts: 20, batch_size: 40, epochs: 9, optimizer: sgd, learning_rate: 0.5, momentum: 0.75, decay_at: [0.5],
      decay_factor: 0.25, initial_scale: 3, evaluation_interval: 4, transform: [[0, 1], [2, 0]],
      transform_target: transformed
      """
    ).experiment
    let mixture = GaussianMixture(componentCount: .fixed(2), radius: 2, weights: [1, 3], variances: [0, 0.25])
    #expect(
      experiment.task
        == TaskConfiguration(
          family: .gaussianMixture(mixture), ambientDimension: 2, contextLength: 7, noiseVariance: 0.5,
          transform: CoordinateTransform(
            matrix: Matrix(rows: 2, columns: 2, values: [0, 1, 2, 0]), target: .transformed)))
    #expect(
      experiment.attention
        == AttentionConfiguration(kind: .gaussian, parameterization: .scaledIdentity, hasResidual: true))
    #expect(
      experiment.training
        == TrainingConfiguration(
          trainPromptCount: 30, testPromptCount: 20, batchSize: 30, epochs: 9, optimizer: .sgd(momentum: 0.75),
          learningRate: 0.5, decayMilestones: [0.5], decayFactor: 0.25, initialScale: 3, evaluationInterval: 4))
    let uniform = try trial("task: sphere, d: {uniform: [2, 5]}, beta1: 0.5, beta2: 0.75, epsilon: 0.125").experiment
    #expect(uniform.task.family == .sphere(dimension: .uniform(2...5), radius: 1))
    #expect(uniform.training.optimizer == .adam(beta1: 0.5, beta2: 0.75, epsilon: 0.125))
  }

  @Test func theRandomTransformIsTheSameInEveryTrial() throws {
    let trials = try plan(
      "{name: a, parameters: {transform: random, n: 4, d: 2}, axes: {L: [5, 6]}, seeds: 2}"
    ).trials
    #expect(Set(trials.map(\.experiment.task.transform)).count == 1)
    #expect(trials[0].experiment.task.transform?.matrix.rows == 4)
  }
}

struct StreamKeysTests {
  /// By Python: the first 8 bytes of SHA-256 over domain, zero byte, root 7, seed 3 and the canonical bytes of the
  /// task's parameters.
  @Test func keysAreFixedForEver() throws {
    let streams = try trial("task: linear", seeds: "{count: 1, first: 3, root: 7}").experiment.streams
    #expect(streams.data == 0x31c_870d_e33b_d6a2)
    #expect(streams.weights == 0x8a75_0796_3399_07d4)
    #expect(streams.shuffle == 0x47e6_11c2_8c6c_a3b0)
  }

  @Test func attentionsSeeTheSamePromptsAndCellsDoNot() throws {
    let plan = try plan(
      """
      name: streams
      axes: {attention: [linear, softmax], epochs: [10, 20], transform: [none, random], L: [10, 20], d: [4, 8]}
      seeds: 3
      """)
    var byTask: [String: Set<ExperimentStreams>] = [:]
    for trial in plan.trials {
      let key = ["L", "d", "seed"].map { trial.parameters[$0]?.description ?? "" }.joined(separator: " ")
      byTask[key, default: []].insert(trial.experiment.streams)
    }
    #expect(byTask.count == 12)
    #expect(byTask.values.allSatisfy { $0.count == 1 })
    let keys = byTask.values.flatMap { $0 }.flatMap { [$0.data, $0.weights, $0.shuffle] }
    #expect(Set(keys).count == 36)
  }

  @Test func sharedDataIsOneDataSetWithSeparateWeights() throws {
    let shared = try plan("{name: s, parameters: {L: 20}, seeds: {count: 3, shared_data: true}}").trials
    let streams = shared.map(\.experiment.streams)
    #expect(Set(streams.map(\.data)).count == 1)
    #expect(Set(streams.map(\.weights)).count == 3)
    #expect(Set(streams.map(\.shuffle)).count == 3)
    let own = try plan("{name: s, parameters: {L: 20}, seeds: 3}").trials
    // The first seed is its own data seed, and so the same trial.
    #expect(shared[0].id == own[0].id && shared[1].id != own[1].id)
    #expect(shared.map { $0.parameters["data_seed"] } == [.integer(1), .integer(1), .integer(1)])
  }
}
