/// The best that linear attention with scaled-identity weights can do at a finite context length.
public struct LinearAttentionOptimum: Sendable, Hashable {
  /// γ* = αβ, the product of the scales of W_PV and W_KQ.
  public let scaleProduct: Double
  /// The expected loss at γ*, per component.
  public let loss: Double

  /// An optimum from its parts.
  public init(scaleProduct: Double, loss: Double) {
    self.scaleProduct = scaleProduct
    self.loss = loss
  }
}

/// The expected loss of x̂ = γ S x̃ with S = X Xᵀ/L, times n, as a function of γ: exact for every L ≥ 1,
///
///     E‖x̂ − x‖² = E‖x‖² − 2 γ E[xᵀ S x̃] + γ² E‖S x̃‖².
///
/// For a linear task and for spheres, context and query are independent given the subspace. So with C = E[x xᵀ] = s P,
/// s being the variance of a component of x within the subspace of m dimensions,
///
///     E[xᵀ S x̃] = tr(C E S) = m s²,      E‖S x̃‖² = tr((C + σ_Z² I) E S²) = (s + σ_Z²) tr E S².
///
/// And tr E S² = [E‖X₁‖⁴ + (L − 1) E⟨X₁, X₂⟩²]/L, where E⟨X₁, X₂⟩² = m s². The tokens of a linear task have
/// E‖X₁‖⁴ = m (m + 2) s², those of a sphere R⁴ = m² s². For a mixture, whose tokens depend on each other through the
/// centres, the same three expectations come from ``MixtureMoments``.
struct LinearAttentionLoss {
  /// E‖x‖².
  private(set) var constant: Double
  /// E[xᵀ S x̃].
  private(set) var overlap: Double
  /// E‖S x̃‖².
  private(set) var square: Double

  /// The moments for tokens with variance s in each of m dimensions and the given E‖X₁‖⁴.
  private init(m: Double, s: Double, fourthMoment: Double, noise: Double, contextLength: Double) {
    constant = m * s
    overlap = m * s * s
    square = (s + noise) * (fourthMoment + (contextLength - 1) * m * s * s) / contextLength
  }

  /// A linear subspace of dimension d, s = σ₀².
  private static func linearSubspace(dimension: Int, signal: Double, noise: Double, contextLength: Int) -> Self {
    let m = Double(dimension)
    return Self(
      m: m, s: signal, fourthMoment: m * (m + 2) * signal * signal, noise: noise, contextLength: Double(contextLength))
  }

  /// A d-sphere: m = d + 1, s = R²/m.
  private static func sphere(dimension: Int, radius: Double, noise: Double, contextLength: Int) -> Self {
    let m = Double(dimension + 1)
    let squaredRadius = radius * radius
    return Self(
      m: m, s: squaredRadius / m, fourthMoment: squaredRadius * squaredRadius, noise: noise,
      contextLength: Double(contextLength))
  }

  /// A mixture of so many components.
  private init(_ moments: MixtureMoments, noise: Double, contextLength: Int) {
    let share = 1 / Double(contextLength)
    let pair = moments.pairOverlap
    constant = moments.secondMoment
    overlap = pair
    square =
      noise * (share * moments.fourthMoment + (1 - share) * pair)
      + share * moments.weightedOverlap + (1 - share) * moments.tripleOverlap
  }

  /// The mean over prompts whose dimension or number of components is drawn uniformly.
  init(task: TaskConfiguration) {
    let (noise, length) = (task.noiseVariance, task.contextLength)
    let terms: [Self]
    switch task.family {
    case .linearSubspace(let dimension, let signal):
      terms = dimension.range.map {
        .linearSubspace(dimension: $0, signal: signal, noise: noise, contextLength: length)
      }
    case .sphere(let dimension, let radius):
      terms = dimension.range.map { .sphere(dimension: $0, radius: radius, noise: noise, contextLength: length) }
    case .gaussianMixture(let mixture):
      terms = mixture.componentCount.range.map {
        let moments = MixtureMoments(mixture, componentCount: $0, ambientDimension: task.ambientDimension)
        return Self(moments, noise: noise, contextLength: length)
      }
    }
    let count = Double(terms.count)
    constant = terms.reduce(0) { $0 + $1.constant } / count
    overlap = terms.reduce(0) { $0 + $1.overlap } / count
    square = terms.reduce(0) { $0 + $1.square } / count
  }

  /// E‖γ S x̃ − x‖².
  func value(scaleProduct: Double) -> Double {
    constant - 2 * scaleProduct * overlap + scaleProduct * scaleProduct * square
  }

  /// The γ that minimises it, and the minimum (not divided by n).
  var minimum: (scaleProduct: Double, value: Double) {
    let scaleProduct = overlap / square
    return (scaleProduct, constant - scaleProduct * overlap)
  }
}
