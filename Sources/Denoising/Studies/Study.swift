/// What is done with the prompts of one trial: a kind of study and its configuration.
public enum Study: Sendable, Hashable {
  /// One layer is trained and tested.
  case training(Experiment)
  /// The loss of layers with scaled-identity weights is taken over a grid of scales.
  case landscape(LandscapeStudy)
  /// A layer is trained on one task and used on another.
  case transfer(TransferStudy)
  /// Attention with ideal weights is compared with its limit for long contexts.
  case convergence(ConvergenceStudy)
  /// Noisy queries descend the energy of their context, and one step is compared with many.
  case retrieval(RetrievalStudy)

  /// The kinds of studies, by the words of sweep files.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// One layer is trained and tested.
    case training
    /// The loss of layers with scaled-identity weights is taken over a grid of scales.
    case landscape
    /// A layer is trained on one task and used on another.
    case transfer
    /// Attention with ideal weights is compared with its limit for long contexts.
    case convergence
    /// Noisy queries descend the energy of their context, and one step is compared with many.
    case retrieval
  }

  /// Which kind of study it is.
  public var kind: Kind {
    switch self {
    case .training: .training
    case .landscape: .landscape
    case .transfer: .transfer
    case .convergence: .convergence
    case .retrieval: .retrieval
    }
  }

  /// Where its prompts come from; where there are two tasks, the one that is trained on.
  public var task: TaskConfiguration {
    switch self {
    case .training(let experiment): experiment.task
    case .landscape(let study): study.task
    case .transfer(let study): study.experiment.task
    case .convergence(let study): study.task
    case .retrieval(let study): study.task
    }
  }

  /// The attention layer that it is about.
  public var attention: AttentionConfiguration {
    switch self {
    case .training(let experiment): experiment.attention
    case .landscape(let study): study.attention
    case .transfer(let study): study.experiment.attention
    case .convergence(let study): study.attention
    case .retrieval(let study):
      AttentionConfiguration(kind: study.configuration.attention, parameterization: .scaledIdentity)
    }
  }

  /// Every prompt that it looks at, in groups with names.
  public var promptGroups: [PromptGroup] {
    switch self {
    case .training(let experiment): experiment.promptGroups
    case .landscape(let study): study.promptGroups
    case .transfer(let study): study.promptGroups
    case .convergence(let study): study.promptGroups
    case .retrieval(let study): study.promptGroups
    }
  }
}
