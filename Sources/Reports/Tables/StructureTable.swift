import Denoising
import Results
import Sweeps

extension SweepReport {
  /// The training cells that see their prompts through a coordinate transform.
  package var structuredCells: [CellResults] { cells(of: .training).filter { $0.task.transform != nil } }

  /// How far the products that Appendix H says should be scaled identities are from it, relative to them, and their scales.
  var structureTable: Table {
    cellTable(
      .structure, title: "weights under a coordinate transform", of: structuredCells,
      quantities: [
        .mean("structure_alpha", of: "structure_alpha", heading: "α", latex: "$\\alpha$", withStandardError: true),
        .mean("structure_beta", of: "structure_beta", heading: "β", latex: "$\\beta$", withStandardError: true),
        .mean(
          "structure_alpha_beta", of: "structure_alpha_beta", heading: "αβ", latex: "$\\alpha\\beta$",
          withStandardError: true),
        .theory("theory_alpha_beta", heading: "γ*", latex: "$\\gamma^*$") {
          ClosedForm.optimum(task: $0.task, attention: $0.attention)?.scaleProduct
        },
        .mean(
          "structure_pv", of: "structure_pv", heading: "PV deviation", latex: "$W_{PV}$ deviation",
          withStandardError: true),
        .mean(
          "structure_kq", of: "structure_kq", heading: "KQ deviation", latex: "$W_{KQ}$ deviation",
          withStandardError: true),
        .mean(
          "structure_kq_conjugate", of: "structure_kq_conjugate", heading: "AᵀKQ A deviation",
          latex: "$A^T W_{KQ} A$ deviation", withStandardError: true),
      ])
  }
}
