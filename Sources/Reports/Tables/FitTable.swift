import Denoising
import Results
import Sweeps

/// Cells that differ only in L.
struct ContextSeries {
  /// The cells in grid order; never empty.
  let cells: [CellResults]

  /// What its cells share: all parameters but L.
  let parameters: ParameterSet

  /// The mean excess loss against L.
  var excess: [PowerLawFit.Point] {
    cells.compactMap { cell in
      cell.seeds.summary("excess").map {
        PowerLawFit.Point(
          contextLength: cell.task.contextLength, value: $0.mean, standardError: $0.standardError)
      }
    }
  }

  /// Added to L in the fit: the closed-form excess of linear attention falls as 1/(L + d + 1) on the linear task and, but
  /// for a constant, as 1/(L + d) on the sphere; on mixtures no single offset does it, and L itself is used. Where d is
  /// drawn anew for each prompt, its mean stands for it.
  var fitOffset: Double {
    switch cells.first?.task.family {
    case .linearSubspace(let dimension, _): dimension.mean + 1
    case .sphere(let dimension, _): dimension.mean
    case .gaussianMixture, nil: 0
    }
  }

  var fit: PowerLawFit? { PowerLawFit(excess, offset: fitOffset) }
}

extension IntegerDistribution {
  fileprivate var mean: Double { (Double(range.lowerBound) + Double(range.upperBound)) / 2 }
}

extension SweepReport {
  /// The cells in groups that differ only in L, in the order in which each group first occurs in the grid.
  var series: [ContextSeries] {
    var order: [ParameterSet] = []
    var groups: [ParameterSet: [CellResults]] = [:]
    for cell in cells {
      var shared = cell.parameters
      shared["L"] = nil
      if groups[shared] == nil { order.append(shared) }
      groups[shared, default: []].append(cell)
    }
    return order.map { ContextSeries(cells: groups[$0] ?? [], parameters: $0) }
  }

  /// One line for each series with at least two positive excess losses.
  var fitTable: Table {
    let keys = keyColumns.filter { $0.name != "L" }
    let fits = series.compactMap { series in series.fit.map { (series, $0) } }
    return Table(
      name: TableKind.fit.rawValue, title: "\(title): excess loss as a power of L + offset", sweep: name,
      sweepHash: hash,
      columns: keys.map(\.column) + Self.fitColumns,
      rows: fits.map { series, fit in
        keys.map { $0.value(series.parameters) } + [
          .real(fit.offset), .real(fit.slope), TableCell(fit.slopeStandardError), .real(fit.prefactor),
          TableCell(fit.reducedChiSquare), .integer(fit.pointCount), .integer(fit.omittedCount),
        ]
      }, notes: notes)
  }

  private static let fitColumns = [
    TableColumn(name: "offset", heading: "offset", latexHeading: "offset", role: .value),
    TableColumn(name: "slope", heading: "slope", latexHeading: "slope", role: .value),
    TableColumn(name: "slope_sem", heading: "± s.e.", latexHeading: "s.e.", role: .standardError(of: "slope")),
    TableColumn(name: "prefactor", heading: "prefactor", latexHeading: "prefactor", role: .value),
    TableColumn(name: "reduced_chi_square", heading: "χ²/dof", latexHeading: "$\\chi^2$/dof", role: .value),
    TableColumn(name: "points", heading: "points", latexHeading: "points", role: .count),
    TableColumn(name: "omitted_points", heading: "omitted", latexHeading: "omitted", role: .count),
  ]
}
