import Results
import Sweeps
import Testing

/// The first difference of two results, and that it exists exactly where digests differ.
@Suite struct ResultDifferenceTests {
  private let base = TrialResult(
    metrics: [.init(name: "train_loss", value: 0.25), .init(name: "test_loss", value: -0.0)],
    curves: [
      .init(name: "epoch", values: [0, 5, 10]), .init(name: "test_loss", values: [1, .nan, 0.5]),
    ],
    arrays: [.init(name: "final_value", shape: [2, 3], values: [1, 2, 3, 4, 5, 6])])

  private func difference(_ change: (inout TrialResult) -> Void) -> ResultDifference? {
    var stored = base
    change(&stored)
    let found = ResultDifference(stored: stored, recomputed: base)
    #expect((found == nil) == (stored.digest == base.digest))
    return found
  }

  @Test func equalResultsHaveNone() {
    #expect(difference { _ in } == nil)
    // What a store gives back for a NaN has other bits.
    #expect(difference { $0.curves[1].values[1] = -Double(nan: 7, signaling: false) } == nil)
  }

  @Test func numbersAreNamedWithBothValues() {
    #expect(
      difference { $0.metrics[0].value = 0.25.nextUp }?.description
        == "metric train_loss: stored 0.25000000000000006 (bits 3fd0000000000001), "
        + "recomputed 0.25 (bits 3fd0000000000000)")
    #expect(difference { $0.metrics[1].value = 0 }?.place == "metric test_loss")
    #expect(difference { $0.curves[1].values[2] = 0.25 }?.place == "curve test_loss, point 2 (epoch 10)")
    #expect(difference { $0.curves[1].values[1] = 0 }?.place == "curve test_loss, point 1 (epoch 5)")
    let entry = difference { $0.arrays[0].values[5] = -6 }
    #expect(entry?.place == "array final_value, entry [1, 2]")
    #expect(entry?.stored == "-6.0 (bits c0c00000)" && entry?.recomputed == "6.0 (bits 40c00000)")
  }

  @Test func formsAreNamedToo() {
    #expect(difference { $0.metrics.removeLast() }?.place == "number of metrics")
    #expect(difference { $0.metrics.swapAt(0, 1) }?.place == "name 0 of the metrics")
    #expect(difference { $0.curves[1].values.removeLast() }?.place == "points of curve test_loss")
    #expect(difference { $0.arrays[0].shape = [3, 2] }?.place == "shape of array final_value")
    #expect(difference { $0.arrays[0].name = "Final_value" }?.place == "name 0 of the arrays")
    #expect(difference { $0.arrays = [] }?.place == "number of arrays")
  }

  /// Every bit of every number counts.
  @Test func everyFlippedBitIsFound() {
    for bit in 0..<64 {
      let flip = UInt64(1) << UInt64(bit)
      #expect(difference { $0.metrics[0].value = Double(bitPattern: 0.25.bitPattern ^ flip) } != nil)
      #expect(difference { $0.curves[1].values[0] = Double(bitPattern: 1.0.bitPattern ^ flip) } != nil)
    }
    for bit in 0..<32 {
      #expect(
        difference { $0.arrays[0].values[3] = Float(bitPattern: Float(4).bitPattern ^ (1 << UInt32(bit))) } != nil)
    }
  }
}
