import Denoising
import Foundation
import Numerics
import Testing

@Suite struct AssociativeMemoryTests {
  /// Mean overlap ⟨ξ, x⟩/n of where a few corrupted patterns end with the patterns.
  private static func retrieval(
    n: Int, patterns p: Int, _ interaction: MemoryInteraction, flipped: Double, trials: Int = 5, seed: UInt64 = 1
  ) -> Double {
    var random = MemoryFixtures(seed: seed)
    let memory = AssociativeMemory(patterns: random.signs(n, p), interaction: interaction)
    var sum = 0.0
    for pattern in 0..<trials {
      let original = memory.patterns.column(pattern)
      var query = original
      for index in random.permutation(n).prefix(Int(flipped * Double(n))) { query[index] = -query[index] }
      let end = memory.retrieveOneByOne(from: query, order: random.permutation(n))
      #expect(end.hasConverged)
      sum += dot(end.state, original) / Double(n * trials)
    }
    return sum
  }

  /// The overlap of the retrieved state with its pattern at load p/n in the limit n → ∞ at zero temperature, and the
  /// largest load that has one (Amit, Gutfreund and Sompolinsky 1985): m = erf y, y (√(2p/n) + (2/√π) e^(−y²)) = erf y.
  private static func theoreticalOverlap(load: Double) -> Double {
    var y = 4.0
    for _ in 0..<20_000 { y = erf(y) / ((2 * load).squareRoot() + 2 / Double.pi.squareRoot() * exp(-y * y)) }
    return erf(y)
  }

  @Test func theoryHasTheKnownCapacity() {
    #expect(Self.theoreticalOverlap(load: 0.137) > 0.96)
    #expect(Self.theoreticalOverlap(load: 0.139) < 0.1)
  }

  /// The classical model retrieves below 0.138 n patterns, and not above.
  @Test func classicalModelHasItsCapacity() {
    for load in [0.05, 0.1] {
      let overlap = Self.retrieval(n: 1000, patterns: Int(load * 1000), .power(2), flipped: 0)
      #expect((overlap - Self.theoreticalOverlap(load: load)).magnitude < 0.02, "load \(load): \(overlap)")
    }
    #expect(Self.retrieval(n: 1000, patterns: 50, .power(2), flipped: 0.1) > 0.99)
    let overloaded = Self.retrieval(n: 1000, patterns: 200, .power(2), flipped: 0)
    #expect(overloaded < 0.7, "\(overloaded)")
  }

  /// Sharper interactions store more: n patterns are too many for k = 2 and few for k = 3, n²/4 are too many for k = 3 and
  /// few for k = 4, and e^m holds what k = 4 does not (p_max grows as n^(k−1), and exponentially).
  @Test func denseModelsStoreMore() {
    #expect(Self.retrieval(n: 100, patterns: 100, .power(2), flipped: 0.1) < 0.7)
    #expect(Self.retrieval(n: 100, patterns: 100, .power(3), flipped: 0.1) == 1)
    #expect(Self.retrieval(n: 100, patterns: 2500, .power(3), flipped: 0.1) < 0.7)
    #expect(Self.retrieval(n: 100, patterns: 2500, .power(4), flipped: 0.1) == 1)
    #expect(Self.retrieval(n: 40, patterns: 4000, .power(4), flipped: 0.05) < 0.7)
    #expect(Self.retrieval(n: 40, patterns: 4000, .exponential, flipped: 0.05) == 1)
  }

  /// Setting entries one by one never raises the energy, for any F; all at once not for convex F.
  @Test(arguments: [MemoryInteraction.power(2), .power(3), .power(4), .exponential])
  func energyNeverRises(interaction: MemoryInteraction) {
    var random = MemoryFixtures(seed: 9)
    for patterns in [3, 40] {
      let memory = AssociativeMemory(patterns: random.signs(30, patterns), interaction: interaction)
      let start = random.signs(30, 1).column(0)
      var energy = memory.energy(of: start)
      // Sweeps one by one: each stops after one.
      var state = start
      for _ in 0..<8 {
        state = memory.retrieveOneByOne(from: state, order: random.permutation(30), sweepsMax: 1).state
        #expect(memory.energy(of: state) <= energy)
        energy = memory.energy(of: state)
      }
      guard interaction != .power(3) else { continue }
      for space in MemoryStateSpace.allCases {
        let together = AssociativeMemory(patterns: memory.patterns, interaction: interaction, stateSpace: space)
        state = start
        energy = together.energy(of: state)
        for _ in 0..<8 {
          state = together.step(from: state)
          #expect(together.energy(of: state) <= energy + 1e-12 * energy.magnitude)
          #expect((squaredNorm(state) - 30).magnitude < 1e-12)
          energy = together.energy(of: state)
        }
      }
    }
  }

