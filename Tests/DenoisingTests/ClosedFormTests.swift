import Denoising
import Numerics
import Testing

@Suite struct ClosedFormTests {
  private let linearAttention = AttentionConfiguration(kind: .linear)

  /// Mean losses of x̂ = γ (X Xᵀ/L) x̃ for several γ, over prompts that are sampled in full.
  private func simulate(_ task: TaskConfiguration, scaleProducts: [Double], prompts: Int) -> [MonteCarloMean] {
    var sampler = TwinSampler(seed: 12)
    var means = scaleProducts.map { _ in MonteCarloMean() }
    let measure = LossMeasure(task: task)
    for _ in 0..<prompts {
      let prompt = sampler.prompt(task)
      let sum = prompt.context * prompt.context.transposedTimes(prompt.query)
      for (index, scaleProduct) in scaleProducts.enumerated() {
        let estimate = sum.map { scaleProduct / Double(prompt.context.columns) * $0 }
        means[index].add(measure.loss(of: estimate, target: prompt.target))
      }
    }
    return means
  }

  private func linear(
    _ n: Int, _ d: IntegerDistribution, _ length: Int, _ signal: Double, _ noise: Double
  ) -> TaskConfiguration {
    TaskConfiguration(
      family: .linearSubspace(dimension: d, signalVariance: signal), ambientDimension: n, contextLength: length,
      noiseVariance: noise)
  }

  private func sphere(
    _ n: Int, _ d: IntegerDistribution, _ length: Int, _ radius: Double, _ noise: Double
  ) -> TaskConfiguration {
    TaskConfiguration(
      family: .sphere(dimension: d, radius: radius), ambientDimension: n, contextLength: length, noiseVariance: noise)
  }

  /// At γ* and at a γ beside it.
  private func expectSimulationAgrees(_ task: TaskConfiguration, prompts: Int = 100_000) throws {
    let optimum = try #require(ClosedForm.optimum(task: task, attention: linearAttention))
    let beside = 0.6 * optimum.scaleProduct
    let expected = ClosedForm.loss(scaleProduct: beside, task: task)
    #expect(expected > optimum.loss)
    let means = simulate(task, scaleProducts: [optimum.scaleProduct, beside], prompts: prompts)
    #expect(means[0].deviation(from: optimum.loss) < 3, "\(means[0].mean) for \(optimum.loss)")
    #expect(means[1].deviation(from: expected) < 3, "\(means[1].mean) for \(expected)")
  }

  @Test func linearTaskAgreesWithMonteCarlo() throws {
    try expectSimulationAgrees(linear(4, .fixed(2), 3, 2, 1))
    try expectSimulationAgrees(linear(3, .fixed(1), 1, 0.5, 0.2))
    try expectSimulationAgrees(linear(6, .fixed(4), 10, 1, 3))
    try expectSimulationAgrees(linear(5, .fixed(5), 24, 3, 0.1))
    try expectSimulationAgrees(linear(16, .fixed(8), 20, 2, 1), prompts: 20_000)
    try expectSimulationAgrees(linear(5, .uniform(1...4), 6, 2, 1))
  }

  @Test func sphereAgreesWithMonteCarlo() throws {
    try expectSimulationAgrees(sphere(4, .fixed(2), 3, 1, 0.1))
    try expectSimulationAgrees(sphere(3, .fixed(1), 1, 2, 0.5))
    try expectSimulationAgrees(sphere(6, .fixed(4), 10, 0.7, 0.2))
    try expectSimulationAgrees(sphere(5, .uniform(1...4), 6, 1, 0.3))
  }

  @Test func mixtureAgreesWithMonteCarlo() throws {
    func task(_ n: Int, _ length: Int, _ noise: Double, _ mixture: GaussianMixture) -> TaskConfiguration {
      TaskConfiguration(
        family: .gaussianMixture(mixture), ambientDimension: n, contextLength: length, noiseVariance: noise)
    }
    let plain = GaussianMixture(componentCount: .fixed(3), radius: 1.2, variances: [0.3])
    try expectSimulationAgrees(task(3, 4, 0.2, plain))
    try expectSimulationAgrees(task(2, 1, 0.5, plain))
    let atoms = GaussianMixture(componentCount: .fixed(2), radius: 1, variances: [0])
    try expectSimulationAgrees(task(2, 30, 0.1, atoms))
    let uneven = GaussianMixture(
      componentCount: .uniform(1...4), radius: 0.8, weights: [1, 2, 3, 1], variances: [0.5, 0, 0.1, 1])
    try expectSimulationAgrees(task(4, 5, 0.4, uneven))
  }

