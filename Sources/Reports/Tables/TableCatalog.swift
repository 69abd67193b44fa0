import Denoising
import Results
import Sweeps

/// The tables that a report has.
public enum TableKind: String, Sendable, Hashable, CaseIterable {
  /// Losses against L beside baselines and theory.
  case loss
  /// Weight scales against L beside theory.
  case weights
  /// Power laws through the excess loss, one line for each series.
  case fit
  /// Every baseline that was measured.
  case baselines
  /// Minimum, trained weights and heuristics on each loss landscape.
  case landscape
  /// Losses of layers that are used on another task than they were trained on, beside theory.
  case transfer
  /// How near the weights are to those that undo a coordinate transform.
  case structure
  /// Deviations of attention with ideal weights from its limit, beside the bounds of Propositions 5 and 6.
  case convergence
  /// Power laws in L through these deviations.
  case convergenceFit = "convergence_fit"
  /// One step and iterated retrieval.
  case retrieval
}

extension SweepReport {
  /// A table of the report.
  public func table(_ kind: TableKind) -> Table {
    switch kind {
    case .loss: lossTable
    case .weights: weightTable
    case .fit: fitTable
    case .baselines: baselineTable
    case .landscape: landscapeTable
    case .transfer: transferTable
    case .structure: structureTable
    case .convergence: convergenceTable
    case .convergenceFit: convergenceFitTable
    case .retrieval: retrievalTable
    }
  }

  /// The tables that a report shows unless it is told otherwise: those of the studies that the sweep has.
  public var defaultTables: [TableKind] {
    Study.Kind.allCases.filter { !cells(of: $0).isEmpty }.flatMap { kind -> [TableKind] in
      switch kind {
      case .training: structuredCells.isEmpty ? [.loss, .weights] : [.loss, .weights, .structure]
      case .landscape: [.landscape]
      case .transfer: [.transfer]
      case .convergence: [.convergence, .convergenceFit]
      case .retrieval: [.retrieval]
      }
    }
  }

  /// A table whose rows are some of the cells.
  func cellTable(
    _ kind: TableKind, title: String, of cells: [CellResults], quantities: [CellQuantity]
  ) -> Table {
    let keys = keyColumns(of: cells)
    return Table(
      name: kind.rawValue, title: "\(self.title): \(title)", sweep: name, sweepHash: hash,
      columns: keys.map(\.column) + [.seeds] + quantities.flatMap(\.columns),
      rows: cells.map { cell in
        keys.map { $0.value(cell.parameters) } + [.integer(cell.seeds.count)]
          + quantities.flatMap { $0.values(cell) }
      }, notes: notes)
  }

  /// The columns that say which cell a row is: those that every table has, then whatever else varies among the cells.
  func keyColumns(of cells: [CellResults]) -> [KeyColumn] {
    let fixed = ["task", "attention", "n", "d", "L", "signal_variance", "noise_variance"]
    return (fixed + cells.varyingNames.filter { !fixed.contains($0) }).map(KeyColumn.init)
  }
}

/// A column that holds a parameter.
struct KeyColumn {
  let name: String

  init(_ name: String) { self.name = name }

  var column: TableColumn {
    let symbols = [
      "signal_variance": ("σ₀²", "$\\sigma_0^2$"), "noise_variance": ("σ_Z²", "$\\sigma_Z^2$"),
      "n": ("n", "$n$"), "d": ("d", "$d$"), "L": ("L", "$L$"), "radius": ("R", "$R$"), "component_count": ("p", "$p$"),
    ]
    let words = name.replacing("_", with: " ")
    let (heading, latex) = symbols[name] ?? (words, LaTeX.escape(words))
    return TableColumn(name: name, heading: heading, latexHeading: latex, role: .key)
  }

  func value(_ parameters: ParameterSet) -> TableCell {
    switch parameters[name] {
    case nil: .empty
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .some(let other): .text(other.plainText)
    }
  }
}

extension TableColumn {
  static let seeds = TableColumn(name: "seeds", heading: "seeds", latexHeading: "seeds", role: .count)
}

/// A quantity of a cell: one column, or two with its standard error.
struct CellQuantity {
  let column: TableColumn
  let hasStandardError: Bool
  /// Mean and standard error in a cell.
  let measure: (CellResults) -> (mean: Double?, standardError: Double?)

  var columns: [TableColumn] {
    guard hasStandardError else { return [column] }
    return [
      column,
      TableColumn(
        name: column.name + "_sem", heading: "± s.e.", latexHeading: "s.e.", role: .standardError(of: column.name)),
    ]
  }

  func values(_ cell: CellResults) -> [TableCell] {
    let (mean, standardError) = measure(cell)
    return hasStandardError ? [TableCell(mean), TableCell(standardError)] : [TableCell(mean)]
  }

  /// The mean over the seeds of a metric or of a quantity derived from metrics; empty unless all seeds of the cell have
  /// it, for the column stands beside their number, and those that have it may be a selection.
  static func mean(
    _ name: String, of metric: String, heading: String, latex: String, withStandardError: Bool = false
  ) -> CellQuantity {
    CellQuantity(
      column: TableColumn(name: name, heading: heading, latexHeading: latex, role: .value),
      hasStandardError: withStandardError
    ) { cell in
      let summary = cell.completeSummary(metric)
      return (summary?.mean, summary?.standardError)
    }
  }

  /// A closed form.
  static func theory(
    _ name: String, heading: String, latex: String, _ value: @escaping (CellResults) -> Double?
  ) -> CellQuantity {
    CellQuantity(
      column: TableColumn(name: name, heading: heading, latexHeading: latex, role: .value), hasStandardError: false
    ) { (value($0), nil) }
  }
}
