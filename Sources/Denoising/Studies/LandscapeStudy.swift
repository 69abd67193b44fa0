import Numerics

/// The loss of a layer with W_PV = α I and W_KQ = β I over a grid of (α, β), and the points of interest on it
/// (Appendix G, Figure 6).
///
/// It is taken on the prompts on which a training trial with the same task, seed and numbers of prompts trains, so that
/// what training finds can be placed on it.
public struct LandscapeStudy: Sendable, Hashable {
  /// Where prompts come from.
  public var task: TaskConfiguration
  /// Linear or softmax attention; its parameterization does not matter.
  public var attention: AttentionConfiguration
  /// The values of α.
  public var valueScales: ScaleGrid
  /// The values of β.
  public var keyQueryScales: ScaleGrid
  /// Prompts on which the grid is taken and the minimum is looked for.
  public var trainPromptCount: Int
  /// Prompts on which the points of interest are taken besides.
  public var testPromptCount: Int
  /// Key of the prompts.
  public var dataKey: UInt64

  /// A study of one landscape.
  public init(
    task: TaskConfiguration, attention: AttentionConfiguration, valueScales: ScaleGrid, keyQueryScales: ScaleGrid,
    trainPromptCount: Int, testPromptCount: Int, dataKey: UInt64
  ) {
    self.task = task
    self.attention = attention
    self.valueScales = valueScales
    self.keyQueryScales = keyQueryScales
    self.trainPromptCount = trainPromptCount
    self.testPromptCount = testPromptCount
    self.dataKey = dataKey
  }

  /// The training prompts and the test prompts.
  public var promptGroups: [PromptGroup] {
    PromptGroup.sets(
      task: task, attention: attention.kind, train: trainPromptCount, test: testPromptCount, key: dataKey)
  }

  /// Takes the landscape. A pure function of the study; `memoryBudget` changes the time and no bit.
  ///
  /// - Parameters:
  ///   - memoryBudget: bytes that the tokens of all prompts may take; contexts beyond them are drawn anew in each pass.
  ///   - isCancelled: asked now and then; when it says yes, the study ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, and on cancellation.
  public func run(
    memoryBudget: Int = Experiment.memoryBudgetDefault, isCancelled: () -> Bool = { false }
  ) throws(ExperimentError) -> LandscapeOutcome {
    try validate()
    var tally = BaselineTally(task: task, readsContexts: false)
    var budget = memoryBudget
    var surfaces: [LossSurface] = []
    for (group, isTest) in zip(promptGroups, [false, true]) {
      let set = try group.draw(withContext: false, budget: &budget, isCancelled: isCancelled) {
        tally.add($0, secondMoment: $1, isTest: isTest)
      }
      surfaces.append(LossSurface(attention, set))
    }
    let (train, test) = (surfaces[0], surfaces[1])
    let (alphas, betas) = (valueScales.values, keyQueryScales.values)
    let landscape = try train.sections(betas, isCancelled)
    let losses = alphas.flatMap { alpha in
      betas.indices.map { landscape.loss(valueScale: alpha, section: $0) }
    }
    let scales =
      try [
        Self.node(of: losses, alphas, betas), train.minimum(near: landscape, isCancelled),
      ] + ClosedForm.heuristicScales(task: task, attention: attention)
    let (atTrain, atTest) = (try train.losses(scales, isCancelled), try test.losses(scales, isCancelled))
    return LandscapeOutcome(
      losses: losses, valleyScales: landscape.sections.map(\.bestValueScale),
      valleyLosses: betas.indices.map {
        landscape.loss(valueScale: landscape.sections[$0].bestValueScale, section: $0)
      },
      points: scales.indices.map {
        LandscapePoint(scales: scales[$0], loss: SplitLoss(train: atTrain[$0], test: atTest[$0]))
      }, baselines: tally.losses)
  }

  /// The node of the grid with the least loss; the first of equals.
  private static func node(of losses: [Double], _ alphas: [Double], _ betas: [Double]) -> NamedScales {
    var best = 0
    for (index, loss) in losses.enumerated() where loss < losses[best] { best = index }
    return NamedScales(.node, valueScale: alphas[best / betas.count], keyQueryScale: betas[best % betas.count])
  }

  private func validate() throws(ExperimentError) {
    try task.validate()
    guard attention.kind != .gaussian else {
      throw .invalid("a landscape over α and β is one of linear or softmax attention")
    }
    guard trainPromptCount >= 1, testPromptCount >= 1 else { throw .invalid("a landscape needs prompts of both sets") }
    for grid in [valueScales, keyQueryScales] {
      guard grid.count >= 2, grid.bounds.lowerBound < grid.bounds.upperBound else {
        throw .invalid("a grid of scales needs two points at least")
      }
    }
  }
}

/// Equidistant values of a scale, both ends included.
public struct ScaleGrid: Sendable, Hashable {
  /// First and last value.
  public var bounds: ClosedRange<Double>
  /// Number of values, at least 2.
  public var count: Int

  /// So many equidistant values over a range.
  public init(bounds: ClosedRange<Double>, count: Int) {
    self.bounds = bounds
    self.count = count
  }

  /// The values in ascending order.
  public var values: [Double] {
    (0..<count).map { index in
      let share = Double(index) / Double(count - 1)
      return bounds.lowerBound * (1 - share) + bounds.upperBound * share
    }
  }
}
