import Numerics

/// The projected query of a sphere in m dimensions: r = ‖x̃_∥‖, which is σ_Z times a noncentral chi variable with m degrees
/// of freedom and noncentrality R/σ_Z, and the relative length ρ = I_{m/2}(κ)/I_{m/2−1}(κ), κ = R r/σ_Z², of the
/// posterior mean that belongs to it (Proposition 3).
///
/// The density of r is known through its logarithmic derivative, which needs nothing but ρ: with u = ln r,
///
///     d ln p(u)/du = m − r²/σ_Z² + κ ρ(κ).
///
/// This is integrated outward from the mode, by a Gauss–Legendre rule for each step. Expectations are trapezoidal sums
/// in u, which converge geometrically: the integrand is analytic and falls off at both ends.
struct SphereQuery {
  /// m = d + 1.
  private let m: Double
  private let radius: Double
  private let noise: Double

  /// Steps of the trapezoidal sum per standard deviation of u at its mode.
  private static let stepsPerDeviation = 8.0
  /// The sum ends where the density has fallen below e^−42 of its maximum.
  private static let logDensityMin = -42.0
  /// Bisections for the mode: more than the bits of a double.
  private static let bisections = 64
  /// Nodes and weights of the four-point Gauss–Legendre rule on [−1, 1].
  private static let rule: [(node: Double, weight: Double)] = [
    (-0x1.b8e6dbcf63985p-1, 0x1.64340f7e7b66bp-2), (-0x1.5c23fd9dd3dfcp-2, 0x1.4de5f840c24cap-1),
    (0x1.5c23fd9dd3dfcp-2, 0x1.4de5f840c24cap-1), (0x1.b8e6dbcf63985p-1, 0x1.64340f7e7b66bp-2),
  ]

  /// The query of a d-sphere of the given radius R > 0 with σ_Z² > 0.
  init(dimension: Int, radius: Double, noiseVariance: Double) {
    m = Double(dimension + 1)
    self.radius = radius
    noise = noiseVariance
  }

  /// E f(ρ), to about 1e-13 relative to the largest value of f.
  func expectation(_ f: (Double) -> Double) -> Double {
    let mode = self.mode
    let step = deviation(at: mode) / Self.stepsPerDeviation
    var sum = f(relativeLength(mode))
    var mass = 1.0
    for direction in [-step, step] {
      var (offset, logDensity) = (0.0, 0.0)
      while logDensity > Self.logDensityMin {
        logDensity += logDensityChange(mode, from: offset, step: direction)
        offset += direction
        let density = exponential(logDensity)
        sum += density * f(relativeLength(mode * exponential(offset)))
        mass += density
      }
    }
    return sum / mass
  }

  /// ρ at a radius r.
  private func relativeLength(_ r: Double) -> Double {
    BesselRatio.value(order: 0.5 * m, argument: radius * r / noise)
  }

  /// d ln p(u)/du at r = eᵘ; it falls from m to −∞ and has one zero.
  private func slope(_ r: Double) -> Double { m + r * (radius * relativeLength(r) - r) / noise }

  /// r at the mode of u, between 0 and the zero of the slope for ρ = 1.
  private var mode: Double {
    var (low, high) = (0.0, 0.5 * (radius + (radius * radius + 4 * m * noise).squareRoot()))
    for _ in 0..<Self.bisections {
      let middle = 0.5 * (low + high)
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  /// (−d² ln p/du²)^−½ at the mode: a central difference is good enough for a step size.
  private func deviation(at mode: Double) -> Double {
    let difference = 0x1p-10
    let curvature = (slope(mode * (1 - difference)) - slope(mode * (1 + difference))) / (2 * difference)
    return 1 / curvature.squareRoot()
  }

  /// ∫ (d ln p/du) du over one step that starts at u = ln `mode` + `offset`.
  private func logDensityChange(_ mode: Double, from offset: Double, step: Double) -> Double {
    var sum = 0.0
    for (node, weight) in Self.rule {
      sum += weight * slope(mode * exponential(offset + 0.5 * step * (1 + node)))
    }
    return 0.5 * step * sum
  }
}
