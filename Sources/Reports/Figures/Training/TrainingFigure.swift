import Denoising
import Results
import Sweeps

extension SweepFigures {
  /// From so many times the loss of the zero predictor on, a curve is cut at the top: a start far off would press the rest
  /// of it flat.
  private static let zeroLossesShown = 1.6

  /// Train and test loss against the epoch, a panel for each task and kind of attention. Nothing without curves.
  func trainingFigure(
    _ group: LayerGroup, _ layers: [LayerGroup.Place: TrainedLayer], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(report)
    var rows = group.arranged { task, attention in
      layers[.init(task: task, attention: attention)].flatMap { panel($0, task: task, attention: attention, &data) }
    }
    guard rows.addLegend(Self.legend(tasks: group.tasks, attentions: group.attentions)) else { return nil }
    let script = GnuplotScript(
      stem: group.fileStem("training-curves"), title: report.title,
      subtitle: subtitle(group, seedCounts: layers.values.map(\.results.count)), legendPlace: .below, rows: rows,
      geometry: FigureGeometry(panelWidth: 250, panelHeight: 200), formats: formats)
    return Figure(
      script, data, heading: "Training curves",
      caption: "Loss on the whole training and test set against the epoch: mean over the seeds, with the range of the "
        + "seeds as a band. Where the context length varies, the longest.")
  }

  /// One panel; nothing if no seed has curves.
  private func panel(
    _ layer: TrainedLayer, task: String, attention: String, _ data: inout FigureData
  ) -> GnuplotScript.Panel? {
    guard let curves = SeedCurves(layer.results, abscissa: "epoch", names: ["train_loss", "test_loss"]) else {
      return nil
    }
    let block = data.add(
      "\(task) task, \(attention) attention",
      columns: ["epoch"] + ["train", "test"].flatMap { ["\($0)_mean", "\($0)_least", "\($0)_most"] },
      rows: curves.rows)
    var baselines = BaselineLines(layer.cell.seeds, task: layer.cell.parameters["task"]).lines
      .map { (line: $0.plot(isShown: true).clause, value: $0.value, note: "\(Baseline.heading($0.name)) \($0.text)") }
    if let optimum = ClosedForm.optimum(task: layer.cell.task, attention: layer.cell.attention) {
      let text = DecimalFormat(values: [optimum.loss], standardErrors: []).text(optimum.loss)
      let line = (line: Self.closedForm(optimum.loss), value: optimum.loss, note: "closed form \(text)")
      baselines.insert(line, at: min(1, baselines.count))
    }
    let losses = curves.rows.flatMap { $0.dropFirst().compactMap(\.self) }.filter(\.isFinite)
    let lines = baselines.map(\.value)
    let low = (losses + lines).min() ?? 0
    let high = max(lines.max() ?? 0, min(losses.max() ?? 1, (lines.max() ?? .infinity) * Self.zeroLossesShown))
    let margin = max((high - low) * 0.06, high.magnitude * 1e-6)
    let epochs = curves.rows.compactMap { $0[0] }
    return GnuplotScript.Panel(
      title: "\(GnuplotText.literal(task)) task, \(GnuplotText.literal(attention)) attention",
      notes: Self.lines(baselines.map(\.note)),
      settings: [
        "set xrange [0:\(max(epochs.max() ?? 1, 1))]", "set yrange [\(low - margin):\(high + margin)]",
        "set xlabel 'epoch'", "set ylabel 'loss per component' offset 1.5,0",
      ],
      plots: baselines.map { .init(clause: $0.line) } + Self.bands(block, below: high + margin)
        + Self.means(block, points: epochs.count))
  }

  /// Two in each line, which is as wide as a panel.
  private static func lines(_ notes: [String]) -> [String] {
    stride(from: 0, to: notes.count, by: 2).map { notes[$0..<min($0 + 2, notes.count)].joined(separator: ",  ") }
  }

  /// Cut off at the upper end of the axis, for filled curves do not end at the frame by themselves.
  private static func bands(_ block: Int, below most: Double) -> [GnuplotScript.Plot] {
    zip([trainColor, testColor], [2, 5]).map { color, column in
      let bounds = [column + 1, column + 2].map { "($\($0) > \(most) ? \(most) : $\($0))" }.joined(separator: ":")
      return .init(
        clause: "data index \(block) using 1:\(bounds) with filledcurves "
          + "fillcolor '\(color)' fillstyle transparent solid 0.22 noborder")
    }
  }

  private static func means(_ block: Int, points: Int) -> [GnuplotScript.Plot] {
    zip([trainStyle, testStyle], [2, 5]).map { style, column in
      .init(clause: "data index \(block) using 1:\(column) \(style) pointinterval \(max(1, points / 6))")
    }
  }

  private static let trainColor = GnuplotScript.color(0)
  private static let testColor = GnuplotScript.color(1)
  private static let trainStyle =
    "with linespoints linewidth 1.6 linecolor '\(trainColor)' pointtype 6 pointsize 0.6"
  private static let testStyle =
    "with linespoints linewidth 1.6 linecolor '\(testColor)' dashtype (8,3) pointtype 5 pointsize 0.6"

  private static func closedForm(_ loss: Double) -> String {
    "\(loss.isNaN ? "NaN" : GnuplotText.number(loss)) with lines linewidth 1.5 dashtype (14,4,2,4) "
      + "linecolor '\(GnuplotScript.color(2))'"
  }

  private static func legend(tasks: [String], attentions: [String]) -> [GnuplotScript.Plot] {
    let middle = Baseline.middle.filter { tasks.contains($0.task) }.map { Baseline.heading($0.name) }
    let closedForm = GnuplotScript.Plot(clause: closedForm(.nan), label: "closed form, finite {/:Italic L}")
    return [.legend(trainStyle, "train"), .legend(testStyle, "test"), .legend("with lines linestyle 1", "Bayes")]
      + (attentions.contains("linear") ? [closedForm] : [])
      + (middle.isEmpty ? [] : [.legend("with lines linestyle 2", middle.joined(separator: " / "))])
      + [.legend("with lines linestyle 3", "zero")]
  }
}
