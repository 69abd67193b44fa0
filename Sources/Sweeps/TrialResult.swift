/// What a trial returns: named numbers, curves and arrays. A pure function of the trial.
public struct TrialResult: Sendable, Hashable {
  /// A named number.
  public struct Metric: Sendable, Hashable {
    /// For example `test_loss`.
    public var name: String
    /// Its value.
    public var value: Double

    /// A named number.
    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// A named curve. In a training study, `epoch` is the abscissa of all others; another study may have several
  /// abscissas, and says which curve belongs to which.
  public struct Curve: Sendable, Hashable {
    /// `epoch`, `train_loss`, `test_loss`, `alpha` or `beta` in a training study.
    public var name: String
    /// Its points.
    public var values: [Double]

    /// A named curve.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// A named array of single-precision numbers.
  public struct Array: Sendable, Hashable {
    /// `initial_value`, `final_value`, `initial_key_query`, `final_key_query`, … in a training study.
    public var name: String
    /// Lengths of its axes; the last varies fastest.
    public var shape: [Int]
    /// Its entries.
    public var values: [Float]

    /// A named array.
    public init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The numbers, in a fixed order.
  public var metrics: [Metric]
  /// The curves, in a fixed order.
  public var curves: [Curve]
  /// The arrays, in a fixed order.
  public var arrays: [Array]

  /// A result from its parts.
  public init(metrics: [Metric], curves: [Curve], arrays: [Array]) {
    self.metrics = metrics
    self.curves = curves
    self.arrays = arrays
  }

  /// The number of that name, if there is one.
  public subscript(metric name: String) -> Double? { metrics.first { $0.name == name }?.value }
}
