import Denoising
import Numerics
import Testing

@Suite struct BaselinesTests {
  /// Losses of the baselines that need no context, on so many prompts.
  private func losses(_ task: TaskConfiguration, prompts: Int = 100_000) -> [String: MonteCarloMean] {
    var sampler = TwinSampler(seed: 31)
    let baselines = Baselines.withoutContext(for: task)
    var means = [MonteCarloMean](repeating: MonteCarloMean(), count: baselines.entries.count)
    for _ in 0..<prompts {
      let values = baselines.losses(on: sampler.prompt(task, contextLength: 0))
      for (index, value) in values.enumerated() { means[index].add(value) }
    }
    return Dictionary(uniqueKeysWithValues: zip(baselines.entries.map(\.name), means))
  }

  private func expect(_ means: [String: MonteCarloMean], _ expected: [String: Double]) {
    #expect(Set(means.keys) == Set(expected.keys))
    for (name, value) in expected {
      #expect((means[name]?.deviation(from: value) ?? .infinity) < 3, "\(name) \(means[name]?.mean ?? .nan)")
    }
  }

  @Test func linearTaskAtThePapersSettings() {
    expect(losses(PaperTask.linear()), ["zero": 1, "projection": 0.5, "bayes": 1.0 / 3])
  }

  @Test func sphereAtThePapersSettings() {
    let means = losses(PaperTask.sphere)
    #expect(((means["zero"]?.mean ?? .nan) - 0.0625).magnitude < 1e-14)
    var others = means
    others["zero"] = nil
    expect(
      others,
      [
        "projection": 0.05625, "shrunk_projection": (1 - 1 / (1 + 0.9)) / 16,
        "radial_projection": ClosedForm.radialProjectionLoss(task: PaperTask.sphere) ?? .nan,
        "bayes": ClosedForm.bayesLoss(task: PaperTask.sphere) ?? .nan,
      ])
  }

  /// The Bayes loss and that of Eq 8 from 4 · 10⁶ prompts in NumPy 2.4, with a standard error of 1e-5.
  @Test func mixtureAtThePapersSettings() {
    let means = losses(PaperTask.mixture)
    expect(means, ["zero": 0.0825, "bayes": 0.022990, "bayes_limit": 0.026270])
  }

  /// `bayes` beats every other baseline that knows the task, in each of three tasks with random structure.
  @Test func bayesIsBest() {
    let tasks = [
      TaskConfiguration(
        family: .linearSubspace(dimension: .uniform(1...4), signalVariance: 0.7), ambientDimension: 6,
        contextLength: 12, noiseVariance: 0.5),
      TaskConfiguration(
        family: .sphere(dimension: .uniform(1...4), radius: 1.5), ambientDimension: 6, contextLength: 12,
        noiseVariance: 0.5),
      TaskConfiguration(
        family: .gaussianMixture(
          GaussianMixture(
            componentCount: .uniform(2...4), radius: 1.5, weights: [1, 2, 3, 4], variances: [0.1, 0, 1, 0.3])),
        ambientDimension: 6, contextLength: 12, noiseVariance: 0.5),
    ]
    for task in tasks {
      var sampler = TwinSampler(seed: 4)
      let baselines = Baselines.all(for: task)
      var sums = [Double](repeating: 0, count: baselines.entries.count)
      for _ in 0..<4000 {
        for (index, loss) in baselines.losses(on: sampler.prompt(task)).enumerated() { sums[index] += loss }
      }
      let names = baselines.entries.map(\.name)
      let best = sums.indices.filter { sums[$0] == sums.min() }.map { names[$0] }
      // With 12 noiseless tokens the context tells a subspace exactly; rounding decides between the two forms.
      #expect(best.allSatisfy { $0 == "bayes" || $0 == "context_bayes" }, "\(zip(names, sums).map { ($0, $1 / 4000) })")
    }
  }

  @Test func namesAndCosts() {
    func names(_ task: TaskConfiguration, context: Bool) -> [String] {
      Baselines.all(for: task).entries.filter { $0.needsContext == context }.map(\.name)
    }
    #expect(names(PaperTask.linear(), context: false) == ["zero", "projection", "bayes"])
    #expect(names(PaperTask.linear(), context: true) == ["mean", "context_projection", "context_bayes"])
    #expect(names(PaperTask.mixture, context: false) == ["zero", "bayes_limit", "bayes"])
    #expect(names(PaperTask.mixture, context: true) == ["mean", "context_softmax", "context_gaussian"])
    #expect(
      names(PaperTask.sphere, context: false)
        == ["zero", "projection", "shrunk_projection", "radial_projection", "bayes"])
    #expect(
      names(PaperTask.sphere, context: true)
        == [
          "mean", "context_projection", "context_shrunk_projection", "context_radial_projection", "context_bayes",
          "context_softmax",
        ])
  }

  @Test func meanOfTheContext() {
    let prompt = Prompt(
      context: Matrix(rows: 2, columns: 3, values: [1, 2, 6, 0, -3, 0]), query: [9, 9], target: [3, 1],
      structure: .gaussianMixture(centres: Matrix(rows: 2, columns: 1)))
    #expect(ContextMeanEstimator().estimate(prompt) == [3, -1])
    let task = TaskConfiguration(
      family: PaperTask.mixture.family, ambientDimension: 2, contextLength: 3, noiseVariance: 1)
    let baselines = Baselines(
      [Baseline("mean", ContextMeanEstimator()), Baseline("zero", ZeroEstimator())], task: task)
    #expect(baselines.losses(on: prompt) == [2, 5])
  }

  /// ‖A (x̂ − x)‖²/n where A x is predicted, ‖x̂ − x‖²/n where x is.
  @Test func lossMeasuresTheTargetsCoordinates() {
    var task = PaperTask.linear()
    let matrix = Matrix(rows: 2, columns: 2, values: [2, 1, 0, 3])
    task.transform = CoordinateTransform(matrix: matrix, target: .original)
    #expect(LossMeasure(task: task).loss(of: [1, 2], target: [0, 0]) == 2.5)
    task.transform = CoordinateTransform(matrix: matrix, target: .transformed)
    #expect(LossMeasure(task: task).loss(of: [1, 2], target: [0, 0]) == 26)
  }
}
