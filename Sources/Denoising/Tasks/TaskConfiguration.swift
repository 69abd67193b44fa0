public import Numerics

/// An integer that is the same in every prompt, or drawn uniformly anew for each.
public enum IntegerDistribution: Sendable, Hashable {
  /// The same value in every prompt.
  case fixed(Int)
  /// Uniform over a closed range, drawn for each prompt.
  case uniform(ClosedRange<Int>)

  /// The values that can occur, smallest and largest.
  public var range: ClosedRange<Int> {
    switch self {
    case .fixed(let value): value...value
    case .uniform(let range): range
    }
  }
}

/// The three families of token distributions of the paper's Section 2.2.
public enum TaskFamily: Sendable, Hashable {
  /// X = P Y with Y ~ N(0, σ₀² Iₙ), P a Haar-random projection of rank `dimension` (Section 2.2.1).
  case linearSubspace(dimension: IntegerDistribution, signalVariance: Double)
  /// Uniform on the `dimension`-sphere of the given radius in a Haar-random (`dimension` + 1)-dimensional subspace
  /// (Section 2.2.2).
  case sphere(dimension: IntegerDistribution, radius: Double)
  /// Isotropic Gaussians around centres that are uniform on the sphere of the given radius in ℝⁿ (Section 2.2.3).
  case gaussianMixture(GaussianMixture)
}

/// The parameters of a Gaussian mixture that are shared by all prompts: everything but the centres.
public struct GaussianMixture: Sendable, Hashable {
  /// Number of components p (the paper's K in Section 2.2.3).
  public var componentCount: IntegerDistribution
  /// Norm R of every centre.
  public var radius: Double
  /// Relative weights w_a, one for each component; empty for equal weights. They need not sum to one.
  public var weights: [Double]
  /// Variances σ_a²: one value for all components, or one for each.
  public var variances: [Double]

  /// A mixture; `weights` may be empty, `variances` may hold a single value.
  public init(componentCount: IntegerDistribution, radius: Double, weights: [Double] = [], variances: [Double]) {
    self.componentCount = componentCount
    self.radius = radius
    self.weights = weights
    self.variances = variances
  }
}

/// What of a context is drawn.
public enum ContextSampling: String, Sendable, Hashable, CaseIterable {
  /// Its tokens.
  case tokens
  /// Its second moment X Xᵀ/L alone, from the Wishart distribution that it has on the linear task. That is all that
  /// linear attention sees, at a cost that does not depend on L.
  case wishart
}

/// A distribution over prompts: what a context and a query look like.
public struct TaskConfiguration: Sendable, Hashable {
  /// Which family the clean tokens come from.
  public var family: TaskFamily
  /// n, the dimension of a token.
  public var ambientDimension: Int
  /// L, the number of clean context tokens; the query is not counted.
  public var contextLength: Int
  /// σ_Z², the variance of each component of the corruption.
  public var noiseVariance: Double
  /// What of a context is drawn.
  public var contextSampling: ContextSampling
  /// A fixed invertible transform of the whole prompt (Appendix H), if any.
  public var transform: CoordinateTransform?

  /// A task configuration. It is checked when an experiment runs.
  public init(
    family: TaskFamily, ambientDimension: Int, contextLength: Int, noiseVariance: Double,
    transform: CoordinateTransform? = nil, contextSampling: ContextSampling = .tokens
  ) {
    self.family = family
    self.ambientDimension = ambientDimension
    self.contextLength = contextLength
    self.noiseVariance = noiseVariance
    self.transform = transform
    self.contextSampling = contextSampling
  }
}

/// A fixed invertible matrix A through which the learner sees every prompt: E = (A X, A x̃) (Appendix H).
public struct CoordinateTransform: Sendable, Hashable {
  /// What is to be predicted from a transformed prompt.
  public enum Target: String, Sendable, Hashable, CaseIterable {
    /// x in the original coordinates: the optimum is Eq A.12.
    case original
    /// A x, in the transformed coordinates: the optimum is Eq A.13.
    case transformed
  }

  /// A, n × n and invertible.
  public var matrix: Matrix
  /// What is to be predicted.
  public var target: Target

  /// A transform by the given matrix, which must be square and invertible.
  public init(matrix: Matrix, target: Target) {
    self.matrix = matrix
    self.target = target
  }
}
