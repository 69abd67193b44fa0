/// The values that a real parameter may have. Training runs in single precision, so that nothing may be so small or so
/// large that it leaves its range.
package struct RealBounds: Sendable, Hashable {
  /// The smallest positive number that is taken for one.
  package static let positiveMin = 1e-30
  /// The largest number.
  package static let magnitudeMax = 1e12

  private enum Edge: Sendable, Hashable {
    case closed(Double)
    case open(Double)
  }

  private let lower: Edge
  private let upper: Edge
  /// The bounds in words: `positive`, `at least 0`, ….
  package let description: String

  /// Positive.
  package static let positive = RealBounds(
    lower: .closed(positiveMin), upper: .closed(magnitudeMax), description: "positive (1e-30 to 1e12)")
  /// Any number.
  package static let any = RealBounds(
    lower: .closed(-magnitudeMax), upper: .closed(magnitudeMax), description: "from -1e12 to 1e12")
  /// Not negative.
  package static let nonNegative = RealBounds(
    lower: .closed(0), upper: .closed(magnitudeMax), description: "at least 0 (and at most 1e12)")
  /// In [0, 1).
  package static let belowOne = RealBounds(
    lower: .closed(0), upper: .open(1), description: "at least 0 and less than 1")
  /// In (0, 1).
  package static let fraction = RealBounds(
    lower: .open(0), upper: .open(1), description: "greater than 0 and less than 1")
  /// In [1, 10⁶].
  package static let conditionNumber = RealBounds(
    lower: .closed(1), upper: .closed(1e6), description: "from 1 to 1e6")

  /// Whether a value is within the bounds.
  package func contains(_ value: Double) -> Bool {
    let isAbove =
      switch lower {
      case .closed(let bound): value >= bound
      case .open(let bound): value > bound
      }
    return switch upper {
    case .closed(let bound): isAbove && value <= bound
    case .open(let bound): isAbove && value < bound
    }
  }
}
