import Numerics

/// One prompt of the sphere task against its limit for L → ∞ (Proposition 6), in the coordinates of the subspace.
///
/// Everything is divided by e^κ with κ = R‖x̃‖/σ_Z², which the largest score cannot exceed, so that nothing overflows.
struct SphereConvergence {
  /// Deviations relative to the bounds' own units.
  let deviations: [(ConvergenceQuantity, Double)]

  init(_ prompt: Prompt, radius: Double, noise: Double) {
    guard let basis = prompt.structure.subspaceBasis else {
      deviations = []
      return
    }
    let query = basis.transposed * prompt.query
    let tokens = basis.transposed * prompt.context
    let length = squaredNorm(query).squareRoot()
    let kappa = radius * length / noise
    let (numerator, denominator) = Self.means(tokens, query, noise: noise, kappa: kappa)
    let m = Double(basis.columns)
    // E e^{⟨X, x̃⟩/σ²} and E X e^{…}: the second points along x̃, and its ratio to the first is R I_{m/2}/I_{m/2−1}.
    let limit = SphereConvergence.meanExponential(kappa, dimension: basis.columns)
    let share = BesselRatio.value(order: 0.5 * m, argument: kappa)
    let direction = query.map { radius * $0 / length }
    let output = zip(numerator, direction).reduce(0) { max($0, ($1.0 / denominator - share * $1.1).magnitude) }
    let top = zip(numerator, direction).reduce(0) { max($0, ($1.0 - limit * share * $1.1).magnitude) }
    // sinh κ/e^κ.
    let unit = 0.5 * (1 - exponential(-2 * kappa))
    deviations = [
      (.output, output / radius), (.numerator, top / radius), (.denominator, (denominator - limit).magnitude / unit),
    ]
  }

  /// (1/L) Σ X_t e^{⟨X_t, x̃⟩/σ² − κ} and (1/L) Σ e^{⟨X_t, x̃⟩/σ² − κ}.
  private static func means(
    _ tokens: Matrix, _ query: [Double], noise: Double, kappa: Double
  ) -> (numerator: [Double], denominator: Double) {
    let scores = tokens.transposed * query
    let weights = scores.map { exponential($0 / noise - kappa) / Double(tokens.columns) }
    return (tokens * weights, weights.reduce(0, +))
  }

  /// E e^{κ cos θ − κ} over the unit sphere of ℝᵐ, by the power series of ₀F₁(m/2; κ²/4): all of its terms are positive,
  /// so that the relative error is that of rounding.
  static func meanExponential(_ kappa: Double, dimension m: Int) -> Double {
    let (half, square) = (0.5 * Double(m), 0.25 * kappa * kappa)
    var (sum, term, index, exponent) = (1.0, 1.0, 0.0, -kappa)
    while term > sum * 0x1p-60 || index < 0.5 * kappa {
      term *= square / ((index + 1) * (half + index))
      index += 1
      sum += term
      if sum > 0x1p600 {
        // The factor goes into the exponent, so that nothing overflows.
        (sum, term, exponent) = (sum * 0x1p-600, term * 0x1p-600, exponent + 600 * logarithm(2))
      }
    }
    return sum * exponential(exponent)
  }
}
