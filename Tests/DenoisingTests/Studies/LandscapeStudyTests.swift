import Denoising
import Numerics
import Testing

@Suite struct LandscapeStudyTests {
  private static func study(
    _ kind: AttentionConfiguration.Kind, family: TaskFamily = .sphere(dimension: .fixed(3), radius: 1),
    noise: Double = 0.1
  ) -> LandscapeStudy {
    LandscapeStudy(
      task: TaskConfiguration(family: family, ambientDimension: 6, contextLength: 40, noiseVariance: noise),
      attention: AttentionConfiguration(kind: kind), valueScales: ScaleGrid(bounds: -2...2, count: 9),
      keyQueryScales: ScaleGrid(bounds: -15...15, count: 8), trainPromptCount: 60, testPromptCount: 20, dataKey: 9)
  }

  /// The mean loss of scaled identities over a group of prompts, by the reference layers in double precision.
  private static func loss(
    _ study: LandscapeStudy, _ group: PromptGroup, alpha: Double, beta: Double
  ) throws -> Double {
    let n = study.task.ambientDimension
    let (value, keyQuery) = (Matrix.identity(n, scale: alpha), Matrix.identity(n, scale: beta))
    let layer: any ReferenceAttention =
      study.attention.kind == .linear
      ? LinearAttention(value: value, keyQuery: keyQuery) : SoftmaxAttention(value: value, keyQuery: keyQuery)
    var sum = 0.0
    try group.forEachPrompt { _, prompt in
      let tokens = Matrix(rows: study.task.contextLength, columns: n, values: prompt.context.map(Double.init))
      sum += layer.squaredError(
        context: tokens.transposed, query: prompt.query.map(Double.init), target: prompt.target.map(Double.init))
    }
    return sum / Double(group.count * n)
  }

  @Test(arguments: [AttentionConfiguration.Kind.linear, .softmax])
  func everyNodeIsTheLossOfTheReference(kind: AttentionConfiguration.Kind) throws {
    let study = Self.study(kind)
    let outcome = try study.run()
    let (alphas, betas) = (study.valueScales.values, study.keyQueryScales.values)
    #expect(alphas == [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2] && betas.count == 8)
    for (row, alpha) in alphas.enumerated() where row % 3 == 0 {
      for (column, beta) in betas.enumerated() {
        let exact = try Self.loss(study, study.promptGroups[0], alpha: alpha, beta: beta)
        #expect(abs(outcome.losses[row * betas.count + column] / exact - 1) < 1e-5)
      }
    }
    for point in outcome.points {
      let (alpha, beta) = (point.scales.valueScale, point.scales.keyQueryScale)
      for (group, loss) in zip(study.promptGroups, [point.loss.train, point.loss.test]) {
        #expect(abs(loss / (try Self.loss(study, group, alpha: alpha, beta: beta)) - 1) < 1e-5)
      }
    }
  }

  /// The minimum of softmax attention: no step in any direction goes down, by the reference.
  @Test func theMinimumIsOne() throws {
    let study = Self.study(.softmax)
    let outcome = try study.run()
    let minimum = try #require(outcome.points.first { $0.scales.name == .minimum })
    let (alpha, beta) = (minimum.scales.valueScale, minimum.scales.keyQueryScale)
    #expect(minimum.loss.train <= (outcome.losses.min() ?? 0))
    let train = study.promptGroups[0]
    let least = try Self.loss(study, train, alpha: alpha, beta: beta)
    for (dAlpha, dBeta) in [(0.01, 0.0), (-0.01, 0), (0, 0.1), (0, -0.1), (0.01, 0.1), (0.01, -0.1), (-0.01, 0.1)] {
      #expect(try Self.loss(study, train, alpha: alpha * (1 + dAlpha), beta: beta * (1 + dBeta)) > least)
    }
  }

  /// Linear attention knows αβ alone: its valley is a hyperbola of constant depth.
  @Test func theValleyOfLinearAttentionIsAHyperbola() throws {
    let study = Self.study(.linear)
    let outcome = try study.run()
    let products = zip(outcome.valleyScales, study.keyQueryScales.values).map { $0 * $1 }
    let minimum = try #require(outcome.points.first { $0.scales.name == .minimum })
    for (product, loss) in zip(products, outcome.valleyLosses) {
      #expect(abs(product / (minimum.scales.valueScale * minimum.scales.keyQueryScale) - 1) < 1e-9)
      #expect(abs(loss / minimum.loss.train - 1) < 1e-9)
    }
  }

  @Test func heuristicsAreThoseOfThePosteriorMean() throws {
    func heuristics(_ study: LandscapeStudy) throws -> [NamedScales] {
      try study.run().points.map(\.scales).filter { $0.name == .heuristic || $0.name == .limit }
    }
    #expect(
      try heuristics(Self.study(.softmax)) == [NamedScales(.heuristic, valueScale: 1, keyQueryScale: 1 / 0.1)])
    let mixture = GaussianMixture(componentCount: .fixed(3), radius: 1, variances: [0.025])
    #expect(
      try heuristics(Self.study(.softmax, family: .gaussianMixture(mixture)))
        == [
          NamedScales(.heuristic, valueScale: 0.1 / 0.125, keyQueryScale: 8),
          NamedScales(.limit, valueScale: 1, keyQueryScale: 10),
        ])
    let linear = Self.study(.linear, family: .linearSubspace(dimension: .fixed(2), signalVariance: 2), noise: 1)
    let scales = try #require(try heuristics(linear).first)
    #expect(scales.valueScale == 1 && abs(scales.keyQueryScale - 1 / 3) < 1e-12)
  }

  @Test func memoryChangesNoBit() throws {
    let study = Self.study(.softmax)
    #expect(try study.run(memoryBudget: 0) == study.run())
  }

  @Test func whatCannotBeRunIsRefused() {
    #expect(throws: ExperimentError.self) { try Self.study(.gaussian).run() }
    #expect(throws: ExperimentError.cancelled) { try Self.study(.softmax).run { true } }
    var study = Self.study(.softmax)
    study.testPromptCount = 0
    #expect(throws: ExperimentError.self) { try study.run() }
  }
}
