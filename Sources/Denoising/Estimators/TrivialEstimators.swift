/// x̂ = 0: what can be said without looking at the prompt.
public struct ZeroEstimator: Estimator {
  /// Nothing is looked at.
  public let evidence: EvidenceKinds = []

  /// The zero predictor.
  public init() {}

  /// Zeros.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    [Double](repeating: 0, count: query.count)
  }
}

/// x̂ = (1/L) Σ X_t: what can be said without looking at the query.
public struct ContextMeanEstimator: Estimator {
  /// The mean of the context.
  public let evidence: EvidenceKinds = .contextMean

  /// The mean predictor.
  public init() {}

  /// The mean of the context; zeros if the evidence lacks it.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    evidence.contextMean ?? [Double](repeating: 0, count: query.count)
  }
}
