import Denoising
import Results
import Sweeps

extension SweepReport {
  /// αβ against L with γ*; and, where its limit for L → ∞ is known, how far it lies below that, on logarithmic axes.
  /// Nothing where αβ was not measured, or where a transform makes something else of the diagonals.
  func scaleProductFigure(_ group: FigureGroup, _ formats: [FigureFormat]) -> Figure? {
    guard group.cells.flatMap(\.seeds).summary("alpha_beta") != nil,
      group.cells.allSatisfy({ $0.task.transform == nil })
    else { return nil }
    var data = FigureData(self)
    var (products, distances) = ([GnuplotScript.Plot](), [GnuplotScript.Plot]())
    var positive: [Double] = []
    let offset = group.series.first?.cells.fitOffset ?? 0
    for (index, series) in group.series.enumerated() {
      guard let curve = theoryCurve(series, lengths: group.contextLengths) else { continue }
      let limit = series.cells.limitOfScaleProduct
      let rows = curve.rows.map { row in [row[0], row[2], difference(limit, row[2])] }
      let block = data.add(
        "closed form, \(series.label)", columns: ["L", "gamma", "limit_minus_gamma"], rows: rows)
      let style =
        "with lines linewidth 1.6 dashtype \(GnuplotScript.dashes(index)) linecolor '\(GnuplotScript.color(index))'"
      positive += rows.compactMap { $0[2] }.filter { $0 > 0 }
      products.append(
        .init(clause: "data index \(block) using 1:2 \(style)", label: "\(series.label): γ*({/:Italic L})"))
      distances.append(.init(clause: "data index \(block) using ($1 + \(offset)):3 \(style)"))
    }
    for (index, series) in group.series.enumerated() {
      let block = data.addMeasurements(series, ["alpha_beta"])
      let marks = SeriesMarks(index: index, count: group.series.count, block: block)
      products.append(.init(clause: marks.errorBars(column: 2, isFilled: true), label: "\(series.label): trained"))
      guard let limit = series.cells.limitOfScaleProduct else { continue }
      let distance = data.add(
        "limit_minus_alpha_beta, \(series.label)", columns: ["L", "distance", "distance_sem"],
        rows: series.cells.cells.map { cell in
          let product = cell.seeds.summary("alpha_beta")
          return [Double(cell.task.contextLength), difference(limit, product?.mean), product?.standardError]
        })
      let shown = series.cells.cells.compactMap { difference(limit, $0.seeds.summary("alpha_beta")?.mean) }
        .filter { $0 > 0 }
      if shown.isEmpty { continue }
      positive += shown
      let distanceMarks = SeriesMarks(index: index, count: 1, block: distance)
      distances.append(.init(clause: distanceMarks.logarithmicErrorBars(column: 2, offset: offset)))
    }
    var panels = [
      GnuplotScript.Panel(
        settings: FigureAxis.contextLengths(group.contextLengths) + [
          "set xlabel 'context length {/:Italic L}'", "set ylabel 'αβ' offset 1,0",
          "set offsets 0,0,graph 0.06,graph 0.06",
        ], plots: products)
    ]
    if let low = positive.min(), let high = positive.max() {
      panels.append(
        .init(
          settings: FigureAxis.logarithmicContextLengths(group.contextLengths, offset: offset)
            + FigureAxis.logarithmic("y", from: low, to: high) + [
              "set xlabel '\(FigureAxis.contextLengthLabel(offset: offset))'", "set ylabel 'γ*(∞) − αβ' offset 1,0",
            ], plots: distances))
    }
    let script = GnuplotScript(
      stem: group.fileStem("scale-product"), title: title, subtitle: subtitle(group), legendTitle: "attention",
      rows: [panels], formats: formats)
    return Figure(
      script, data, heading: "Weight scales against context length",
      caption: "Product αβ of the mean diagonals of W_PV and W_KQ, mean over the seeds with its standard error. Lines "
        + "are the closed form γ*(L)\(panels.count > 1 ? "; on the right, the distance from its limit" : "").")
  }

  private func difference(_ limit: Double?, _ value: Double?) -> Double? {
    guard let limit, let value else { return nil }
    return limit - value
  }
}

extension ContextSeries {
  /// γ* for L → ∞, where it has a closed form.
  fileprivate var limitOfScaleProduct: Double? {
    guard var task = cells.first?.task, let attention = cells.first?.attention else { return nil }
    // So long that (L − 1)/L is 1 in double precision.
    task.contextLength = .max
    return ClosedForm.optimum(task: task, attention: attention)?.scaleProduct
  }
}
