import Denoising
import Results
import Sweeps

extension SweepReport {
  /// For each landscape its minimum, what training found and the heuristics: where they are and their losses on the
  /// training prompts, as means over the seeds.
  ///
  /// The trained columns are from the training cells of the same sweep with the same task and attention, whose weights are
  /// full matrices: their scales are means of diagonals, and their loss is that of the whole matrices.
  var landscapeTable: Table {
    var quantities =
      point("minimum", withStandardError: true) + point("node", heading: "best node") + [
        trained("alpha", heading: "α", latex: "$\\alpha$"), trained("beta", heading: "β", latex: "$\\beta$"),
        trained("train_loss", heading: "loss", latex: "loss"),
      ] + point("heuristic") + point("limit")
    quantities.append(.mean("bayes_loss", of: "bayes_loss_train", heading: "Bayes", latex: "Bayes"))
    return cellTable(
      .landscape, title: "loss landscape over the weight scales", of: cells(of: .landscape), quantities: quantities)
  }

  /// Where a point of interest is, and its loss.
  private func point(_ name: String, heading: String? = nil, withStandardError: Bool = false) -> [CellQuantity] {
    let heading = heading ?? name
    let parts = [("alpha", "α", "$\\alpha$"), ("beta", "β", "$\\beta$"), ("train_loss", "loss", "loss")]
    return parts.map { part, symbol, latex in
      .mean(
        "\(name)_\(part)", of: "\(name)_\(part)", heading: "\(heading) \(symbol)", latex: "\(heading) \(latex)",
        withStandardError: withStandardError)
    }
  }

  /// A quantity of the training cell that belongs to a landscape.
  private func trained(_ name: String, heading: String, latex: String) -> CellQuantity {
    CellQuantity(
      column: TableColumn(
        name: "trained_\(name)", heading: "trained \(heading)", latexHeading: "trained \(latex)", role: .value),
      hasStandardError: true
    ) { cell in
      let summary = trainedCell(for: cell)?.seeds.summary(name)
      return (summary?.mean, summary?.standardError)
    }
  }

  /// The training cell with the prompts and the attention of another cell: the first with full weights, or else the first.
  package func trainedCell(for cell: CellResults) -> CellResults? {
    let same = cells(of: .training).filter { $0.task == cell.task && $0.attention.kind == cell.attention.kind }
    return same.first { $0.attention.parameterization == .full } ?? same.first
  }
}
