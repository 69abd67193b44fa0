/// Two scales under a name.
public struct NamedScales: Sendable, Hashable {
  /// What is special about a pair of scales.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    /// The node of the grid with the least loss on the training prompts.
    case node
    /// The least loss on the training prompts, off the nodes.
    case minimum
    /// What the paper reads off the posterior mean: exact for L → ∞ on spheres; for mixtures the attention term of
    /// Proposition 4, without its residual.
    case heuristic
    /// For mixtures, α = 1 and β = 1/σ_Z²: exact for L → ∞ and vanishing variance of the components (Eq 8).
    case limit
  }

  /// What is special about them.
  public var name: Name
  /// α.
  public var valueScale: Double
  /// β.
  public var keyQueryScale: Double

  /// A named pair of scales.
  public init(_ name: Name, valueScale: Double, keyQueryScale: Double) {
    self.name = name
    self.valueScale = valueScale
    self.keyQueryScale = keyQueryScale
  }
}

/// A point of a landscape with its losses.
public struct LandscapePoint: Sendable, Hashable {
  /// Where it is, and why it is of interest.
  public var scales: NamedScales
  /// The mean losses there.
  public var loss: SplitLoss

  /// A point of a landscape.
  public init(scales: NamedScales, loss: SplitLoss) {
    self.scales = scales
    self.loss = loss
  }
}

/// What a landscape study found. All losses are per component.
public struct LandscapeOutcome: Sendable, Hashable {
  /// The mean loss over the training prompts at every node, α by α: entry `i * betas + j` is at (α_i, β_j).
  public var losses: [Double]
  /// For each β the α of least loss: the floor of the valley.
  public var valleyScales: [Double]
  /// The losses there.
  public var valleyLosses: [Double]
  /// Node, minimum, and the heuristics that the task has.
  public var points: [LandscapePoint]
  /// Baselines that read no context, on the same prompts.
  public var baselines: [BaselineLoss]

  /// An outcome.
  public init(
    losses: [Double], valleyScales: [Double], valleyLosses: [Double], points: [LandscapePoint],
    baselines: [BaselineLoss]
  ) {
    self.losses = losses
    self.valleyScales = valleyScales
    self.valleyLosses = valleyLosses
    self.points = points
    self.baselines = baselines
  }
}
