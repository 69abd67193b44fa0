import Denoising
import Results
import Sweeps

extension SweepReport {
  /// What one step of attention and what repeated steps make of noisy queries: means over the seeds.
  ///
  /// Errors are those of the means over the seeds; where a cell has a single seed, those that its trial has from its
  /// contexts.
  var retrievalTable: Table {
    cellTable(
      .retrieval, title: "one step and iterated retrieval", of: cells(of: .retrieval),
      quantities: [
        .mean("query_loss", of: "query_loss", heading: "query", latex: "query"),
        .mean("one_step_loss", of: "one_step_loss", heading: "one step", latex: "one step", withStandardError: true),
        .mean(
          "converged_loss", of: "converged_loss", heading: "converged", latex: "converged", withStandardError: true),
        compared("converged_excess", heading: "converged − one", latex: "converged $-$ one"),
        compared("converged_ratio", heading: "converged / one", latex: "converged / one"),
        .mean("best_loss", of: "best_loss", heading: "best", latex: "best"),
        .mean("best_step", of: "best_step", heading: "at step", latex: "at step"),
        .mean("bayes_loss", of: "bayes_loss_test", heading: "Bayes", latex: "Bayes"),
        .mean("steps_to_end", of: "steps_to_end", heading: "steps", latex: "steps"),
        .mean("converged_share", of: "converged_share", heading: "converged share", latex: "converged share"),
        .mean("unbounded_share", of: "unbounded_share", heading: "unbounded share", latex: "unbounded share"),
        .mean("ends_per_context", of: "ends_per_context", heading: "ends per context", latex: "ends per context"),
        .mean(
          "end_token_distance", of: "end_token_distance", heading: "end to token", latex: "end to token"),
      ])
  }

  /// A paired comparison: over the seeds, or over the contexts of the only one.
  private func compared(_ name: String, heading: String, latex: String) -> CellQuantity {
    CellQuantity(
      column: TableColumn(name: name, heading: heading, latexHeading: latex, role: .value), hasStandardError: true
    ) { cell in
      let summary = cell.completeSummary(name)
      let single = cell.seeds.count == 1 ? cell.seeds.first?.values[name + "_error"] : nil
      return (summary?.mean, summary?.standardError ?? single)
    }
  }
}
