import Results
import Sweeps

/// The baselines of a panel as horizontal lines: Bayes, the one between, and zero. They do not depend on what is on the
/// horizontal axis, so each is drawn at its mean over all test prompts of the panel.
struct BaselineLines {
  struct Line {
    /// Name of the baseline.
    var name: String
    /// Its loss.
    var value: Double

    /// Its loss for people.
    var text: String { DecimalFormat(values: [value], standardErrors: []).text(value) }

    var style: String { "with lines linestyle \(name == "bayes" ? 1 : name == "zero" ? 3 : 2)" }

    /// The line with its loss in the legend, where it stands also if the line is off the scale.
    func plot(isShown: Bool) -> GnuplotScript.Plot {
      .init(
        clause: "\(isShown ? GnuplotText.number(value) : "NaN") \(style)", label: "\(Baseline.heading(name)): \(text)")
    }
  }

  /// From the best to the worst.
  let lines: [Line]

  /// The baselines that some seeds of one task measured.
  init(_ seeds: some Sequence<SeedMetrics>, task: ParameterValue?) {
    let middle = Baseline.middle.first { task == .text($0.task) }?.name
    lines = ["bayes", middle, "zero"].compactMap(\.self).compactMap { name in
      seeds.summary("\(name)_loss_test").map { Line(name: name, value: $0.mean) }
    }
  }

  /// A range for an axis with some losses and the baselines. A baseline far above all losses would press those flat, and
  /// is left out.
  func range(over losses: [Double]) -> ClosedRange<Double> {
    let bayes = lines.first { $0.name == "bayes" }.map(\.value)
    let all = (losses + [bayes].compactMap(\.self)).filter(\.isFinite)
    let (least, most) = (all.min() ?? 0, all.max() ?? 1)
    let high = max(most, lines.map(\.value).filter { $0 <= 2 * most - least }.max() ?? most)
    let margin = max((high - least) * 0.06, high.magnitude * 1e-6)
    return least - margin...high + margin
  }
}
