public import Numerics

/// A named estimator, to be compared with the trained attention layer.
public struct Baseline: Sendable {
  /// The name in results and tables.
  public let name: String
  /// The estimator.
  public let estimator: any Estimator

  /// A named estimator.
  public init(_ name: String, _ estimator: any Estimator) {
    self.name = name
    self.estimator = estimator
  }

  /// Whether the context has to be looked at; such estimators are costly and are taken on the test prompts only.
  public var needsContext: Bool { !estimator.evidence.isSubset(of: .hiddenTask) }
}

extension Baseline {
  /// Whether the second moment of the context is not enough.
  var needsTokens: Bool { !estimator.evidence.isSubset(of: [.hiddenTask, .principalSubspace]) }
}

/// The baselines of a task, and their losses on a prompt.
public struct Baselines: Sendable {
  /// The baselines, in the order of their losses in results.
  public let entries: [Baseline]
  private let measure: LossMeasure
  private let evidence: EvidenceKinds
  /// L.
  private let contextLength: Int

  /// Baselines that are judged in the task's coordinates.
  public init(_ entries: [Baseline], task: TaskConfiguration) {
    self.entries = entries
    measure = LossMeasure(task: task)
    contextLength = task.contextLength
    evidence = entries.reduce(into: []) { $0.formUnion($1.estimator.evidence) }
  }

  /// Every baseline that has a meaning for the task and needs no more of a context than is drawn. `bayes` is always the Bayes-optimal one.
  public static func all(for task: TaskConfiguration) -> Baselines {
    let common = [Baseline("zero", ZeroEstimator()), Baseline("mean", ContextMeanEstimator())]
    let noise = task.noiseVariance
    let specific =
      switch task.family {
      case .linearSubspace(_, let signalVariance): linear(signalVariance, noise)
      case .sphere(_, let radius): sphere(radius, noise)
      case .gaussianMixture(let mixture): self.mixture(mixture, noise)
      }
    let entries = common + specific
    guard task.contextSampling == .wishart else { return Baselines(entries, task: task) }
    return Baselines(entries.filter { !$0.needsTokens }, task: task)
  }

  /// Those that look at the query and the hidden task only, and are cheap enough for all training prompts.
  public static func withoutContext(for task: TaskConfiguration) -> Baselines {
    Baselines(all(for: task).entries.filter { !$0.needsContext }, task: task)
  }

  /// The loss of each baseline on one prompt, in the order of ``entries``. What several of them need from the context,
  /// as its principal directions, is computed once. The context may be empty if no baseline needs it.
  ///
  /// - Parameter secondMoment: X Xᵀ/L, n × n, if the caller has it already.
  public func losses(on prompt: Prompt, secondMoment: Matrix? = nil) -> [Double] {
    let evidence = Evidence(
      of: prompt, kinds: evidence, secondMoment: secondMoment,
      contextLength: secondMoment == nil ? nil : contextLength)
    return entries.map { entry in
      measure.loss(of: entry.estimator.estimate(prompt.query, from: evidence), target: prompt.target)
    }
  }

  private static func linear(_ signal: Double, _ noise: Double) -> [Baseline] {
    let bayes = ProjectionEstimator.Shrinkage.bayes(signalVariance: signal, noiseVariance: noise)
    return [
      Baseline("projection", ProjectionEstimator(source: .hiddenTask, shrinkage: .none)),
      Baseline("bayes", ProjectionEstimator(source: .hiddenTask, shrinkage: bayes)),
      Baseline("context_projection", ProjectionEstimator(source: .context, shrinkage: .none)),
      Baseline("context_bayes", ProjectionEstimator(source: .context, shrinkage: bayes)),
    ]
  }

  private static func sphere(_ radius: Double, _ noise: Double) -> [Baseline] {
    let linear = ProjectionEstimator.Shrinkage.sphere(radius: radius, noiseVariance: noise)
    func family(_ source: SubspaceSource, _ prefix: String) -> [Baseline] {
      [
        Baseline(prefix + "projection", ProjectionEstimator(source: source, shrinkage: .none)),
        Baseline(prefix + "shrunk_projection", ProjectionEstimator(source: source, shrinkage: linear)),
        Baseline(prefix + "radial_projection", SphereEstimator(source: source, radius: radius, length: .radius)),
        Baseline(
          prefix + "bayes",
          SphereEstimator(source: source, radius: radius, length: .posteriorMean(noiseVariance: noise))),
      ]
    }
    return family(.hiddenTask, "") + family(.context, "context_")
      + [Baseline("context_softmax", ContextSoftmaxEstimator(noiseVariance: noise))]
  }

  private static func mixture(_ mixture: GaussianMixture, _ noise: Double) -> [Baseline] {
    [
      Baseline(
        "bayes_limit", EqualNormMixtureEstimator(mixture: mixture, signalVariance: 0, noiseVariance: noise)),
      Baseline("bayes", MixtureBayesEstimator(mixture: mixture, noiseVariance: noise)),
      Baseline("context_softmax", ContextSoftmaxEstimator(noiseVariance: noise)),
      Baseline("context_gaussian", ContextGaussianEstimator(noiseVariance: noise)),
    ]
  }
}
