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
        PowerLawFit.Point(contextLength: cell.task.contextLength, excess: $0)
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

  /// What the excess tends to for L → ∞, where it is not zero and a closed form is known: linear attention never
  /// becomes the Bayes estimator of a sphere or of a mixture. Where the Bayes loss has no closed form, its mean over all
  /// prompts of the series stands for it. Zero elsewhere.
  var asymptote: Double {
    guard var task = cells.first?.task, let attention = cells.first?.attention else { return 0 }
    // Linear attention tends to Bayes here, and a difference of rounding errors would say otherwise.
    if case .linearSubspace = task.family { return 0 }
    // So long that (L − 1)/L is 1 in double precision: the closed form of finite L gives its limit.
    task.contextLength = .max
    guard let limit = ClosedForm.optimum(task: task, attention: attention)?.loss,
      let bayes = ClosedForm.bayesLoss(task: task) ?? cells.flatMap(\.seeds).summary("bayes")?.mean
    else { return 0 }
    return max(0, limit - bayes)
  }

  var fit: PowerLawFit? { PowerLawFit(excess, offset: fitOffset, asymptote: asymptote) }
}

extension IntegerDistribution {
  fileprivate var mean: Double { (Double(range.lowerBound) + Double(range.upperBound)) / 2 }
}

extension SweepReport {
  /// The training cells in groups that differ only in L, in the order in which each group first occurs in the grid.
  var series: [ContextSeries] { series(of: cells(of: .training)) }

  /// Cells in groups that differ only in L, in the order in which each group first occurs.
  func series(of cells: [CellResults]) -> [ContextSeries] {
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

  /// One line for each series with at least two excess losses above its asymptote.
  var fitTable: Table {
    let keys = keyColumns(of: cells(of: .training)).filter { $0.name != "L" }
    let fits = series.compactMap { series in series.fit.map { (series, $0) } }
    return Table(
      name: TableKind.fit.rawValue, title: "\(title): excess loss above its asymptote as a power of L + offset",
      sweep: name,
      sweepHash: hash,
      columns: keys.map(\.column) + Self.fitColumns,
      rows: fits.map { series, fit in
        keys.map { $0.value(series.parameters) } + [
          .real(fit.offset), .real(fit.asymptote), .real(fit.slope), TableCell(fit.slopeStandardError),
          .real(fit.prefactor),
          TableCell(fit.reducedChiSquare), .integer(fit.pointCount), .integer(fit.omittedCount),
        ]
      }, notes: notes)
  }

  private static let fitColumns = [
    TableColumn(name: "offset", heading: "offset", latexHeading: "offset", role: .value),
    TableColumn(name: "asymptote", heading: "asymptote", latexHeading: "asymptote", role: .value),
    TableColumn(name: "slope", heading: "slope", latexHeading: "slope", role: .value),
    TableColumn(name: "slope_sem", heading: "± s.e.", latexHeading: "s.e.", role: .standardError(of: "slope")),
    TableColumn(name: "prefactor", heading: "prefactor", latexHeading: "prefactor", role: .value),
    TableColumn(name: "reduced_chi_square", heading: "χ²/dof", latexHeading: "$\\chi^2$/dof", role: .value),
    TableColumn(name: "points", heading: "points", latexHeading: "points", role: .count),
    TableColumn(name: "omitted_points", heading: "omitted", latexHeading: "omitted", role: .count),
  ]
}
