import Denoising
import Results
import Sweeps

extension SweepReport {
  /// Loss against L with error bars, closed forms and baselines: on linear axes on the left, on logarithmic ones on the
  /// right. Nothing where no loss was measured.
  func lossFigure(_ group: FigureGroup, _ formats: [FigureFormat]) -> Figure? {
    var data = FigureData(self)
    var plots: [GnuplotScript.Plot] = []
    var values: [Double] = []
    for (index, series) in group.series.enumerated() {
      guard let curve = theoryCurve(series, lengths: group.contextLengths) else { continue }
      let block = data.add("closed form, \(series.label)", columns: curve.columns, rows: curve.rows)
      values += curve.rows.compactMap { $0[1] }
      plots.append(
        .init(
          clause: "data index \(block) using 1:2 with lines linewidth 1.6 dashtype \(GnuplotScript.dashes(index)) "
            + "linecolor '\(GnuplotScript.color(index))'",
          label: "\(series.label): closed form"))
    }
    for (index, series) in group.series.enumerated() {
      let block = data.addMeasurements(series, ["train_loss", "test_loss"])
      let marks = SeriesMarks(index: index, count: group.series.count, block: block)
      values += series.cells.cells.flatMap { cell in
        ["train_loss", "test_loss"].compactMap { cell.seeds.summary($0)?.mean }
      }
      plots += [
        .init(clause: marks.errorBars(column: 2, isFilled: false), label: "\(series.label): train"),
        .init(clause: marks.errorBars(column: 4, isFilled: true), label: "\(series.label): test"),
      ]
    }
    let seeds = group.cells.flatMap(\.seeds)
    guard seeds.summary("test_loss") != nil else { return nil }
    let baselines = BaselineLines(seeds, task: group.parameters["task"])
    let axis = baselines.range(over: values)
    let positive = (values + baselines.lines.map(\.value)).filter { $0 > 0 }
    let lengths = group.contextLengths
    let label = ["set xlabel 'context length {/:Italic L}'"]
    let script = GnuplotScript(
      stem: group.fileStem("loss"), title: title, subtitle: subtitle(group), legendTitle: "attention",
      rows: [
        [
          .init(
            settings: FigureAxis.contextLengths(lengths) + label
              + ["set ylabel 'loss per component' offset 1.5,0", "set yrange [\(axis.lowerBound):\(axis.upperBound)]"],
            plots: plots + baselines.lines.map { $0.plot(isShown: axis.contains($0.value)) }),
          .init(
            settings: FigureAxis.logarithmicContextLengths(lengths) + label
              + FigureAxis.logarithmic("y", from: positive.min() ?? 1, to: positive.max() ?? 1),
            plots: plots + baselines.lines.map { $0.plot(isShown: $0.value > 0) }),
        ]
      ], formats: formats)
    return Figure(
      script, data, heading: "Loss against context length",
      caption: "Mean over the seeds with its standard error; train loss open, test loss filled. Left on linear axes, "
        + "right on logarithmic ones. Coloured lines are closed forms for a layer trained on infinitely many prompts, "
        + "the others baselines; a baseline far above the data is on the right alone.")
  }
}
