import Denoising
import Results
import Sweeps

extension SweepReport {
  /// Quantiles of the deviation of attention with ideal weights from its limit, the form of the paper's bound, and their
  /// ratio; and how far the numerator and the denominator of softmax attention stay below theirs.
  var convergenceTable: Table {
    let output = ConvergenceQuantiles.deltas.flatMap { delta in
      let name = ConvergenceQuantity.output.metricName(delta: delta)
      let heading = Self.quantileHeading(delta)
      return [
        CellQuantity.mean(name, of: name, heading: heading, latex: LaTeX.escape(heading), withStandardError: true),
        .theory(
          "bound\(name.dropFirst("deviation".count))", heading: "bound \(heading)",
          latex: LaTeX.escape("bound \(heading)")
        ) {
          ConvergenceQuantity.output.bound(task: $0.task, delta: delta)
        },
        Self.ratioToBound(.output, delta),
      ]
    }
    let parts = [ConvergenceQuantity.numerator, .denominator].flatMap { quantity in
      ConvergenceQuantiles.deltas.map { Self.ratioToBound(quantity, $0) }
    }
    return cellTable(
      .convergence, title: "deviation of one step from its limit for long contexts", of: cells(of: .convergence),
      quantities: output + parts)
  }

  /// The power of L with which each quantile falls: one line for each series and quantile.
  var convergenceFitTable: Table {
    let cells = cells(of: .convergence)
    let keys = keyColumns(of: cells).filter { $0.name != "L" }
    let rows = series(of: cells).flatMap { series in
      ConvergenceQuantiles.deltas.compactMap { delta -> [TableCell]? in
        let name = ConvergenceQuantity.output.metricName(delta: delta)
        let points = series.cells.compactMap { cell in
          cell.seeds.summary(name).map { PowerLawFit.Point(contextLength: cell.task.contextLength, excess: $0) }
        }
        guard let fit = PowerLawFit(points, offset: 0) else { return nil }
        return keys.map { $0.value(series.parameters) } + [
          .real(1 - delta), .real(fit.slope), TableCell(fit.slopeStandardError), .real(fit.prefactor),
          TableCell(fit.reducedChiSquare), .integer(fit.pointCount),
        ]
      }
    }
    return Table(
      name: TableKind.convergenceFit.rawValue, title: "\(title): deviation as a power of L", sweep: name,
      sweepHash: hash, columns: keys.map(\.column) + Self.convergenceFitColumns, rows: rows, notes: notes)
  }

  private static let convergenceFitColumns = [
    TableColumn(name: "quantile", heading: "quantile", latexHeading: "quantile", role: .value),
    TableColumn(name: "slope", heading: "slope", latexHeading: "slope", role: .value),
    TableColumn(name: "slope_sem", heading: "± s.e.", latexHeading: "s.e.", role: .standardError(of: "slope")),
    TableColumn(name: "prefactor", heading: "prefactor", latexHeading: "prefactor", role: .value),
    TableColumn(name: "reduced_chi_square", heading: "χ²/dof", latexHeading: "$\\chi^2$/dof", role: .value),
    TableColumn(name: "points", heading: "points", latexHeading: "points", role: .count),
  ]

  private static func quantileHeading(_ delta: Double) -> String { "\(Int(((1 - delta) * 100).rounded()))%" }

  /// A quantile over its bound.
  private static func ratioToBound(_ quantity: ConvergenceQuantity, _ delta: Double) -> CellQuantity {
    let name = quantity.metricName(delta: delta)
    let word = quantity == .output ? "" : "\(quantity.rawValue) "
    let heading = "\(word)\(quantileHeading(delta))/bound"
    return CellQuantity(
      column: TableColumn(
        name: "\(name)_ratio", heading: heading, latexHeading: LaTeX.escape(heading), role: .value),
      hasStandardError: true
    ) { cell in
      guard let summary = cell.seeds.summary(name), let bound = quantity.bound(task: cell.task, delta: delta) else {
        return (nil, nil)
      }
      return (summary.mean / bound, summary.standardError.map { $0 / bound })
    }
  }
}
