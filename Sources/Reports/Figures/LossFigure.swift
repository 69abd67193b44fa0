import Denoising
import Results
import Sweeps

extension SweepReport {
  /// Left: loss against L with error bars, closed forms and baselines. Right: αβ against L with γ*.
  func lossFigure(_ group: FigureGroup, _ formats: [FigureFormat]) -> Figure {
    var data = FigureData(self)
    var losses: [GnuplotScript.Plot] = []
    var scales: [GnuplotScript.Plot] = []
    var curves: [Double] = []
    for (index, series) in group.series.enumerated() {
      guard let curve = theoryCurve(series, lengths: group.contextLengths) else { continue }
      let block = data.add("closed form, \(series.label)", columns: curve.columns, rows: curve.rows)
      let style = "with lines linewidth 1.6 linecolor '\(GnuplotScript.color(index))'"
      curves += curve.rows.compactMap { $0[1] }
      losses.append(.init(clause: "data index \(block) using 1:2 \(style)", label: "\(series.label): closed form"))
      scales.append(.init(clause: "data index \(block) using 1:3 \(style)", label: "\(series.label): closed form"))
    }
    for (index, series) in group.series.enumerated() {
      let block = data.addMeasurements(series, ["train_loss", "test_loss", "alpha_beta"])
      let marks = SeriesMarks(index: index, count: group.series.count, block: block)
      losses += [
        .init(clause: marks.errorBars(column: 2, isFilled: false), label: "\(series.label): train"),
        .init(clause: marks.errorBars(column: 4, isFilled: true), label: "\(series.label): test"),
      ]
      scales.append(.init(clause: marks.errorBars(column: 6, isFilled: true), label: series.label))
    }
    let range = LossRange(group, curves: curves)
    losses += range.baselines.map(\.plot)
    let script = GnuplotScript(
      stem: group.fileStem("loss"), title: title, subtitle: subtitle(group), legendTitle: "attention",
      panels: [
        .init(
          settings: FigureAxis.contextLengths(group.contextLengths) + [
            "set xlabel 'context length L'", "set ylabel 'loss per component' offset 1.5,0", "set yrange \(range.text)",
          ], plots: losses),
        .init(
          settings: [
            "set ylabel 'αβ' offset 1,0", "set autoscale y", "set offsets 0,0,graph 0.06,graph 0.06",
          ], plots: scales),
      ], formats: formats)
    return Figure(name: script.stem, script: script.text, data: data.text, formats: formats)
  }
}

/// The vertical range of the loss panel, and the baselines as horizontal lines: they do not depend on L, so each is
/// drawn at its mean over all prompts of the group. A baseline far above the measurements would press those flat; it
/// stands in the legend with its value instead.
private struct LossRange {
  struct Line {
    var name: String
    var value: Double
    var isShown: Bool

    var plot: GnuplotScript.Plot {
      let style = name == "bayes" ? 1 : name == "zero" ? 3 : 2
      let value = DecimalFormat(values: [value], standardErrors: []).text(value)
      return .init(
        clause: "\(isShown ? GnuplotText.number(self.value) : "NaN") with lines linestyle \(style)",
        label: "\(Baseline.heading(name)): \(value)\(isShown ? "" : " (off scale)")")
    }
  }

  private(set) var baselines: [Line] = []
  private var low: Double
  private var high: Double

  init(_ group: FigureGroup, curves: [Double]) {
    let seeds = group.cells.flatMap(\.seeds)
    let measured = ["train_loss", "test_loss"].flatMap { name in
      group.cells.compactMap { $0.seeds.summary(name)?.mean }
    }
    let bayes = seeds.summary("bayes_loss_test")?.mean
    let all = (measured + curves + [bayes].compactMap(\.self)).filter(\.isFinite)
    low = all.min() ?? 0
    high = all.max() ?? 1
    let span = high - low
    let middle = Baseline.middle.first { group.parameters["task"] == .text($0.task) }?.name
    for name in ["bayes", middle, "zero"].compactMap(\.self) {
      guard let value = seeds.summary("\(name)_loss_test")?.mean else { continue }
      baselines.append(Line(name: name, value: value, isShown: value <= high + span))
    }
    let lines = baselines.filter(\.isShown).map(\.value)
    low = min(low, lines.min() ?? low)
    high = max(high, lines.max() ?? high)
  }

  var text: String {
    let margin = max((high - low) * 0.06, high.magnitude * 1e-6)
    return "[\(low - margin):\(high + margin)]"
  }
}

/// How the points of one series look.
struct SeriesMarks {
  let index: Int
  let count: Int
  let block: Int

  /// Distance of two series, as a share of L.
  private static let spacing = 0.035

  /// Series stand side by side at the same L, a small part of L apart, so that none hides another.
  var abscissa: String {
    count == 1 ? "1" : "($1 * \(1 + Self.spacing * (Double(index) - Double(count - 1) / 2)))"
  }

  /// Points with error bars from a column and the one after it; where there is one seed and so no standard error, points
  /// alone.
  func errorBars(column: Int, isFilled: Bool) -> String {
    "data index \(block) using \(abscissa):\(column):(valid(\(column + 1)) ? $\(column + 1) : 0) with yerrorbars "
      + style(isFilled: isFilled)
  }

  func style(isFilled: Bool) -> String {
    let point = GnuplotScript.points[index % GnuplotScript.points.count]
    return "pointtype \(isFilled ? point.filled : point.open) pointsize 0.7 linewidth 1 "
      + "linecolor '\(GnuplotScript.color(index))'"
  }
}
