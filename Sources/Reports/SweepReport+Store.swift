import Denoising
public import Results
public import Sweeps

extension SweepReport {
  /// The report of a plan's trials from what a store has of them, in the order of the grid.
  ///
  /// Throws ``StoreError``.
  public init(of plan: SweepPlan, from store: ResultStore, theory: ReportTheory) throws {
    let metrics = try store.metrics(of: plan.trials.map(\.id))
    let planned = Set(plan.trials.lazy.map(\.id.description))
    let cells = plan.cells.map { cell in
      let trials = plan.trials[cell.trials]
      // A cell has at least one seed, and all its seeds have the same task and attention.
      let experiment = plan.trials[cell.trials.lowerBound].experiment
      let isSignFree = experiment.attention.isSignFree(on: experiment.task)
      return CellResults(
        parameters: cell.parameters, task: experiment.task, attention: experiment.attention,
        seeds: trials.compactMap { metrics[$0.id].map { SeedMetrics($0, isSignFree: isSignFree) } },
        plannedSeeds: trials.count)
    }
    self.init(
      name: plan.sweep.name, title: plan.sweep.title, hash: plan.sweep.hash, cells: cells, theory: theory,
      failedTrials: try store.failures().count { planned.contains($0.trial) })
  }
}
