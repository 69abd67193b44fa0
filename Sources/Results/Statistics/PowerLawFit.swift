import Foundation

/// A fit of y = c (L + offset)^s to the excess loss over the context length: a straight line through log y against
/// log(L + offset), weighted by the standard errors.
///
/// Weights are (y/σ)², since the standard error of log y is σ/y to first order. They are used if every point has a
/// positive standard error, else all points count the same. The slope's standard error comes from the stated errors,
/// widened by √(χ²/(N − 2)) where the points scatter more than those allow; without stated errors it comes from the
/// scatter alone.
public struct PowerLawFit: Sendable, Hashable {
  /// One measured point of a series.
  public struct Point: Sendable, Hashable {
    /// L, the number of context tokens.
    public var contextLength: Int
    /// The excess loss.
    public var value: Double
    /// Its standard error, if it is known.
    public var standardError: Double?

    /// A measured point.
    public init(contextLength: Int, value: Double, standardError: Double?) {
      self.contextLength = contextLength
      self.value = value
      self.standardError = standardError
    }
  }

  /// Added to L before the logarithm is taken.
  public let offset: Double
  /// The exponent s.
  public let slope: Double
  /// Standard error of the exponent; nothing for two points without stated errors.
  public let slopeStandardError: Double?
  /// The factor c.
  public let prefactor: Double
  /// χ²/(N − 2) of a weighted fit of at least three points.
  public let reducedChiSquare: Double?
  /// Number of points used.
  public let pointCount: Int
  /// Number of points left out because their value is not positive, so that it has no logarithm.
  public let omittedCount: Int

  /// The fit of a series; nothing if fewer than two different context lengths have a positive value.
  public init?(_ points: [Point], offset: Double) {
    let usable = points.filter { $0.value > 0 && $0.value.isFinite && Double($0.contextLength) + offset > 0 }
    let isWeighted = usable.allSatisfy { ($0.standardError ?? 0) > 0 }
    let x = usable.map { log(Double($0.contextLength) + offset) }
    let y = usable.map { log($0.value) }
    let weights = usable.map { point in
      isWeighted ? (point.value / (point.standardError ?? 1)) * (point.value / (point.standardError ?? 1)) : 1
    }
    guard Set(usable.map(\.contextLength)).count >= 2 else { return nil }
    let line = WeightedLine(x: x, y: y, weights: weights)
    let freedom = usable.count - 2
    let chiSquare = freedom > 0 ? line.weightedSquares / Double(freedom) : nil

    self.offset = offset
    slope = line.slope
    prefactor = exp(line.intercept)
    pointCount = usable.count
    omittedCount = points.count - usable.count
    reducedChiSquare = isWeighted ? chiSquare : nil
    slopeStandardError =
      if isWeighted {
        (line.slopeVariance * max(1, chiSquare ?? 1)).squareRoot()
      } else {
        chiSquare.map { (line.slopeVariance * $0).squareRoot() }
      }
  }

  /// The fitted value at a context length.
  public func callAsFunction(_ contextLength: Double) -> Double {
    prefactor * pow(contextLength + offset, slope)
  }
}

/// The straight line that minimises Σ w (y − intercept − slope x)².
private struct WeightedLine {
  let slope: Double
  let intercept: Double
  /// Variance of the slope if the weights are inverse variances.
  let slopeVariance: Double
  /// Σ w (y − intercept − slope x)².
  let weightedSquares: Double

  init(x: [Double], y: [Double], weights: [Double]) {
    let total = weights.reduce(0, +)
    // Centred on the weighted means: the textbook formula in raw sums cancels badly.
    let meanX = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / total
    let meanY = zip(weights, y).reduce(0) { $0 + $1.0 * $1.1 } / total
    var xx = 0.0
    var xy = 0.0
    for index in x.indices {
      xx += weights[index] * (x[index] - meanX) * (x[index] - meanX)
      xy += weights[index] * (x[index] - meanX) * (y[index] - meanY)
    }
    slope = xy / xx
    intercept = meanY - xy / xx * meanX
    slopeVariance = 1 / xx
    weightedSquares = x.indices.reduce(0) { sum, index in
      let residual = y[index] - meanY - xy / xx * (x[index] - meanX)
      return sum + weights[index] * residual * residual
    }
  }
}
