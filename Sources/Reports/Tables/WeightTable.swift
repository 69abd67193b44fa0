import Denoising
import Results

extension SweepReport {
  /// Weight scales α, β and αβ, with α ≥ 0 where the common sign is free: means over the seeds, with their closed form.
  var weightTable: Table {
    cellTable(
      .weights, title: "weight scales against context length", of: cells(of: .training),
      quantities: [
        .mean("alpha", of: "alpha", heading: "α", latex: "$\\alpha$", withStandardError: true),
        .mean("beta", of: "beta", heading: "β", latex: "$\\beta$", withStandardError: true),
        .mean("alpha_beta", of: "alpha_beta", heading: "αβ", latex: "$\\alpha\\beta$", withStandardError: true),
        .theory("theory_alpha_beta", heading: "γ*", latex: "$\\gamma^*$") {
          // Under a transform the weights are no scaled identities: the structure table has their scales.
          $0.task.transform == nil ? ClosedForm.optimum(task: $0.task, attention: $0.attention)?.scaleProduct : nil
        },
        .mean("offdiagonal_kq", of: "offdiagonal_kq", heading: "KQ off-diag.", latex: "$W_{KQ}$ off-diag."),
        .mean("offdiagonal_pv", of: "offdiagonal_pv", heading: "PV off-diag.", latex: "$W_{PV}$ off-diag."),
      ])
  }
}