  /// The slides' classical form: x ← sgn(Jx), J = Σ ξξᵀ, E = −xᵀJx, patterns are fixed points at a low load.
  @Test func classicalFormsAgree() {
    var random = MemoryFixtures(seed: 10)
    let patterns = random.signs(200, 6)
    let memory = AssociativeMemory(patterns: patterns, interaction: .power(2))
    let couplings = patterns * patterns.transposed
    let state = random.signs(200, 1).column(0)
    let field = couplings * state
    #expect(memory.step(from: state) == zip(field, state).map { $0 == 0 ? $1 : $0 < 0 ? -1 : 1 })
    #expect(memory.energy(of: state) == -dot(state, field))
    for pattern in 0..<6 {
      let fixed = memory.retrieve(from: patterns.column(pattern))
      #expect(fixed.state == patterns.column(pattern) && fixed.steps == 1 && fixed.hasConverged)
    }
  }

  /// The spherical model with F = m² has no retrieval (Appendix I.1): whatever the query, it ends at the leading
  /// eigenvector of X Xᵀ. With F = m³ it finds the pattern.
  @Test func sphericalModelsRetrieveOnlyWhenDense() {
    var random = MemoryFixtures(seed: 11)
    let (n, p) = (200, 8)
    let patterns = random.signs(n, p)
    let leading = SymmetricEigenDecomposition(of: patterns.secondMoment).leadingVectors(1).column(0)
    let classical = AssociativeMemory(patterns: patterns, interaction: .power(2), stateSpace: .spherical)
    let dense = AssociativeMemory(patterns: patterns, interaction: .power(3), stateSpace: .spherical)
    for pattern in 0..<4 {
      let original = patterns.column(pattern)
      let query = zip(original, random.normals(n, scale: 0.5)).map { $0 + $1 }
      let end = classical.retrieve(from: query, stepsMax: 20_000)
      #expect(end.hasConverged)
      #expect((dot(end.state, leading) / Double(n).squareRoot()).magnitude > 1 - 1e-9)
      #expect(dot(end.state, original).magnitude / Double(n) < 0.8)
      #expect(dot(dense.retrieve(from: query).state, original) / Double(n) > 0.98)
    }
  }

  /// Retrieval is not denoising. Patterns as a mixture without width, queries with Gaussian noise: the posterior mean
  /// (Eq 8, one softmax step) has a smaller mean loss than the pattern that retrieval commits to.
  @Test func retrievalLosesToThePosteriorMean() {
    var random = MemoryFixtures(seed: 12)
    let (n, p, noise, count) = (12, 10, 3.0, 400)
    let patterns = random.signs(n, p)
    let memory = AssociativeMemory(patterns: patterns, interaction: .exponential)
    let energy = DenseAssociativeEnergy(memories: patterns, keyQueryScale: 1 / noise)
    var (denoised, retrieved) = (0.0, 0.0)
    for index in 0..<count {
      let target = patterns.column(index % p)
      let query = zip(target, random.normals(n, scale: noise.squareRoot())).map { $0 + $1 }
      denoised += squaredDistance(energy.step(from: query, size: 1), target) / Double(n * count)
      let end = memory.retrieveOneByOne(from: query, order: Array(0..<n))
      retrieved += squaredDistance(end.state, target) / Double(n * count)
    }
    #expect(denoised < 0.8 * retrieved, "\(denoised) against \(retrieved)")
  }

  /// Exponentials do not overflow at any dimension, and a tie changes nothing.
  @Test func extremes() {
    var random = MemoryFixtures(seed: 13)
    let patterns = random.signs(2000, 3)
    let memory = AssociativeMemory(patterns: patterns, interaction: .exponential)
    #expect(memory.energy(of: patterns.column(0)) == -2000)
    #expect(memory.retrieve(from: patterns.column(1)).state == patterns.column(1))
    // Overlaps of zero pull nowhere, and both signs of (1, ±1) have the same energy.
    let single = AssociativeMemory(patterns: Matrix(rows: 2, columns: 1, values: [1, 1]), interaction: .power(2))
    #expect(single.step(from: [1, -1]) == [1, -1])
    let pair = AssociativeMemory(
      patterns: Matrix(rows: 2, columns: 2, values: [1, 1, 1, -1]), interaction: .power(2))
    #expect(pair.retrieveOneByOne(from: [1, 1], order: [0, 1]).state == [1, 1])
  }
}
