import Foundation

/// A fit of y = asymptote + c (L + offset)^s to the excess loss over the context length, the asymptote being known: a
/// straight line through log(y − asymptote) against log(L + offset).
///
/// One relative error is taken for the whole series. A standard error from a handful of seeds is itself uncertain by
/// tens of per cent, and weights made of it follow its noise; the spread of the seeds as a share of their mean, though,
/// is about the same at every L. So with r² the mean of (s/y)² over the points, s being the standard deviation of a
/// point's seeds and k − 1 its weight in the mean, the standard error of log(y − asymptote) is r y/((y − asymptote) √k)
/// to first order. The slope's standard error comes from these errors, widened by √(χ²/(N − 2)) where the points scatter
/// more than they allow; where no point has more than one seed, it comes from the scatter alone.
public struct PowerLawFit: Sendable, Hashable {
  /// One measured point of a series.
  public struct Point: Sendable, Hashable {
    /// L, the number of context tokens.
    public var contextLength: Int
    /// The excess loss.
    public var excess: SeedSummary

    /// A measured point.
    public init(contextLength: Int, excess: SeedSummary) {
      self.contextLength = contextLength
      self.excess = excess
    }
  }

  /// Added to L before the logarithm is taken.
  public let offset: Double
  /// What the excess tends to for L → ∞; taken as known, and not fitted.
  public let asymptote: Double
  /// The exponent s.
  public let slope: Double
  /// Standard error of the exponent; nothing for two points of one seed each.
  public let slopeStandardError: Double?
  /// The factor c.
  public let prefactor: Double
  /// r, the standard deviation over the seeds as a share of their mean; nothing where no point has two seeds.
  public let relativeSpread: Double?
  /// χ²/(N − 2) of a fit to at least three points whose errors are known.
  public let reducedChiSquare: Double?
  /// Number of points used.
  public let pointCount: Int
  /// Number of points left out because they do not lie above the asymptote, so that there is no logarithm.
  public let omittedCount: Int

  /// The fit of a series above an asymptote of zero or more; nothing if fewer than two different context lengths have a
  /// value above it.
  public init?(_ points: [Point], offset: Double, asymptote: Double = 0) {
    let usable = points.filter {
      $0.excess.mean > asymptote && $0.excess.mean.isFinite && Double($0.contextLength) + offset > 0
    }
    guard Set(usable.map(\.contextLength)).count >= 2 else { return nil }
    let spread = Self.relativeSpread(usable.map(\.excess))
    let line = WeightedLine(
      x: usable.map { log(Double($0.contextLength) + offset) }, y: usable.map { log($0.excess.mean - asymptote) },
      weights: usable.map { point in
        let share = (point.excess.mean - asymptote) / (point.excess.mean * (spread ?? 1))
        return Double(point.excess.count) * share * share
      })
    let freedom = usable.count - 2
    let chiSquare = freedom > 0 ? line.weightedSquares / Double(freedom) : nil

    self.offset = offset
    self.asymptote = asymptote
    slope = line.slope
    prefactor = exp(line.intercept)
    relativeSpread = spread
    pointCount = usable.count
    omittedCount = points.count - usable.count
    reducedChiSquare = spread == nil ? nil : chiSquare
    slopeStandardError =
      if spread != nil {
        (line.slopeVariance * max(1, chiSquare ?? 1)).squareRoot()
      } else {
        chiSquare.map { (line.slopeVariance * $0).squareRoot() }
      }
  }

  /// r of the points that have more than one seed; nothing if there are none, or if their seeds do not differ at all.
  private static func relativeSpread(_ points: [SeedSummary]) -> Double? {
    var (squares, freedom) = (0.0, 0.0)
    for point in points {
      guard let error = point.standardError else { continue }
      let ratio = error / point.mean
      squares += Double(point.count - 1) * Double(point.count) * ratio * ratio
      freedom += Double(point.count - 1)
    }
    return squares > 0 ? (squares / freedom).squareRoot() : nil
  }

  /// The fitted value at a context length.
  public func callAsFunction(_ contextLength: Double) -> Double {
    asymptote + prefactor * pow(contextLength + offset, slope)
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
