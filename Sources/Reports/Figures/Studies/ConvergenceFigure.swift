import Denoising
import Foundation
import Results
import Sweeps

extension SweepReport {
  /// Quantiles of the deviation of attention with ideal weights from its limit, against L on logarithmic axes, beside the
  /// bounds of Propositions 5 and 6; a panel for each quantity that was measured.
  func convergenceFigures(_ formats: [FigureFormat]) -> [Figure] {
    let groups = cells(of: .convergence).filter { !$0.seeds.isEmpty }.inOrder { cell in
      var shared = cell.parameters
      shared["L"] = nil
      return shared
    }
    let names = groups.flatMap(\.members).varyingNames.filter { $0 != "L" }
    return groups.compactMap { parameters, members in
      guard members.count > 1 else { return nil }
      let distinction = Self.distinguishingNames(groups.map(\.key)).filter(names.contains)
        .compactMap { name in parameters.entries.first { $0.name == name } }
      return convergenceFigure(members, parameters, distinction, formats)
    }
  }

  private func convergenceFigure(
    _ cells: [CellResults], _ parameters: ParameterSet, _ distinction: [ParameterSet.Entry], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(self)
    var rows = [ConvergenceQuantity.allCases.compactMap { convergencePanel($0, cells, &data) }.map(Optional.some)]
    guard rows.addLegend(Self.legend(task: cells[0].task)) else { return nil }
    let script = GnuplotScript(
      stem: FigureStem.text("convergence", distinction), title: title,
      subtitle: FigureSubtitle.text(parameters, others: distinction, seedCounts: cells.map(\.seeds.count)),
      legendTitle: "deviation from the limit", rows: rows, formats: formats)
    return Figure(
      script, data, heading: "Convergence in the context length",
      caption:
        "How far one step of attention with ideal weights is from its limit for L → ∞: quantiles over the prompts, "
        + "mean over the seeds. Lines are the bounds of Proposition 5 (with C = 1) and Proposition 6.")
  }

  /// The measured quantiles of one quantity and their bounds; nothing if it was not measured.
  private func convergencePanel(
    _ quantity: ConvergenceQuantity, _ cells: [CellResults], _ data: inout FigureData
  ) -> GnuplotScript.Panel? {
    let lengths = Set(cells.map(\.task.contextLength)).sorted()
    var (plots, values) = ([GnuplotScript.Plot](), [Double]())
    for (index, delta) in ConvergenceQuantiles.deltas.enumerated() {
      let name = quantity.metricName(delta: delta)
      let rows = cells.map { cell -> [Double?] in
        let summary = cell.seeds.summary(name)
        return [Double(cell.task.contextLength), summary?.mean, summary?.standardError]
      }
      let found = rows.compactMap { $0[1] }.filter { $0 > 0 }
      guard !found.isEmpty else { return nil }
      values += found
      if let bound = quantity.bound(delta: delta, task: cells[0].task) {
        let curve = Self.curveLengths(lengths).map { [Double($0), bound(Double($0))] }
        values += curve.map { $0[1] }
        let block = data.add(
          "bound, δ = \(delta)", columns: ["L", "bound"], rows: curve.map { $0.map(Optional.some) })
        plots.append(.init(clause: "data index \(block) using 1:2 \(Self.boundStyle(index))"))
      }
      let block = data.add(name, columns: ["L", "quantile", "sem"], rows: rows)
      let marks = SeriesMarks(index: index, count: 1, block: block)
      plots.append(.init(clause: marks.logarithmicErrorBars(column: 2, offset: 0)))
    }
    guard let low = values.min(), let high = values.max() else { return nil }
    return GnuplotScript.Panel(
      title: quantity.heading, notes: [quantity.formula(task: cells[0].task)],
      settings: FigureAxis.logarithmicContextLengths(lengths) + FigureAxis.logarithmic("y", from: low, to: high) + [
        "set xlabel 'context length {/:Italic L}'", "set ylabel 'relative deviation' offset 1,0",
      ], plots: plots)
  }

  private static func boundStyle(_ index: Int) -> String {
    "with lines linewidth 1.4 dashtype \(index + 2) linecolor '\(GnuplotScript.color(index))'"
  }

  private static func legend(task: TaskConfiguration) -> [GnuplotScript.Plot] {
    let hasBounds = ConvergenceQuantity.allCases.contains { $0.bound(delta: 0.5, task: task) != nil }
    return ConvergenceQuantiles.deltas.enumerated().flatMap { index, delta -> [GnuplotScript.Plot] in
      let percent = Int(((1 - delta) * 100).rounded())
      let marks = SeriesMarks(index: index, count: 1, block: 0).style(isFilled: true)
      let points = GnuplotScript.Plot.legend("with points \(marks)", "\(percent) % of prompts below")
      let bound = GnuplotScript.Plot.legend(boundStyle(index), "bound, δ = \(DecimalFormat.parameter(delta))")
      return hasBounds ? [points, bound] : [points]
    }
  }
}

extension ConvergenceQuantity {
  fileprivate var heading: String {
    switch self {
    case .output: "output"
    case .numerator: "numerator"
    case .denominator: "denominator"
    }
  }

  /// What the bound is, as a line of text.
  fileprivate func formula(task: TaskConfiguration) -> String {
    switch (self, task.family) {
    case (.output, .linearSubspace): "bound: √(({/:Italic d} + ln 2/δ)/{/:Italic L})"
    case (.output, _): ""
    case (.numerator, _): "bound: √(2 ln(2{/:Italic m}/δ)/{/:Italic L})"
    case (.denominator, _): "bound: √(2 ln(2/δ)/{/:Italic L})"
    }
  }

  /// The bound on the deviation that holds with probability 1 − δ, as a function of L: Proposition 5 with C = 1, or
  /// Proposition 6, whose d is the dimension m = d + 1 of the space around a sphere.
  fileprivate func bound(delta: Double, task: TaskConfiguration) -> ((Double) -> Double)? {
    switch (self, task.family) {
    case (.output, .linearSubspace(let dimension, _)):
      let ratio = Double(dimension.range.upperBound) + log(2 / delta)
      return { max((ratio / $0).squareRoot(), ratio / $0) }
    case (.numerator, .sphere(let dimension, _)):
      let m = Double(dimension.range.upperBound + 1)
      return { (2 / $0 * log(2 * m / delta)).squareRoot() }
    case (.denominator, .sphere): return { (2 / $0 * log(2 / delta)).squareRoot() }
    default: return nil
    }
  }
}
