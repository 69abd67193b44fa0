import Results

extension SweepReport {
  /// Excess loss against L + offset on logarithmic axes, with the fits and the closed forms. Nothing where no series
  /// has a fit.
  func excessFigure(_ group: FigureGroup, _ formats: [FigureFormat]) -> Figure? {
    var data = FigureData(self)
    var plots: [GnuplotScript.Plot] = []
    var values: [Double] = []
    let offset = group.series.first?.cells.fitOffset ?? 0
    for (index, series) in group.series.enumerated() {
      guard let fit = series.cells.fit else { continue }
      let line = "linecolor '\(GnuplotScript.color(index))'"
      if let curve = theoryCurve(series, lengths: group.contextLengths), curve.rows.contains(where: { $0[3] != nil }) {
        let block = data.add("closed form, \(series.label)", columns: curve.columns, rows: curve.rows)
        values += curve.rows.compactMap { $0[3] }
        plots.append(
          .init(
            clause: "data index \(block) using ($1 + \(offset)):4 with lines linewidth 1.4 dashtype 3 \(line)",
            label: "\(series.label): closed form"))
      }
      let fitBlock = data.add(
        "fit, \(series.label)", columns: ["L", "excess"],
        rows: Self.curveLengths(group.contextLengths).map { [Double($0), fit(Double($0))] })
      plots.append(
        .init(
          clause:
            "data index \(fitBlock) using ($1 + \(offset)):2 with lines linewidth 1.4 dashtype \(GnuplotScript.dashes(index)) \(line)",
          label: "\(series.label): slope \(Self.describe(fit))"))
      let block = data.addMeasurements(series, ["excess"])
      let marks = SeriesMarks(index: index, count: 1, block: block)
      values += series.cells.excess.map(\.excess.mean)
      plots.append(
        .init(clause: marks.logarithmicErrorBars(column: 2, offset: offset), label: "\(series.label): measured"))
    }
    let positive = values.filter { $0 > 0 && $0.isFinite }
    guard let low = positive.min(), let high = positive.max() else { return nil }
    let script = GnuplotScript(
      stem: group.fileStem("excess"), title: title, subtitle: subtitle(group), legendTitle: "attention",
      rows: [
        [
          .init(
            settings: FigureAxis.logarithmicContextLengths(group.contextLengths, offset: offset)
              + FigureAxis.logarithmic("y", from: low, to: high) + [
                "set xlabel '\(FigureAxis.contextLengthLabel(offset: offset))'",
                "set ylabel 'loss per component above Bayes'",
              ], plots: plots)
        ]
      ], formats: formats)
    return Figure(
      script, data, heading: "Excess loss against context length",
      caption: "Mean of train and test loss above the Bayes loss on the same prompts, with its standard error, and the "
        + "power law fitted to it. Dotted lines are closed forms.")
  }

  private static func describe(_ fit: PowerLawFit) -> String {
    // As much as anybody reads off a figure; the table has more.
    let format = DecimalFormat(decimals: (fit.slopeStandardError ?? 1) < 0.005 ? 3 : 2)
    let error = fit.slopeStandardError.map { " ± \(format.text($0))" } ?? ""
    return GnuplotText.readable(format.text(fit.slope)) + error
  }
}
