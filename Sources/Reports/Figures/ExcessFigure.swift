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
          clause: "data index \(fitBlock) using ($1 + \(offset)):2 with lines linewidth 1.4 \(line)",
          label: "\(series.label): slope \(Self.describe(fit))"))
      let block = data.addMeasurements(series, ["excess"])
      let marks = SeriesMarks(index: index, count: 1, block: block)
      values += series.cells.excess.map(\.excess.mean)
      plots.append(
        .init(
          // On a logarithmic axis a bar that reaches zero has no lower end; it is cut at a twentieth of its value.
          clause: "data index \(block) using ($1 + \(offset)):($2 > 0 ? $2 : NaN):"
            + "(valid(3) ? ($2 > $3 ? $2 - $3 : $2 / 20) : $2):(valid(3) ? $2 + $3 : $2) with yerrorbars "
            + marks.style(isFilled: true), label: "\(series.label): measured"))
    }
    let positive = values.filter { $0 > 0 && $0.isFinite }
    guard let low = positive.min(), let high = positive.max() else { return nil }
    let lengths = group.contextLengths.map { Double($0) + offset }
    let script = GnuplotScript(
      stem: group.fileStem("excess"), title: title, subtitle: subtitle(group), legendTitle: "attention",
      panels: [
        .init(
          settings: FigureAxis.logarithmic("x", from: lengths.first ?? 1, to: lengths.last ?? 1)
            + FigureAxis.logarithmic("y", from: low, to: high) + [
              "set xlabel '\(offset == 0 ? "context length L" : "L + \(DecimalFormat.parameter(offset))")'",
              "set ylabel 'excess over Bayes'",
            ], plots: plots)
      ], formats: formats)
    return Figure(name: script.stem, script: script.text, data: data.text, formats: formats)
  }

  private static func describe(_ fit: PowerLawFit) -> String {
    // As much as anybody reads off a figure; the table has more.
    let format = DecimalFormat(decimals: (fit.slopeStandardError ?? 1) < 0.005 ? 3 : 2)
    let error = fit.slopeStandardError.map { " ± \(format.text($0))" } ?? ""
    return format.text(fit.slope) + error
  }
}