  /// n = 16, d = 8, σ₀² = 2, σ_Z² = 1; and the sphere at its own settings.
  @Test func valuesAtThePapersSettings() throws {
    let expected = [
      (20, 0.2299, 0.5402), (50, 0.2825, 0.4350), (100, 0.3058, 0.3884), (500, 0.3274, 0.3451),
    ]
    for (length, scaleProduct, loss) in expected {
      let optimum = try #require(
        ClosedForm.optimum(task: PaperTask.linear(contextLength: length), attention: linearAttention))
      #expect((optimum.scaleProduct - scaleProduct).magnitude < 6e-5)
      #expect((optimum.loss - loss).magnitude < 6e-5)
    }
    let onSphere = try #require(ClosedForm.optimum(task: PaperTask.sphere, attention: linearAttention))
    #expect((onSphere.scaleProduct - 4.662).magnitude < 5e-4)
    #expect((onSphere.loss - 0.03012).magnitude < 5e-6)
    #expect(ClosedForm.zeroLoss(task: PaperTask.linear()) == 1)
    #expect(ClosedForm.zeroLoss(task: PaperTask.sphere) == 0.0625)
    #expect((ClosedForm.zeroLoss(task: PaperTask.mixture) - 0.0825).magnitude < 1e-16)
    let bayes = try #require(ClosedForm.bayesLoss(task: PaperTask.linear()))
    #expect((bayes - 1.0 / 3).magnitude < 1e-15)
    #expect(ClosedForm.projectionLoss(task: PaperTask.linear()) == 0.5)
  }

  /// With everything put in: γ* = L/((a + z)(L + d + 1)), loss* = (d a/n)(1 − (a/(a + z)) L/(L + d + 1)).
  @Test func optimumHasItsSimpleForm() throws {
    for (d, length, a, z) in [(1, 1, 0.3, 2.0), (8, 37, 2, 1), (16, 1_000_000, 5, 0.01)] {
      let optimum = try #require(
        ClosedForm.optimum(task: linear(16, .fixed(d), length, a, z), attention: linearAttention))
      let share = Double(length) / Double(length + d + 1)
      #expect((optimum.scaleProduct * (a + z) / share - 1).magnitude < 1e-14)
      let loss = Double(d) * a / 16 * (1 - a / (a + z) * share)
      #expect((optimum.loss / loss - 1).magnitude < 1e-12)
    }
  }

  /// R² (1 − E ρ²) and 2 R² (1 − E ρ) from mpmath 1.3: `quad` over the noncentral chi density with 30 digits.
  @Test func sphereLossesAgreeWithMpmath() throws {
    let reference = [
      (8, 1, 0.1, 0.46388352993550823, 0.53909395811549148), (1, 1, 0.1, 0.10698840737497595, 0.11095498558334951),
      (1, 2, 8, 3.1881425510563836, 4.6634925396765514), (2, 1, 0.5, 0.58567877666085434, 0.74219170962969043),
      (3, 0.7, 0.02, 0.056297628579049003, 0.058092328369324658),
      (15, 1, 0.1, 0.61235960493870795, 0.758456077596056), (40, 3, 0.5, 6.2477603537828363, 8.0623219094616903),
      (8, 1, 0.001, 0.0079482472747447099, 0.00796411979), (8, 1, 50, 0.99778270312651273, 1.9083800746541971),
    ]
    for (d, radius, noise, bayes, radial) in reference {
      let task = sphere(64, .fixed(d), 1, radius, noise)
      let bayesLoss = try #require(ClosedForm.bayesLoss(task: task))
      #expect((bayesLoss * 64 / bayes - 1).magnitude < 1e-11, "d \(d) σ_Z² \(noise): \(bayesLoss * 64)")
      let radialLoss = try #require(ClosedForm.radialProjectionLoss(task: task))
      #expect((radialLoss * 64 / radial - 1).magnitude < 1e-11, "d \(d) σ_Z² \(noise): \(radialLoss * 64)")
    }
  }

  /// Little noise leaves d directions of noise; much noise leaves everything.
  @Test func sphereBayesLossHasTheRightLimits() throws {
    let small = try #require(ClosedForm.bayesLoss(task: sphere(10, .fixed(4), 1, 1, 1e-8)))
    #expect((small * 10 / 4e-8 - 1).magnitude < 1e-6)
    let large = try #require(ClosedForm.bayesLoss(task: sphere(10, .fixed(4), 1, 2, 1e8)))
    #expect((large * 10 / 4 - 1).magnitude < 1e-6)
    #expect(ClosedForm.bayesLoss(task: sphere(10, .fixed(4), 1, 1, 0)) == 0)
    let wide = try #require(ClosedForm.bayesLoss(task: sphere(512, .fixed(511), 1, 1, 0.01)))
    let linear = try #require(ClosedForm.shrunkProjectionLoss(task: sphere(512, .fixed(511), 1, 1, 0.01)))
    #expect(wide < linear && wide > 0.99 * linear)
  }

  /// Linear attention tends to the best linear estimator as L grows.
  @Test func optimumTendsToTheShrunkProjection() throws {
    for task in [linear(16, .fixed(8), 1_000_000_000, 2, 1), sphere(16, .fixed(8), 1_000_000_000, 1, 0.1)] {
      let optimum = try #require(ClosedForm.optimum(task: task, attention: linearAttention))
      let limit = try #require(ClosedForm.shrunkProjectionLoss(task: task))
      #expect((optimum.loss / limit - 1).magnitude < 1e-7)
    }
  }

  /// The average over d has its own optimum, between those of the extremes.
  @Test func randomDimensionIsAveraged() throws {
    let mixed = linear(16, .uniform(2...3), 10, 2, 1)
    let parts = [linear(16, .fixed(2), 10, 2, 1), linear(16, .fixed(3), 10, 2, 1)]
    let averaged = parts.map { ClosedForm.loss(scaleProduct: 0.2, task: $0) }.reduce(0, +) / 2
    #expect((ClosedForm.loss(scaleProduct: 0.2, task: mixed) - averaged).magnitude < 1e-15)
    let optima = try parts.map { try #require(ClosedForm.optimum(task: $0, attention: linearAttention)) }
    let optimum = try #require(ClosedForm.optimum(task: mixed, attention: linearAttention))
    #expect(optimum.scaleProduct < optima[0].scaleProduct && optimum.scaleProduct > optima[1].scaleProduct)
    #expect(ClosedForm.bayesLoss(task: mixed) == 2.5 * (2.0 / 3) / 16)
    #expect(ClosedForm.zeroLoss(task: mixed) == 5.0 / 16)
  }

  /// Trained at d and L, used at d′ and L′: a (d′/n) [1 − 2γa + γ² a (a + z)(1 + (d′ + 1)/L′)].
  @Test func transferHasItsSimpleForm() throws {
    let trained = linear(16, .fixed(8), 500, 2, 1)
    let used = linear(16, .fixed(12), 60, 2, 1)
    let loss = try #require(ClosedForm.transferLoss(trainedOn: trained, usedOn: used, attention: linearAttention))
    let g = 500.0 / (3 * 509)
    #expect((loss - 2 * 12.0 / 16 * (1 - 4 * g + g * g * 6 * (1 + 13.0 / 60))).magnitude < 1e-14)
    #expect(loss > (try #require(ClosedForm.optimum(task: used, attention: linearAttention)).loss))
  }

  /// In the target's coordinates, errors are isotropic on average: tr(AᵀA)/n times the loss in the original ones.
  @Test func transformedTargetScalesLosses() throws {
    var task = linear(3, .fixed(2), 4, 2, 1)
    let plain = ClosedForm.loss(scaleProduct: 0.2, task: task)
    let matrix = Matrix(rows: 3, columns: 3, values: [2, 1, 0, 0, 1, -1, 0.5, 0, 3])
    task.transform = CoordinateTransform(matrix: matrix, target: .original)
    #expect(ClosedForm.loss(scaleProduct: 0.2, task: task) == plain)
    #expect(ClosedForm.optimum(task: task, attention: linearAttention) != nil)
    var scaled = linearAttention
    scaled.parameterization = .scaledIdentity
    #expect(ClosedForm.optimum(task: task, attention: scaled) == nil)
    task.transform = CoordinateTransform(matrix: matrix, target: .transformed)
    let expected = ClosedForm.loss(scaleProduct: 0.2, task: task)
    #expect((expected / plain - 16.25 / 3).magnitude < 1e-14)
    #expect(simulate(task, scaleProducts: [0.2], prompts: 100_000)[0].deviation(from: expected) < 3)
    #expect(ClosedForm.optimum(task: task, attention: linearAttention) == nil)
  }

  @Test func nothingWhereNoClosedFormApplies() {
    for kind in [AttentionConfiguration.Kind.softmax, .gaussian] {
      #expect(ClosedForm.optimum(task: PaperTask.linear(), attention: AttentionConfiguration(kind: kind)) == nil)
    }
    let residual = AttentionConfiguration(kind: .linear, hasResidual: true)
    #expect(ClosedForm.optimum(task: PaperTask.linear(), attention: residual) == nil)
    #expect(ClosedForm.bayesLoss(task: PaperTask.mixture) == nil)
    #expect(ClosedForm.radialProjectionLoss(task: PaperTask.linear()) == nil)
    #expect(ClosedForm.projectionLoss(task: PaperTask.mixture) == nil)
  }

  /// A mixture of one component, known: the Wiener loss. Unequal weights and variances: the weighted mean for zero.
  @Test func mixtureSpecialCases() {
    var mixture = GaussianMixture(componentCount: .fixed(1), radius: 3, variances: [2])
    func task() -> TaskConfiguration {
      TaskConfiguration(
        family: .gaussianMixture(mixture), ambientDimension: 5, contextLength: 4, noiseVariance: 2)
    }
    #expect(ClosedForm.bayesLoss(task: task()) == 1)
    #expect((ClosedForm.zeroLoss(task: task()) - 3.8).magnitude < 1e-15)
    mixture = GaussianMixture(componentCount: .uniform(1...2), radius: 0, weights: [1, 3], variances: [2, 6])
    #expect(ClosedForm.bayesLoss(task: task()) == nil)
    #expect(ClosedForm.zeroLoss(task: task()) == 3.5)
  }
}
