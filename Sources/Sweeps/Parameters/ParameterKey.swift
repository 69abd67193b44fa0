/// Every parameter of a trial, in the order of the names' bytes: the order of ``ParameterSet``.
package enum ParameterKey: Int, CaseIterable, Sendable, Hashable {
  case L, alphaBounds, attention, batchSize, beta1, beta2, betaBounds, componentCount, componentWeights,
    contextSampling, contexts, d, dataSeed, decayAt, decayFactor, epochs, epsilon, evaluationInterval, gridPoints,
    initialScale, keyQueryScale, learningRate, momentum, n, noiseVariance, optimizer, queriesPerContext, radius,
    residual, seed, seedRoot, signalVariance, stepSize, steps, study, task, testPrompts, trainPrompts, transferL,
    transferD, transform, transformCondition, transformSeed, transformTarget, valueScale, weights

  private static let names = [
    "L", "alpha_bounds", "attention", "batch_size", "beta1", "beta2", "beta_bounds", "component_count",
    "component_weights", "context_sampling", "contexts", "d", "data_seed", "decay_at", "decay_factor", "epochs",
    "epsilon", "evaluation_interval", "grid_points", "initial_scale", "key_query_scale", "learning_rate",
    "momentum", "n", "noise_variance", "optimizer", "queries_per_context", "radius", "residual", "seed",
    "seed_root", "signal_variance", "step_size", "steps", "study", "task", "test_prompts", "train_prompts",
    "transfer_L", "transfer_d", "transform", "transform_condition", "transform_seed", "transform_target",
    "value_scale", "weights",
  ]

  private static let keys = Dictionary(uniqueKeysWithValues: zip(names, allCases))

  /// The name in sweep files, in parameter sets and in tables.
  package var name: String { Self.names[rawValue] }

  /// The parameter of that name, if there is one.
  package init?(name: String) {
    guard let key = Self.keys[name] else { return nil }
    self = key
  }
}

/// A set of parameters, as one machine word.
package struct ParameterKeys: OptionSet, Sendable, Hashable {
  package var rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  init(_ key: ParameterKey) { rawValue = 1 << UInt64(key.rawValue) }

  func contains(_ key: ParameterKey) -> Bool { contains(Self(key)) }

  mutating func insert(_ key: ParameterKey) { insert(Self(key)) }
}
