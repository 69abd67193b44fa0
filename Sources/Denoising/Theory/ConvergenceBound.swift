import Numerics

extension ConvergenceQuantity {
  /// What the paper says a deviation does not exceed with a probability of at least 1 − δ, in the units in which it is
  /// measured. m is the dimension of the space that the tokens span: d, or d + 1 for a d-sphere; where d is drawn anew for
  /// each prompt, its largest value.
  ///
  /// - The output: max{√x, x} with x = (m + ln(2/δ))/L, up to a constant factor that does not depend on d, L and δ
  ///   (Proposition 5; on the sphere there is no such statement about the output, and the same form is taken).
  /// - The numerator: √(2 ln(2m/δ)/L). The denominator: √(2 ln(2/δ)/L) (Proposition 6, without free constants).
  public func bound(task: TaskConfiguration, delta: Double) -> Double? {
    let m: Double
    switch task.family {
    case .linearSubspace(let dimension, _): m = Double(dimension.range.upperBound)
    case .sphere(let dimension, _): m = Double(dimension.range.upperBound + 1)
    case .gaussianMixture: return nil
    }
    let L = Double(task.contextLength)
    switch self {
    case .output:
      let x = (m + logarithm(2 / delta)) / L
      return max(x.squareRoot(), x)
    case .numerator: return (2 * logarithm(2 * m / delta) / L).squareRoot()
    case .denominator: return (2 * logarithm(2 / delta) / L).squareRoot()
    }
  }
}
