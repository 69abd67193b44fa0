import Denoising
import Sweeps
import Testing

private func point(_ epoch: Int, _ train: Double, _ test: Double, _ alpha: Double, _ beta: Double) -> HistoryPoint {
  HistoryPoint(epoch: epoch, loss: SplitLoss(train: train, test: test), valueScale: alpha, keyQueryScale: beta)
}

private let history = [point(0, 1, 1.25, 0, 0.5), point(5, 0.5, 0.5, 1, 0.25), point(10, 0.25, 0.75, 2, 0.5)]

struct TrialResultOutcomeTests {
  private let result = TrialResult(
    ExperimentOutcome(
      history: history,
      baselines: [
        BaselineLoss(name: "zero", train: 1.5, test: 1.75),
        BaselineLoss(name: "context_bayes", train: nil, test: 0.125),
      ],
      initialWeights: [WeightMatrix(name: "value", size: 2, values: [0, 0, 0, 0])],
      finalWeights: [
        WeightMatrix(name: "value", size: 2, values: [2, 3, 4, 2]),
        WeightMatrix(name: "key_query", size: 2, values: [0.5, -1, 1, 0.5]),
      ]))

  @Test func metricsHaveTheirNamesAndOrder() {
    let expected: [(String, Double)] = [
      ("train_loss", 0.25), ("test_loss", 0.75), ("initial_train_loss", 1), ("initial_test_loss", 1.25),
      ("min_test_loss", 0.5), ("alpha", 2), ("beta", 0.5), ("alpha_beta", 1), ("offdiagonal_kq", 1),
      ("offdiagonal_pv", 12.5.squareRoot()), ("zero_loss_test", 1.75), ("zero_loss_train", 1.5),
      ("context_bayes_loss_test", 0.125),
    ]
    #expect(result.metrics == expected.map { TrialResult.Metric(name: $0.0, value: $0.1) })
    #expect(result[metric: "alpha"] == 2)
    #expect(result[metric: "context_bayes_loss_train"] == nil)
  }

  @Test func curvesAndArraysAreTheHistoryAndTheWeights() {
    #expect(
      result.curves == [
        .init(name: "epoch", values: [0, 5, 10]), .init(name: "train_loss", values: [1, 0.5, 0.25]),
        .init(name: "test_loss", values: [1.25, 0.5, 0.75]), .init(name: "alpha", values: [0, 1, 2]),
        .init(name: "beta", values: [0.5, 0.25, 0.5]),
      ])
    #expect(
      result.arrays == [
        .init(name: "initial_value", shape: [2, 2], values: [0, 0, 0, 0]),
        .init(name: "final_value", shape: [2, 2], values: [2, 3, 4, 2]),
        .init(name: "final_key_query", shape: [2, 2], values: [0.5, -1, 1, 0.5]),
      ])
  }

  @Test func gaussianAttentionIsJudgedByTheProductOfKeyAndQuery() {
    // W_Kᵀ W_Q = [1 3; 2 4]ᵀ… : K = [1 2; 3 4], Q = [5 6; 7 8], KᵀQ = [26 30; 38 44].
    let outcome = ExperimentOutcome(
      history: history, baselines: [], initialWeights: [],
      finalWeights: [
        WeightMatrix(name: "value", size: 2, values: [1, 0, 0, 1]),
        WeightMatrix(name: "key", size: 2, values: [1, 2, 3, 4]),
        WeightMatrix(name: "query", size: 2, values: [5, 6, 7, 8]),
      ])
    let expected = ((30.0 * 30 + 38 * 38) / 2).squareRoot()
    #expect(TrialResult(outcome)[metric: "offdiagonal_kq"] == expected)
    #expect(TrialResult(outcome)[metric: "offdiagonal_pv"] == 0)
  }

  @Test func oneDimensionHasNoOffDiagonal() {
    let outcome = ExperimentOutcome(
      history: history, baselines: [], initialWeights: [],
      finalWeights: [
        WeightMatrix(name: "value", size: 1, values: [1]), WeightMatrix(name: "key_query", size: 1, values: [2]),
      ])
    let result = TrialResult(outcome)
    #expect(result[metric: "offdiagonal_kq"] == nil)
    #expect(result[metric: "offdiagonal_pv"] == nil)
  }
}

struct ResultDigestTests {
  private let result = TrialResult(
    metrics: [.init(name: "train_loss", value: 0.25), .init(name: "test_loss", value: 0.1)],
    curves: [.init(name: "epoch", values: [0, 1])],
    arrays: [.init(name: "final_value", shape: [2, 2], values: [1, 0, 0.5, -2])])

  /// By Python: hashlib.sha256 of struct.pack of the layout in ResultDigest.swift.
  @Test func theDigestIsFixedForEver() {
    #expect(result.digest.description == "202d79a38c79e7acbfd67c6fba706db54a5cfaba6bc94a521fcfc9674e374217")
    #expect(ResultDigest(bytes: result.digest.bytes) == result.digest)
    #expect(ResultDigest(bytes: [1, 2, 3]) == nil)
  }

  @Test func everyBitCounts() {
    var digests: Set = [result.digest]
    func change(_ edit: (inout TrialResult) -> Void) {
      var other = result
      edit(&other)
      digests.insert(other.digest)
    }
    change { $0.metrics[0].value = $0.metrics[0].value.nextUp }
    change { $0.metrics[0].name = "train_los" }
    change { $0.metrics.swapAt(0, 1) }
    change { $0.metrics.removeLast() }
    change { $0.curves[0].values[0] = -0.0 }
    change { $0.curves[0].values.append(2) }
    change { $0.arrays[0].shape = [4, 1] }
    change { $0.arrays[0].values[3] = Float(-2).nextUp }
    #expect(digests.count == 9)
  }

  /// x86-64 gives a NaN with a sign where arm64 gives one without, and the store keeps neither.
  @Test func everyNaNHasTheSameDigest() {
    func digest(_ real: Double, _ single: Float) -> ResultDigest {
      TrialResult(
        metrics: [.init(name: "a", value: real)], curves: [.init(name: "b", values: [real])],
        arrays: [.init(name: "c", shape: [1], values: [single])]
      ).digest
    }
    let plain = digest(.nan, .nan)
    #expect(digest(-.nan, -.nan) == plain)
    #expect(digest(Double(nan: 5, signaling: true), Float(nan: 5, signaling: false)) == plain)
    #expect(digest(.infinity, .nan) != plain && digest(.nan, 0) != plain)
  }
}
