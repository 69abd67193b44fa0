public import Denoising
public import Results
public import Sweeps

/// One cell of the grid: what its trials share, and what each of its seeds measured.
public struct CellResults: Sendable {
  /// The parameters of its trials, without the seeds.
  public var parameters: ParameterSet
  /// What is done with the prompts, with the seeds of its first trial.
  public var study: Study
  /// One entry for each seed that has a result, in the order of the seeds.
  public var seeds: [SeedMetrics]
  /// Number of seeds that the sweep asks for.
  public var plannedSeeds: Int

  /// A cell with its results.
  public init(parameters: ParameterSet, study: Study, seeds: [SeedMetrics], plannedSeeds: Int) {
    self.parameters = parameters
    self.study = study
    self.seeds = seeds
    self.plannedSeeds = plannedSeeds
  }

  /// Where its prompts come from.
  public var task: TaskConfiguration { study.task }

  /// The layer that it is about.
  public var attention: AttentionConfiguration { study.attention }
}

/// All that the tables and figures of a sweep are made from.
public struct SweepReport: Sendable {
  /// Name of the sweep, of letters, digits, `-`, `_` and `.`.
  public var name: String
  /// Heading, as the author of the sweep wrote it.
  public var title: String
  /// Hash of the sweep file.
  public var hash: String
  /// The cells, in grid order.
  public var cells: [CellResults]
  /// Number of trials that were given up.
  public var failedTrials: Int
  /// Whether all seeds of a cell see the same prompts.
  public var sharesData: Bool
  /// The versions of the program that computed the results.
  public var versions: ProgramVersions

  /// A report on the cells of a sweep.
  public init(
    name: String, title: String, hash: String, cells: [CellResults], failedTrials: Int = 0,
    sharesData: Bool = false, versions: ProgramVersions = ProgramVersions()
  ) {
    self.name = name
    self.title = title
    self.hash = hash
    self.cells = cells
    self.failedTrials = failedTrials
    self.sharesData = sharesData
    self.versions = versions
  }

  /// The cells of a kind of study, in grid order.
  package func cells(of kind: Study.Kind) -> [CellResults] { cells.filter { $0.study.kind == kind } }

  /// What a reader must know beside the numbers: trials that are missing or failed, and what the errors leave out.
  package var notes: [String] {
    let planned = cells.reduce(0) { $0 + $1.plannedSeeds }
    let present = cells.reduce(0) { $0 + $1.seeds.count }
    var notes: [String] = []
    let missing = planned - present
    if missing > 0 {
      notes.append(
        "\(missing) of \(planned) trials \(missing == 1 ? "has" : "have") no result yet; "
          + "the means are over those that have one.")
    }
    if failedTrials > 0 {
      notes.append("\(failedTrials) \(failedTrials == 1 ? "trial" : "trials") failed; `icd status` tells why.")
    }
    notes += [outlierNote, sharedDataNote, versions.note].compactMap(\.self)
    return notes
  }
}

extension CellResults {
  /// Mean and standard error of a quantity over the seeds; nothing unless all of them have it.
  func completeSummary(_ name: String) -> SeedSummary? {
    seeds.summary(name).flatMap { $0.count == seeds.count ? $0 : nil }
  }
}

extension Sequence where Element == CellResults {
  /// Names of the parameters that differ between the cells, or that only some of them have; sorted.
  package var varyingNames: [String] {
    let names = Set(flatMap { $0.parameters.entries.map(\.name) })
    return names.filter { name in Set(map { $0.parameters[name] }).count > 1 }.sorted()
  }
}
