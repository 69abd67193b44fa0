public import Denoising

/// The three tasks with the paper's constants.
public enum PaperTask: String, Sendable, CaseIterable {
  /// Linear subspaces of dimension d: σ₀² = 2, σ_Z² = 1.
  case linear
  /// d-spheres of radius 1: σ_Z² = 0.1.
  case sphere
  /// Eight Gaussians around centres of norm 1: σ₀² = 0.02, σ_Z² = 0.1.
  case mixture

  /// The task at the given sizes; a mixture has no d.
  public func configuration(n: Int, d: Int, contextLength: Int) -> TaskConfiguration {
    let (family, noiseVariance): (TaskFamily, Double) =
      switch self {
      case .linear: (.linearSubspace(dimension: .fixed(d), signalVariance: 2), 1)
      case .sphere: (.sphere(dimension: .fixed(d), radius: 1), 0.1)
      case .mixture:
        (.gaussianMixture(GaussianMixture(componentCount: .fixed(8), radius: 1, variances: [0.02])), 0.1)
      }
    return TaskConfiguration(
      family: family, ambientDimension: n, contextLength: contextLength, noiseVariance: noiseVariance)
  }
}

/// The sizes of a training run. The defaults are the paper's.
public struct PaperSizes: Sendable {
  /// n.
  public var n = 16
  /// d.
  public var d = 8
  /// L.
  public var contextLength = 500
  /// Number of training prompts.
  public var trainPrompts = 800
  /// Number of test prompts.
  public var testPrompts = 200

  /// The paper's sizes.
  public init() {}

  /// A whole experiment of these sizes.
  public func experiment(
    _ task: PaperTask, _ kind: AttentionConfiguration.Kind, epochs: Int, evaluationInterval: Int, seed: UInt64
  ) -> Experiment {
    Experiment(
      task: task.configuration(n: n, d: d, contextLength: contextLength),
      attention: AttentionConfiguration(kind: kind),
      training: TrainingConfiguration(
        trainPromptCount: trainPrompts, testPromptCount: testPrompts, epochs: epochs,
        evaluationInterval: evaluationInterval),
      streams: ExperimentStreams(data: seed, weights: seed ^ 0x5757, shuffle: seed ^ 0xA1A1))
  }
}
