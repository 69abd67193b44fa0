public import Denoising

extension TrialResult {
  /// The numbers, curves and arrays of an outcome, under the names that tables and figures look for.
  public init(_ outcome: ExperimentOutcome) {
    self.init(
      metrics: Self.losses(of: outcome.history) + Self.scales(of: outcome) + Self.metrics(of: outcome.baselines)
        + Self.metrics(of: outcome.structure),
      curves: Self.curves(of: outcome.history),
      arrays: Self.arrays(outcome.initialWeights, prefix: "initial_")
        + Self.arrays(outcome.finalWeights, prefix: "final_"))
  }

  private static func losses(of history: [HistoryPoint]) -> [Metric] {
    guard let first = history.first, let last = history.last else { return [] }
    return [
      Metric(name: "train_loss", value: last.loss.train),
      Metric(name: "test_loss", value: last.loss.test),
      Metric(name: "initial_train_loss", value: first.loss.train),
      Metric(name: "initial_test_loss", value: first.loss.test),
      // Over what was evaluated; an optimistic number, for comparison with figures that take it.
      Metric(name: "min_test_loss", value: history.reduce(last.loss.test) { min($0, $1.loss.test) }),
    ]
  }

  private static func scales(of outcome: ExperimentOutcome) -> [Metric] {
    var metrics: [Metric] = []
    if let last = outcome.history.last {
      metrics.append(Metric(name: "alpha", value: last.valueScale))
      metrics.append(Metric(name: "beta", value: last.keyQueryScale))
      metrics.append(Metric(name: "alpha_beta", value: last.valueScale * last.keyQueryScale))
    }
    let weights = outcome.finalWeights
    if let keyQuery = keyQueryMatrix(of: weights), let value = offDiagonal(keyQuery.entries, size: keyQuery.size) {
      metrics.append(Metric(name: "offdiagonal_kq", value: value))
    }
    if let matrix = weights.first(where: { $0.name == "value" }),
      let value = offDiagonal(matrix.values.map(Double.init), size: matrix.size)
    {
      metrics.append(Metric(name: "offdiagonal_pv", value: value))
    }
    return metrics
  }

  /// W_KQ, or W_Kᵀ W_Q where key and query are apart.
  private static func keyQueryMatrix(of weights: [WeightMatrix]) -> (entries: [Double], size: Int)? {
    if let matrix = weights.first(where: { $0.name == "key_query" }) {
      return (matrix.values.map(Double.init), matrix.size)
    }
    guard let key = weights.first(where: { $0.name == "key" }),
      let query = weights.first(where: { $0.name == "query" }),
      key.size == query.size
    else { return nil }
    let size = key.size
    var product = [Double](repeating: 0, count: size * size)
    for inner in 0..<size {
      for row in 0..<size {
        for column in 0..<size {
          product[row * size + column] +=
            Double(key.values[inner * size + row]) * Double(query.values[inner * size + column])
        }
      }
    }
    return (product, size)
  }

  /// Root mean square of the entries off the diagonal; nothing for a 1 × 1 matrix, which has none.
  private static func offDiagonal(_ entries: [Double], size: Int) -> Double? {
    guard size > 1 else { return nil }
    var sum = 0.0
    for (index, entry) in entries.enumerated() where index / size != index % size { sum += entry * entry }
    return (sum / Double(size * (size - 1))).squareRoot()
  }

  /// `NAME_loss_test` for each baseline, and `NAME_loss_train` where there is one.
  static func metrics(of baselines: [BaselineLoss]) -> [Metric] {
    baselines.flatMap { baseline in
      [Metric(name: "\(baseline.name)_loss_test", value: baseline.test)]
        + (baseline.train.map { [Metric(name: "\(baseline.name)_loss_train", value: $0)] } ?? [])
    }
  }

  /// α and β of the products that should be scaled identities, and how far these are from it.
  private static func metrics(of structure: WeightStructure?) -> [Metric] {
    guard let structure else { return [] }
    return [
      Metric(name: "structure_alpha", value: structure.value.scale),
      Metric(name: "structure_beta", value: structure.keyQuery.scale),
      Metric(name: "structure_alpha_beta", value: structure.value.scale * structure.keyQuery.scale),
      Metric(name: "structure_pv", value: structure.value.deviation),
      Metric(name: "structure_kq", value: structure.keyQuery.deviation),
      Metric(name: "structure_kq_conjugate", value: structure.conjugateKeyQuery.deviation),
    ]
  }

  private static func curves(of history: [HistoryPoint]) -> [Curve] {
    [
      Curve(name: "epoch", values: history.map { Double($0.epoch) }),
      Curve(name: "train_loss", values: history.map(\.loss.train)),
      Curve(name: "test_loss", values: history.map(\.loss.test)),
      Curve(name: "alpha", values: history.map(\.valueScale)),
      Curve(name: "beta", values: history.map(\.keyQueryScale)),
    ]
  }

  static func arrays(_ weights: [WeightMatrix], prefix: String) -> [Array] {
    weights.map { Array(name: prefix + $0.name, shape: [$0.size, $0.size], values: $0.values) }
  }
}
