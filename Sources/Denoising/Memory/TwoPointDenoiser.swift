import Numerics

/// The posterior mean for a clean token that is one of two points with equal probability, and what iterating it does.
///
/// With c the midpoint, δ = (m₁ − m₂)/2 and λ = ‖m₁ − m₂‖/2σ = ‖δ‖/σ,
///
///     x̂ = c + δ tanh(⟨δ, x̃ − c⟩/σ²).
///
/// The estimate lies on the line through the points, so that iterating it is a map of one number u = ⟨δ, s − c⟩/‖δ‖²:
/// u ← tanh(λ²u). For λ ≤ 1 it has the fixed point 0 alone and every state collapses to the midpoint; for λ > 1 there are
/// two more, ±u* with u* = tanh(λ²u*), and every state off the middle plane goes to the one on its side. Neither is a
/// memory (u = ±1), and neither depends on the query but for its sign.
public struct TwoPointDenoiser: Sendable, Hashable {
  /// c.
  public let midpoint: [Double]
  /// δ.
  public let halfDifference: [Double]
  /// σ², per component.
  public let noiseVariance: Double

  /// The denoiser of two different points of the same dimension, for positive noise.
  public init(_ first: [Double], _ second: [Double], noiseVariance: Double) {
    precondition(first.count == second.count && first != second, "two different points of one dimension are needed")
    precondition(noiseVariance > 0, "the noise variance must be positive")
    midpoint = zip(first, second).map { 0.5 * ($0 + $1) }
    halfDifference = zip(first, second).map { 0.5 * ($0 - $1) }
    self.noiseVariance = noiseVariance
  }

  /// λ, half the distance of the points in units of the noise's standard deviation.
  public var separation: Double { (squaredNorm(halfDifference) / noiseVariance).squareRoot() }

  /// u of a state: its place along the line, 1 at the first point and −1 at the second.
  public func coordinate(of state: [Double]) -> Double {
    let offset = zip(state, midpoint).map { $0 - $1 }
    return dot(halfDifference, offset) / squaredNorm(halfDifference)
  }

  /// c + u δ.
  public func state(at coordinate: Double) -> [Double] {
    zip(midpoint, halfDifference).map { $0 + coordinate * $1 }
  }

  /// E[x | x̃].
  public func estimate(_ query: [Double]) -> [Double] {
    let gain = squaredNorm(halfDifference) / noiseVariance
    return state(at: hyperbolicTangent(gain * coordinate(of: query)))
  }

  /// u*, where the iteration of a state on the first point's side ends: the positive solution of u = tanh(λ²u), or zero
  /// for λ ≤ 1. The error is some 2e-15, divided by √(λ² − 1) where that is small.
  public static func fixedPoint(separation: Double) -> Double {
    let gain = separation * separation
    guard gain > 1 else { return 0 }
    // tanh(λ²u) − u is positive below u* and negative above it.
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = 0.5 * (low + high)
      guard middle > low, middle < high else { return high }
      if hyperbolicTangent(gain * middle) > middle { low = middle } else { high = middle }
    }
  }
}

/// tanh x to 2 parts in 10¹⁵, from IEEE operations alone; it is worst just above the end of the series.
func hyperbolicTangent(_ x: Double) -> Double {
  let magnitude = x.magnitude
  guard magnitude > 0.02 else {
    // The next term is below 1e-19 of the first.
    let z = x * x
    return x * (1 + z * (-1.0 / 3 + z * (2.0 / 15 + z * (-17.0 / 315 + z * (62.0 / 2835)))))
  }
  let e = exponential(-2 * magnitude)
  let value = (1 - e) / (1 + e)
  return x < 0 ? -value : value
}
