/// Two losses of the same queries, with errors that know it.
///
/// Queries of one context share its tokens and are not independent. So the errors come from the means over each context;
/// where there is one context alone, from its queries, and they then say nothing about other contexts.
public struct PairedComparison: Sendable, Hashable {
  /// Mean loss of the first, of one step.
  public let reference: Double
  /// Mean loss of the second, of the converged states.
  public let other: Double
  /// Standard error of ``difference``; absent for a single pair.
  public let differenceStandardError: Double?
  /// Standard error of ``ratio``, to first order; absent for a single pair.
  public let ratioStandardError: Double?

  /// Second less first.
  public var difference: Double { other - reference }
  /// Second over first.
  public var ratio: Double { other / reference }

  /// A comparison of independent pairs: one for each context. There must be at least one.
  public init(reference: [Double], other: [Double]) {
    precondition(!reference.isEmpty && reference.count == other.count, "a comparison needs pairs")
    let count = Double(reference.count)
    let (first, second) = (reference.reduce(0, +) / count, other.reduce(0, +) / count)
    self.reference = first
    self.other = second
    guard reference.count > 1 else {
      (differenceStandardError, ratioStandardError) = (nil, nil)
      return
    }
    func standardError(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / (count - 1) / count).squareRoot()
    }
    differenceStandardError = standardError(zip(reference, other).map { $1 - $0 })
    let ratio = second / first
    ratioStandardError = standardError(zip(reference, other).map { ($1 - ratio * $0) / first })
  }
}
