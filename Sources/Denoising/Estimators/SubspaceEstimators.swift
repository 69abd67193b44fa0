import Numerics

/// Where the subspace of a linear task or of a sphere comes from.
public enum SubspaceSource: Sendable, Hashable {
  /// The hidden task.
  case hiddenTask
  /// The leading principal directions of the context (uncentred: eigenvectors of X Xᵀ/L).
  case context

  /// What has to be looked at.
  public var evidence: EvidenceKinds { self == .hiddenTask ? .hiddenTask : .principalSubspace }

  /// An orthonormal basis of the subspace, n × r.
  func basis(_ evidence: Evidence) -> Matrix? {
    self == .hiddenTask ? evidence.structure.subspaceBasis : evidence.principalBasis
  }
}

/// x̂ = c P x̃: the projection of the query onto the subspace, shrunk.
///
/// With c = σ₀²/(σ₀² + σ_Z²) this is the Bayes estimator of the linear task (Proposition 2, Eq 3); with c = 1 the plain
/// projection, its limit for σ_Z → 0. On a sphere, where a component of a token has the variance σ₀² = R²/(d + 1), it is
/// the best linear estimator, which linear attention tends to as L grows.
public struct ProjectionEstimator: Estimator {
  /// Where the subspace comes from.
  public let source: SubspaceSource
  /// c, which multiplies the projection.
  public let shrinkage: Shrinkage

  /// How c is chosen.
  public enum Shrinkage: Sendable, Hashable {
    /// c = 1.
    case none
    /// c = σ₀²/(σ₀² + σ_Z²).
    case bayes(signalVariance: Double, noiseVariance: Double)
    /// c = σ₀²/(σ₀² + σ_Z²) with σ₀² = R²/r, r being the dimension of the subspace.
    case sphere(radius: Double, noiseVariance: Double)

    /// c for a subspace of the given dimension.
    func factor(rank: Int) -> Double {
      switch self {
      case .none: 1
      case .bayes(let signal, let noise): wienerGain(signal: signal, noise: noise)
      case .sphere(let radius, let noise): wienerGain(signal: radius * radius / Double(rank), noise: noise)
      }
    }
  }

  /// A projection estimator.
  public init(source: SubspaceSource, shrinkage: Shrinkage) {
    self.source = source
    self.shrinkage = shrinkage
  }

  /// The source's evidence.
  public var evidence: EvidenceKinds { source.evidence }

  /// c P x̃.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard let basis = source.basis(evidence) else { return ZeroEstimator().estimate(query, from: evidence) }
    let factor = shrinkage.factor(rank: basis.columns)
    return basis * basis.transposedTimes(query).map { factor * $0 }
  }
}

/// x̂ = ρ R x̃_∥ / ‖x̃_∥‖ with x̃_∥ = P x̃: a point on the ray from the centre of a sphere through the projected query.
///
/// With ρ = I_{(d+1)/2}(κ) / I_{(d−1)/2}(κ), κ = R ‖x̃_∥‖ / σ_Z², this is the Bayes estimator (Proposition 3, Eq 6); with
/// ρ = 1 the nearest point of the sphere, its limit for σ_Z → 0.
public struct SphereEstimator: Estimator {
  /// Which point of the ray.
  public enum Length: Sendable, Hashable {
    /// ρ = 1: on the sphere.
    case radius
    /// ρ the ratio of Bessel functions: the posterior mean for this σ_Z².
    case posteriorMean(noiseVariance: Double)
  }

  /// Where the subspace of d + 1 dimensions comes from.
  public let source: SubspaceSource
  /// R.
  public let radius: Double
  /// Which point of the ray.
  public let length: Length

  /// A sphere estimator.
  public init(source: SubspaceSource, radius: Double, length: Length) {
    self.source = source
    self.radius = radius
    self.length = length
  }

  /// The source's evidence.
  public var evidence: EvidenceKinds { source.evidence }

  /// ρ R x̃_∥ / ‖x̃_∥‖; zeros if x̃_∥ is zero.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard let basis = source.basis(evidence) else { return ZeroEstimator().estimate(query, from: evidence) }
    let coordinates = basis.transposedTimes(query)
    let norm = squaredNorm(coordinates).squareRoot()
    guard norm > 0 else { return ZeroEstimator().estimate(query, from: evidence) }
    let factor = radius * relativeLength(norm: norm, rank: basis.columns) / norm
    return basis * coordinates.map { factor * $0 }
  }

  /// ρ for a projected query of the given norm in a subspace of `rank` = d + 1 dimensions.
  private func relativeLength(norm: Double, rank: Int) -> Double {
    switch length {
    case .radius: 1
    case .posteriorMean(let noiseVariance):
      BesselRatio.value(order: 0.5 * Double(rank), argument: radius * norm / noiseVariance)
    }
  }
}

/// σ²/(σ² + σ_Z²), the gain of the best linear estimator of one component; 1 without noise.
func wienerGain(signal: Double, noise: Double) -> Double { noise == 0 ? 1 : signal / (signal + noise) }
