/// Mean and standard error of one quantity over the seeds of a cell.
public struct SeedSummary: Sendable, Hashable {
  /// Number of seeds.
  public let count: Int
  /// Arithmetic mean.
  public let mean: Double
  /// Standard error of the mean, s / √k with s² = Σ (x − mean)² / (k − 1); nothing for a single seed.
  public let standardError: Double?

  /// Summarises the values of the seeds; nothing if there are none. Sums run in the order given, so the same values
  /// always give the same bits.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    // Two passes: the one-pass formula loses all digits when the spread is small against the mean.
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.count = values.count
    self.mean = mean
    standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }

  /// A summary whose parts are known. `standardError` is that of the mean.
  package init(count: Int, mean: Double, standardError: Double?) {
    self.count = count
    self.mean = mean
    self.standardError = standardError
  }
}
