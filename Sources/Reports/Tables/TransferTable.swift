import Denoising
import Results
import Sweeps

extension SweepReport {
  /// Losses of layers on tasks that they were not trained on, with the closed form for linear attention that is optimal for
  /// the task that it was trained on, and their ratio.
  var transferTable: Table {
    cellTable(
      .transfer, title: "loss on another task than trained on", of: cells(of: .transfer),
      quantities: [
        .mean(
          "transfer_loss", of: "transfer_loss", heading: "loss", latex: "loss", withStandardError: true),
        .theory("theory_loss", heading: "theory", latex: "theory", Self.transferTheory),
        CellQuantity(
          column: TableColumn(name: "ratio", heading: "loss/theory", latexHeading: "loss/theory", role: .value),
          hasStandardError: true
        ) { cell in
          guard let loss = cell.seeds.summary("transfer_loss"), let theory = Self.transferTheory(cell) else {
            return (nil, nil)
          }
          return (loss.mean / theory, loss.standardError.map { $0 / theory })
        },
        .mean("zero_loss", of: "zero_loss_test", heading: "zero", latex: "zero"),
        .mean("bayes_loss", of: "bayes_loss_test", heading: "Bayes", latex: "Bayes"),
      ])
  }

  /// The closed form of a transfer cell; nothing for other cells and where there is none.
  package static func transferTheory(_ cell: CellResults) -> Double? {
    guard case .transfer(let study) = cell.study else { return nil }
    return ClosedForm.transferLoss(
      trainedOn: study.experiment.task, usedOn: study.usedTask, attention: study.experiment.attention)
  }
}
