import Denoising
import Numerics
import Testing

@Suite struct EnergyGradientTests {
  /// Central differences of fourth order of E, along every axis.
  static func numericalGradient(_ energy: any MemoryEnergy, at state: [Double]) -> [Double] {
    let step = 2e-3
    return state.indices.map { index in
      func value(_ offset: Double) -> Double {
        var moved = state
        moved[index] += offset * step
        return energy.evaluate(at: moved).value
      }
      return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)
    }
  }

  @Test(arguments: EnergyCase.all) func gradientsMatchCentralDifferences(example: EnergyCase) {
    for state in example.states {
      let gradient = example.energy.evaluate(at: state).gradient
      let numerical = Self.numericalGradient(example.energy, at: state)
      let largest = max(1, numerical.reduce(0) { max($0, $1.magnitude) })
      for (exact, difference) in zip(gradient, numerical) {
        #expect((exact - difference).magnitude < 1e-7 * largest)
      }
    }
  }

  /// One step of size γ = α (softmax, Gaussian), αβ (linear) or 1 (weighted) is the attention layer, to 1e-12.
  @Test(arguments: EnergyCase.all) func oneStepIsAttention(example: EnergyCase) {
    for state in example.states {
      let step = example.energy.step(from: state, size: example.energy.attentionStepSize)
      let attention = example.layer.prediction(context: example.context, query: state)
      for (a, b) in zip(step, attention) { #expect((a - b).magnitude <= 1e-12 * max(1, b.magnitude)) }
    }
  }

  /// Eq 17: a step of another size keeps a share 1 − γ/α of the state.
  @Test func otherStepsKeepPartOfTheState() {
    var random = MemoryFixtures(seed: 5)
    let context = random.matrix(3, 7)
    let state = random.normals(3)
    let (alpha, beta, gamma) = (1.4, 2.5, 0.45)
    let energy = DenseAssociativeEnergy(memories: context, valueScale: alpha, keyQueryScale: beta)
    let attention = SoftmaxAttention(value: .identity(3), keyQuery: .identity(3, scale: beta))
    let pooled = attention.prediction(context: context, query: state)
    let step = energy.step(from: state, size: gamma)
    for index in 0..<3 {
      let expected = (1 - gamma / alpha) * state[index] + gamma * pooled[index]
      #expect((step[index] - expected).magnitude < 1e-14)
    }
  }

  /// A.13: the preconditioned step is attention with W_PV = α I and W_KQ = β (A Aᵀ)⁻¹. With ‖s‖² in place of ‖A⁻¹s‖², as
  /// the paper prints the energy, it would be off by s − A Aᵀs.
  @Test func transformedStepIsAttention() throws {
    for n in [1, 2, 5] {
      var random = MemoryFixtures(seed: UInt64(40 + n))
      let transform = random.transform(n)
      let memories = transform * random.matrix(n, 9)
      let (alpha, beta) = (0.8, 0.5)
      let energy = try #require(
        TransformedHopfieldEnergy(memories: memories, transform: transform, scaleProduct: alpha * beta))
      let metric = transform * transform.transposed
      let inverse = try #require(LUDecomposition(of: metric)).inverse
      let layer = LinearAttention(value: .identity(n, scale: alpha), keyQuery: beta * inverse)
      let state = random.normals(n)
      let attention = layer.prediction(context: memories, query: state)
      let step = energy.preconditionedStep(from: state, size: energy.attentionStepSize)
      #expect(squaredDistance(step, attention) < 1e-24)
      #expect(squaredDistance(state, metric * state) > 1e-3)
      let numerical = EnergyGradientTests.numericalGradient(energy, at: state)
      #expect(squaredDistance(energy.evaluate(at: state).gradient, numerical) < 1e-14)
    }
    #expect(
      TransformedHopfieldEnergy(
        memories: Matrix(rows: 2, columns: 1), transform: Matrix(rows: 2, columns: 2), scaleProduct: 1)
        == nil)
  }

  /// A.15 and A.17 are one energy, and E_LSA of the slides is β times it.
  @Test func linearEnergyHasTwoForms() {
    var random = MemoryFixtures(seed: 6)
    let context = random.matrix(4, 11)
    let (signal, noise) = (2.0, 0.5)
    let energy = SphericalHopfieldEnergy(memories: context, scaleProduct: 1 / (signal + noise))
    let state = random.normals(4)
    let overlaps = context.transposedTimes(state)
    let first = squaredNorm(state) * (signal + noise) / 2 - squaredNorm(overlaps) / (2 * 11)
    var form = Matrix.identity(4, scale: signal + noise)
    for index in form.values.indices { form.values[index] -= context.secondMoment.values[index] }
    let second = 0.5 * dot(state, form * state)
    #expect((first - second).magnitude < 1e-13)
    #expect((energy.evaluate(at: state).value - first).magnitude < 1e-13)
  }

  /// Large scores do not overflow; far tokens do not matter.
  @Test func extremeScales() {
    let memories = Matrix(rows: 2, columns: 2, values: [1e3, -1e3, 0, 0])
    let energy = DenseAssociativeEnergy(memories: memories, keyQueryScale: 1e6)
    let point = energy.evaluate(at: [10, 0])
    #expect((point.value - (50 - 1e4)).magnitude < 1e-9)
    #expect(point.gradient == [10 - 1e3, 0])
  }
}
