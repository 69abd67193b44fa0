public import Numerics

/// What was drawn for one prompt and stays hidden from the learner: the task itself.
public enum PromptStructure: Sendable, Hashable {
  /// n × d, orthonormal columns spanning the subspace.
  case linearSubspace(basis: Matrix)
  /// n × (d + 1), orthonormal columns spanning the space that the sphere lies in.
  case sphere(basis: Matrix)
  /// n × p, the centres as columns.
  case gaussianMixture(centres: Matrix)
}

/// One prompt (X₁ … X_L, x̃) and its target x, in original coordinates: before any ``CoordinateTransform``.
///
/// This is the readable form, in double precision, that the estimators and the reference attention work on; training
/// works on whole data sets in single precision.
public struct Prompt: Sendable, Hashable {
  /// X, n × L: the clean tokens as columns.
  public var context: Matrix
  /// x̃, the corrupted query; n entries.
  public var query: [Double]
  /// x, the clean query; n entries.
  public var target: [Double]
  /// The hidden task.
  public var structure: PromptStructure

  /// A prompt from its parts.
  public init(context: Matrix, query: [Double], target: [Double], structure: PromptStructure) {
    self.context = context
    self.query = query
    self.target = target
    self.structure = structure
  }
}
