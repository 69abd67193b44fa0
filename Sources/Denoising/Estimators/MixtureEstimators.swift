import Numerics

/// The posterior mean for a mixture of isotropic Gaussians with known centres (Appendix C.3).
///
/// Given component a, x̃ ~ N(μ_a, (σ_a² + σ_Z²) I), and the posterior mean of x is m_a = (σ_a² x̃ + σ_Z² μ_a)/(σ_a² + σ_Z²).
/// So x̂ = Σ π_a m_a with
///
///     π_a ∝ w_a (σ_a² + σ_Z²)^(−n/2) exp(−‖x̃ − μ_a‖² / 2(σ_a² + σ_Z²)).
///
/// The appendix prints the factor ((σ_Z² + σ_a²)/σ_a²)^(n/2) in place of (σ_a² + σ_Z²)^(−n/2). That is a misprint:
/// C_a = (2πσ_a²)^(−n/2) times the integral (2πσ_a²σ_Z²/(σ_a² + σ_Z²))^(n/2) is (σ_Z²/(σ_a² + σ_Z²))^(n/2). It does not
/// show in Proposition 4, where the factor is the same for all components.
public struct MixtureBayesEstimator: Estimator {
  /// Weights and variances of the components.
  public let mixture: GaussianMixture
  /// σ_Z².
  public let noiseVariance: Double

  /// The posterior mean for a mixture of which the prompt tells the centres.
  public init(mixture: GaussianMixture, noiseVariance: Double) {
    self.mixture = mixture
    self.noiseVariance = noiseVariance
  }

  /// The hidden centres.
  public let evidence: EvidenceKinds = .hiddenTask

  /// Σ π_a m_a.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard case .gaussianMixture(let centres) = evidence.structure, noiseVariance > 0 else { return query }
    let posterior = responsibilities(query, centres)
    // Σ π_a m_a = (Σ π_a g_a) x̃ + Σ π_a (1 − g_a) μ_a, with the gain g_a = σ_a²/(σ_a² + σ_Z²).
    var queryGain = 0.0
    var centreGains = posterior
    for a in posterior.indices {
      let gain = wienerGain(signal: mixture.variance(a), noise: noiseVariance)
      queryGain += posterior[a] * gain
      centreGains[a] *= 1 - gain
    }
    var estimate = centres * centreGains
    for index in estimate.indices { estimate[index] += queryGain * query[index] }
    return estimate
  }

  /// π_a, the posterior probabilities of the components.
  func responsibilities(_ query: [Double], _ centres: Matrix) -> [Double] {
    let distances = squaredDistances(from: query, toColumnsOf: centres)
    let halfDimension = 0.5 * Double(query.count)
    return softmax(
      distances.indices.map { a in
        let total = mixture.variance(a) + noiseVariance
        return logarithm(mixture.weight(a)) - halfDimension * logarithm(total) - distances[a] / (2 * total)
      })
  }
}

/// The posterior mean for a mixture whose centres have one norm and whose components have one variance σ₀²
/// (Proposition 4, Eq 7; μ_a belongs inside the numerator's sum, outside of which it is printed):
///
///     x̂ = σ₀²/(σ₀² + σ_Z²) x̃ + σ_Z²/(σ₀² + σ_Z²) Σ w_a μ_a exp(⟨μ_a, x̃⟩/(σ₀² + σ_Z²)) / Σ w_a exp(⟨μ_a, x̃⟩/(σ₀² + σ_Z²)).
///
/// With σ₀² = 0 this is Eq 8: softmax attention on the centres.
public struct EqualNormMixtureEstimator: Estimator {
  /// Weights of the components; its variances are not looked at.
  public let mixture: GaussianMixture
  /// σ₀², in place of the components' own variances.
  public let signalVariance: Double
  /// σ_Z².
  public let noiseVariance: Double

  /// The posterior mean for centres of equal norm and one variance.
  public init(mixture: GaussianMixture, signalVariance: Double, noiseVariance: Double) {
    self.mixture = mixture
    self.signalVariance = signalVariance
    self.noiseVariance = noiseVariance
  }

  /// The hidden centres.
  public let evidence: EvidenceKinds = .hiddenTask

  /// Eq 7.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard case .gaussianMixture(let centres) = evidence.structure, noiseVariance > 0 else { return query }
    let total = signalVariance + noiseVariance
    let overlaps = centres.transposedTimes(query)
    let weights = softmax(overlaps.indices.map { logarithm(mixture.weight($0)) + overlaps[$0] / total })
    let gain = wienerGain(signal: signalVariance, noise: noiseVariance)
    var estimate = centres * weights
    for index in estimate.indices { estimate[index] = gain * query[index] + (1 - gain) * estimate[index] }
    return estimate
  }
}
