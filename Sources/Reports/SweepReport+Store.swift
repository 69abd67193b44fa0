import Denoising
public import Results
public import Sweeps

extension SweepReport {
  /// The report of a plan's trials from what a store has of them, in the order of the grid.
  ///
  /// `programVersion` is that of the running program, with which the results' own are compared. Throws ``StoreError``.
  public init(of plan: SweepPlan, from store: ResultStore, programVersion: String) throws {
    let metrics = try store.metrics(of: plan.trials.map(\.id))
    let cells = plan.cells.map { cell in
      let trials = plan.trials[cell.trials]
      // A cell has at least one seed, and all its seeds have the same configuration.
      let study = plan.trials[cell.trials.lowerBound].study
      let isSignFree = study.attention.isSignFree(on: study.task)
      return CellResults(
        parameters: cell.parameters, study: study,
        seeds: metrics[cell.trials].compactMap { $0.map { SeedMetrics($0, isSignFree: isSignFree) } },
        plannedSeeds: trials.count)
    }
    self.init(
      name: plan.sweep.name, title: plan.sweep.title, hash: plan.sweep.hash, cells: cells,
      failedTrials: Self.count(try store.failures(), of: plan),
      sharesData: plan.cells.contains { Self.sharesData(plan.trials[$0.trials]) },
      versions: ProgramVersions(results: try store.versions(of: plan.trials.map(\.id)), running: programVersion))
  }

  private static func count(_ failures: [FailedTrial], of plan: SweepPlan) -> Int {
    guard !failures.isEmpty else { return 0 }
    let planned = Set(plan.trials.lazy.map(\.id))
    return failures.count { TrialID($0.trial).map(planned.contains) ?? false }
  }

  /// Whether several seeds see the prompts of one: then the first and the last do.
  private static func sharesData(_ trials: ArraySlice<Trial>) -> Bool {
    guard trials.count > 1, let first = trials.first, let last = trials.last else { return false }
    return first.parameters["data_seed"] == last.parameters["data_seed"]
  }
}
