/// The ratio I_ν(κ) / I_{ν−1}(κ) of modified Bessel functions of the first kind: the mean resultant length of a von
/// Mises–Fisher distribution on the sphere in 2ν dimensions with concentration κ (Proposition 3 has ν = (d + 1)/2).
///
/// Two methods, both from additions, multiplications and divisions alone:
/// - backward recurrence r_ν = κ / (2ν + κ r_{ν+1}) (Amos 1974), which is stable because every term is positive, from an
///   order that is high enough for the error of the start to have died away;
/// - for κ ≥ max(512, ν²/2), the quotient of the two Hankel expansions, because the recurrence needs about 7 √κ steps.
///
/// The cost is thus bounded for every κ: at most 24 + max(155, 4 ν) steps of the recurrence, or 40 terms of the expansion.
public enum BesselRatio {
  /// Above this argument, and above ν²/2, the Hankel expansion has at most ``expansionTermsMax`` terms that matter.
  private static let expansionArgumentMin = 512.0
  private static let expansionTermsMax = 40
  /// Steps in the region where order exceeds argument: each shrinks the error there by e^−1.76 or more.
  private static let stepsAboveArgument = 24.0
  /// ln of the factor by which the recurrence is to shrink the start's error, over 2 arsinh(1).
  private static let contraction = 46.0

  /// I_ν(κ) / I_{ν−1}(κ) for an order ν ≥ ½ and an argument κ ≥ 0, infinity included: 0 at 0, 1 at infinity.
  ///
  /// The relative error is below 1e-14 for ν ≤ 512.
  public static func value(order: Double, argument: Double) -> Double {
    guard argument < .infinity else { return argument.isNaN ? .nan : 1 }
    if argument >= expansionArgumentMin && argument >= 0.5 * order * order {
      return min(1, expansion(order, argument) / expansion(order - 1, argument))
    }
    return min(1, recurrence(order, argument))
  }

  /// Backward recurrence. A step at order μ multiplies the error by −r², about exp(−2 arsinh(μ/κ)); `steps` of them
  /// bring it below 1e-17 of the ratio: arsinh(t) ≥ 0.88 t for t ≤ 1, and arsinh(t) ≥ 0.88 above.
  private static func recurrence(_ order: Double, _ argument: Double) -> Double {
    let steps = (order * order + contraction * argument).squareRoot() - order + stepsAboveArgument
    let count = Int(steps.rounded(.up))
    var ratio = amosBound(order + Double(count), argument)
    for step in stride(from: count - 1, through: 0, by: -1) {
      ratio = argument / (2 * (order + Double(step)) + argument * ratio)
    }
    return ratio
  }

  /// The upper bound of I_μ / I_{μ−1} in Amos 1974, Eq 11: close to the ratio itself at high orders.
  private static func amosBound(_ order: Double, _ argument: Double) -> Double {
    argument / (order - 0.5 + (argument * argument + (order - 0.5) * (order - 0.5)).squareRoot())
  }

  /// √(2πκ) e^−κ I_ν(κ) by Hankel's expansion Σ (−1)ᵏ aₖ(ν) / κᵏ (DLMF 10.40.1).
  private static func expansion(_ order: Double, _ argument: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for k in 1...expansionTermsMax {
      let odd = Double(2 * k - 1)
      term *= (odd - 2 * order) * (odd + 2 * order) / (8 * Double(k) * argument)
      sum += term
      if term.magnitude < 0x1p-56 * sum.magnitude { break }
    }
    return sum
  }
}
