public import Denoising

/// One cell of the grid × one seed: the unit of work and of identity.
///
/// A trial is its canonical bytes: they are what is hashed into ``id``, what travels to a worker, and what a worker
/// rebuilds the experiment from. A trial of a plan holds only its place in the grid, so that a million of them are
/// cheap; parameters and bytes are made when they are asked for.
public struct Trial: Sendable {
  /// Hash of the canonical bytes.
  public let id: TrialID
  /// Predicted work in floating-point operations, see ``TrialCost``.
  public let cost: Double

  private enum Origin: Sendable {
    case grid(SweepGrid, point: Int, seed: Int)
    case parameters(ParameterSet)
  }

  private let origin: Origin

  /// A trial of a plan. The identity must be the hash of the point's canonical bytes.
  init(id: TrialID, cost: Double, grid: SweepGrid, point: Int, seed: Int) {
    self.id = id
    self.cost = cost
    origin = .grid(grid, point: point, seed: seed)
  }

  /// The trial with these parameters.
  ///
  /// Throws ``CanonicalBytesError`` unless they are exactly the parameters that have a meaning for one trial, each
  /// within its bounds.
  public init(parameters: ParameterSet) throws(CanonicalBytesError) {
    guard let assignment = Assignment(parameters) else {
      let unknown = parameters.entries.first { ParameterKey(name: $0.name) == nil }
      throw CanonicalBytesError("unknown parameter \(unknown?.name ?? "")")
    }
    if let problem = assignment.trialProblem() { throw CanonicalBytesError(problem) }
    id = TrialID(hashing: parameters.canonicalBytes)
    cost = TrialCost.operations(of: assignment)
    origin = .parameters(parameters)
  }

  /// The trial with these canonical bytes, which may come from anybody.
  ///
  /// Throws ``CanonicalBytesError`` unless they describe one valid trial.
  public init(canonicalBytes: [UInt8]) throws(CanonicalBytesError) {
    try self.init(parameters: ParameterSet(canonicalBytes: canonicalBytes))
  }

  /// Every parameter that has a meaning for this trial, defaults filled in.
  public var parameters: ParameterSet {
    switch origin {
    case .grid(let grid, let point, let seed): grid.parameters(at: point, seed: seed)
    case .parameters(let parameters): parameters
    }
  }

  /// The bytes that are this trial.
  public var canonicalBytes: [UInt8] { parameters.canonicalBytes }

  /// The study that the parameters describe.
  public var study: Study { Study(parameters: parameters) }

  /// Runs the study, which takes from milliseconds to minutes, and returns what it found.
  ///
  /// `memoryBudget` is how many bytes the tokens of all prompts may take; it changes the time and no bit.
  /// `isCancelled` is asked now and then. Throws ``ExperimentError``.
  public func run(
    memoryBudget: Int = Experiment.memoryBudgetDefault, isCancelled: () -> Bool
  ) throws -> TrialResult {
    switch study {
    case .training(let experiment):
      TrialResult(try experiment.run(memoryBudget: memoryBudget, isCancelled: isCancelled))
    case .landscape(let study):
      TrialResult(try study.run(memoryBudget: memoryBudget, isCancelled: isCancelled), of: study)
    case .transfer(let study): TrialResult(try study.run(memoryBudget: memoryBudget, isCancelled: isCancelled))
    case .convergence(let study): TrialResult(try study.run(isCancelled: isCancelled))
    case .retrieval(let study):
      TrialResult(try study.run(isCancelled: isCancelled))
    }
  }
}

extension Trial: Hashable {
  /// Trials are the same when their identities are.
  public static func == (left: Trial, right: Trial) -> Bool { left.id == right.id }

  /// By the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
