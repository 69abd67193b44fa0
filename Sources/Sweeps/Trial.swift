public import Denoising

/// One cell of the grid × one seed: the unit of work and of identity.
///
/// A trial is its canonical bytes: they are what is hashed into ``id``, what travels to a worker, and what a worker
/// rebuilds the experiment from.
public struct Trial: Sendable, Hashable {
  /// Hash of the canonical bytes.
  public let id: TrialID
  /// Every parameter that has a meaning for this trial, defaults filled in.
  public let parameters: ParameterSet
  /// The experiment that the parameters describe.
  public let experiment: Experiment
}
