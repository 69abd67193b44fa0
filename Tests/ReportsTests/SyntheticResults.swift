import Foundation
import Reports
import Results
import Sweeps

extension SyntheticReport {
  static let size = 4

  /// Figures that also have curves and weights.
  var figures: SweepFigures { SweepFigures(report) { results(cell: $0) } }

  /// Curves that fall to the losses of the report, and weights whose final diagonals are 0.5 (W_PV) and −2 (W_KQ).
  func results(cell: Int) -> [TrialResult] {
    report.cells[cell].seeds.enumerated().map { seed, metrics in
      let epochs = (0...10).map { Double(10 * $0) }
      func curve(_ name: String) -> TrialResult.Curve {
        let last = metrics[name] ?? .nan
        return .init(name: name, values: epochs.map { last * (1 + exp(-$0 / 20) * Double(seed + 1)) })
      }
      return TrialResult(
        metrics: [], curves: [.init(name: "epoch", values: epochs), curve("train_loss"), curve("test_loss")],
        arrays: [
          array("initial_value", diagonal: 0.1), array("initial_key_query", diagonal: -0.1),
          array("final_value", diagonal: 0.5), array("final_key_query", diagonal: -2),
        ])
    }
  }

  private func array(_ name: String, diagonal: Float) -> TrialResult.Array {
    let values = (0..<Self.size * Self.size).map { index in
      index % (Self.size + 1) == 0 ? diagonal : Float(sin(Double(index))) / 10
    }
    return .init(name: name, shape: [Self.size, Self.size], values: values)
  }
}
