import Denoising
import Reports
enum FigureWriting { static func draw(_ report: SweepReport, in directory: String) throws {} }
extension ReportTheory {
  /// The closed forms of linear attention and of the Bayes estimators.
  static let closedForms = ReportTheory(
    optimum: { task, attention in
      ClosedForm.optimum(task: task, attention: attention).map {
        Optimum(scaleProduct: $0.scaleProduct, loss: $0.loss)
      }
    },
    bayesLoss: { ClosedForm.bayesLoss(task: $0) })
}
