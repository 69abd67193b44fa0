public import Denoising
public import Results
public import Sweeps

/// One cell of the grid: what its trials share, and what each of its seeds measured.
public struct CellResults: Sendable {
  /// The parameters of its trials, without the seeds.
  public var parameters: ParameterSet
  /// Where its prompts come from.
  public var task: TaskConfiguration
  /// What is trained.
  public var attention: AttentionConfiguration
  /// One entry for each seed that has a result, in the order of the seeds.
  public var seeds: [SeedMetrics]
  /// Number of seeds that the sweep asks for.
  public var plannedSeeds: Int

  /// A cell with its results.
  public init(
    parameters: ParameterSet, task: TaskConfiguration, attention: AttentionConfiguration, seeds: [SeedMetrics],
    plannedSeeds: Int
  ) {
    self.parameters = parameters
    self.task = task
    self.attention = attention
    self.seeds = seeds
    self.plannedSeeds = plannedSeeds
  }
}

/// The closed forms that stand beside the measurements; each answers with nothing where it does not apply.
public struct ReportTheory: Sendable {
  /// γ* = αβ and the loss at the optimum of linear attention.
  public struct Optimum: Sendable, Hashable {
    /// γ* = αβ.
    public var scaleProduct: Double
    /// Loss per component at γ*.
    public var loss: Double

    /// An optimum.
    public init(scaleProduct: Double, loss: Double) {
      self.scaleProduct = scaleProduct
      self.loss = loss
    }
  }

  /// The optimum of an attention layer on a task.
  public var optimum: @Sendable (TaskConfiguration, AttentionConfiguration) -> Optimum?
  /// Loss per component of the Bayes estimator that knows the task.
  public var bayesLoss: @Sendable (TaskConfiguration) -> Double?

  /// A theory from its closed forms.
  public init(
    optimum: @escaping @Sendable (TaskConfiguration, AttentionConfiguration) -> Optimum?,
    bayesLoss: @escaping @Sendable (TaskConfiguration) -> Double?
  ) {
    self.optimum = optimum
    self.bayesLoss = bayesLoss
  }

  /// No closed forms at all.
  public static let none = ReportTheory(optimum: { _, _ in nil }, bayesLoss: { _ in nil })
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
  /// The closed forms beside them.
  public var theory: ReportTheory
  /// Number of trials that were given up.
  public var failedTrials: Int

  /// A report on the cells of a sweep.
  public init(
    name: String, title: String, hash: String, cells: [CellResults], theory: ReportTheory, failedTrials: Int = 0
  ) {
    self.name = name
    self.title = title
    self.hash = hash
    self.cells = cells
    self.theory = theory
    self.failedTrials = failedTrials
  }

  /// Names of the parameters that differ between cells, or that only some cells have; sorted.
  package var varying: [String] {
    let names = Set(cells.flatMap { $0.parameters.entries.map(\.name) })
    return names.filter { name in Set(cells.map { $0.parameters[name] }).count > 1 }.sorted()
  }

  /// What a reader must know beside the numbers: trials that are missing or failed.
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
    if let outlierNote { notes.append(outlierNote) }
    return notes
  }
}
