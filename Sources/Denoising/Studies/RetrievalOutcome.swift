/// What the queries look like after some steps, averaged over all of them.
public struct RetrievalPoint: Sendable, Hashable {
  /// Steps done.
  public var step: Int
  /// ‖s − x‖²/n.
  public var loss: Double
  /// E(X, s).
  public var energy: Double
  /// Distance to the nearest token of the context.
  public var tokenDistance: Double
  /// Share of the queries that are forgotten: a small change of one along its own noise, by the unit vector u, moves the
  /// state by less than a tenth of it, ‖∂s/∂x̃ · u‖ < 0.1. What is left of such a query is the basin that it lies in.
  public var forgottenShare: Double
  /// Variance of the state over the queries of one context, relative to that of the queries themselves: zero where all
  /// end in one place. Absent where a context has a single query.
  public var queryVariance: Double?

  /// A point of a retrieval curve.
  public init(
    step: Int, loss: Double, energy: Double, tokenDistance: Double, forgottenShare: Double, queryVariance: Double?
  ) {
    self.step = step
    self.loss = loss
    self.energy = energy
    self.tokenDistance = tokenDistance
    self.forgottenShare = forgottenShare
    self.queryVariance = queryVariance
  }
}

/// What a retrieval study found.
public struct RetrievalOutcome: Sendable, Hashable {
  /// One point for each number of steps from 0 to K.
  public var curve: [RetrievalPoint]
  /// Mean loss after a single step that is attention.
  public var oneStepLoss: Double
  /// Where queries ended against that step, query by query. Absent unless all converged.
  public var comparison: PairedComparison?
  /// Share of the queries that reached a fixed point; the others were stopped.
  public var convergedShare: Double
  /// Share of the queries that left every bound, because the energy of their context has no minimum.
  public var unboundedShare: Double
  /// Mean number of steps until the end.
  public var stepsToEnd: Double
  /// Mean distance of the ends to the nearest token. Absent unless all converged.
  public var endTokenDistance: Double?
  /// Mean number of different states in which the queries of one context end.
  public var endsPerContext: Double
  /// The estimators that need no context, on the same queries.
  public var baselines: [BaselineLoss]
  /// What a picture of the first context is made from; for n = 2.
  public var drawing: RetrievalDrawing?

  /// An outcome.
  public init(
    curve: [RetrievalPoint], oneStepLoss: Double, comparison: PairedComparison?, convergedShare: Double,
    unboundedShare: Double, stepsToEnd: Double,
    endTokenDistance: Double?, endsPerContext: Double, baselines: [BaselineLoss], drawing: RetrievalDrawing?
  ) {
    self.curve = curve
    self.oneStepLoss = oneStepLoss
    self.comparison = comparison
    self.convergedShare = convergedShare
    self.unboundedShare = unboundedShare
    self.stepsToEnd = stepsToEnd
    self.endTokenDistance = endTokenDistance
    self.endsPerContext = endsPerContext
    self.baselines = baselines
    self.drawing = drawing
  }

  /// The point of the curve with the smallest loss; the first of equals.
  public var best: RetrievalPoint? { curve.min { ($0.loss, $0.step) < ($1.loss, $1.step) } }
}

/// The energy of one context of two-dimensional tokens, and the ways of a few queries over it.
public struct RetrievalDrawing: Sendable, Hashable {
  /// The tokens, 2 entries each.
  public var tokens: [[Double]]
  /// The clean tokens that the drawn queries are corruptions of.
  public var targets: [[Double]]
  /// For each drawn query its states after 0, 1, … K steps.
  public var trajectories: [[[Double]]]
  /// Where each drawn query ends.
  public var ends: [[Double]]
  /// Places of the grid, the same along both axes.
  public var axis: [Double]
  /// E(X, s) at s = (axis[j], axis[i]): entry i · axis.count + j.
  public var energies: [Double]

  /// A drawing from its parts.
  public init(
    tokens: [[Double]], targets: [[Double]], trajectories: [[[Double]]], ends: [[Double]], axis: [Double],
    energies: [Double]
  ) {
    self.tokens = tokens
    self.targets = targets
    self.trajectories = trajectories
    self.ends = ends
    self.axis = axis
    self.energies = energies
  }
}
