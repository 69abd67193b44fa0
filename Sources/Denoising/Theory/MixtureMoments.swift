/// The moments of linear attention's loss (``LinearAttentionLoss``) on a Gaussian mixture with centres that are
/// independent and uniform on the sphere of radius R in ℝⁿ.
///
/// Given its component a, a token has the second moment M_a = μ_a μ_aᵀ + σ_a² I. So for independent tokens of one prompt
///
///     E⟨x, X⟩² = E tr M_a M_b,      E⟨x, X⟩⟨X, Y⟩⟨Y, x⟩ = E tr M_a M_b M_c,
///
/// with E⟨μ_a, μ_b⟩² = R⁴ (a = b) or R⁴/n, and E⟨μ_a, μ_b⟩⟨μ_b, μ_c⟩⟨μ_c, μ_a⟩ = R⁶, R⁶/n or R⁶/n² for one, two or three
/// different components: how often these coincide is in Σ w_a² and Σ w_a³.
struct MixtureMoments {
  private let n: Double
  private let squaredRadius: Double
  /// Σ w_a² and Σ w_a³, the weights summing to one.
  private let (pairCoincidence, tripleCoincidence): (Double, Double)
  /// Σ w_a σ_a², Σ w_a σ_a⁴ and Σ w_a² σ_a².
  private let (variance, squaredVariance, coincidentVariance): (Double, Double, Double)

  /// The moments of a mixture of so many components in n dimensions.
  init(_ mixture: GaussianMixture, componentCount: Int, ambientDimension: Int) {
    n = Double(ambientDimension)
    squaredRadius = mixture.radius * mixture.radius
    let relative = (0..<componentCount).map { mixture.weight($0) }
    let total = relative.reduce(0, +)
    func sum(_ term: (_ weight: Double, _ variance: Double) -> Double) -> Double {
      relative.indices.reduce(0) { $0 + term(relative[$1] / total, mixture.variance($1)) }
    }
    (pairCoincidence, tripleCoincidence) = (sum { w, _ in w * w }, sum { w, _ in w * w * w })
    (variance, squaredVariance, coincidentVariance) = (
      sum { w, s in w * s }, sum { w, s in w * s * s }, sum { w, s in w * w * s }
    )
  }

  /// E‖x‖² = R² + n Σ w_a σ_a².
  var secondMoment: Double { squaredRadius + n * variance }

  /// E‖x‖⁴: given a, ‖x‖² has the mean R² + n σ_a² and the variance 4 R² σ_a² + 2 n σ_a⁴.
  var fourthMoment: Double {
    squaredRadius * squaredRadius + (2 * n + 4) * squaredRadius * variance + n * (n + 2) * squaredVariance
  }

  /// E⟨x, X⟩².
  var pairOverlap: Double { centreOverlap + 2 * squaredRadius * variance + n * variance * variance }

  /// E⟨x, X⟩⟨X, Y⟩⟨Y, x⟩.
  var tripleOverlap: Double {
    let twoEqual = 3 * (pairCoincidence - tripleCoincidence)
    let allDifferent = 1 - twoEqual - tripleCoincidence
    let triangle = tripleCoincidence + twoEqual / n + allDifferent / (n * n)
    return squaredRadius * squaredRadius * squaredRadius * triangle + 3 * variance * centreOverlap
      + 3 * squaredRadius * variance * variance + n * variance * variance * variance
  }

  /// E⟨x, X⟩²‖X‖² = Σ w_a σ_a² E‖X‖⁴ + E⟨μ_a, X⟩²‖X‖², where given b and with s = σ_b² the second is
  /// ⟨μ_a, μ_b⟩² (R² + (n + 4) s) + R⁴ s + (n + 2) R² s².
  var weightedOverlap: Double {
    let anyPair = squaredRadius + (n + 4) * variance
    let samePair = squaredRadius * pairCoincidence + (n + 4) * coincidentVariance
    let alongCentre = squaredRadius * squaredRadius * (anyPair / n + (1 - 1 / n) * samePair)
    return variance * fourthMoment + alongCentre
      + squaredRadius * (squaredRadius * variance + (n + 2) * squaredVariance)
  }

  /// E⟨μ_a, μ_b⟩².
  private var centreOverlap: Double {
    squaredRadius * squaredRadius * (1 / n + (1 - 1 / n) * pairCoincidence)
  }
}
