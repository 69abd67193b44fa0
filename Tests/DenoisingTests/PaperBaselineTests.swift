import Denoising
import Numerics
import Testing

/// The baselines at the paper's settings, by Monte Carlo over our own sampler, against values computed elsewhere
/// (closed forms, and quadrature and simulation in NumPy and SciPy).
@Suite struct PaperBaselineTests {
  static let prompts = 200_000

  struct Expectation: Sendable {
    let task: TaskConfiguration
    let losses: [(name: String, value: Double, rounding: Double)]
  }

  static let expectations = [
    Expectation(
      task: TaskConfiguration(
        family: .linearSubspace(dimension: .fixed(8), signalVariance: 2), ambientDimension: 16, contextLength: 1,
        noiseVariance: 1),
      losses: [("zero", 1, 0), ("projection", 0.5, 0), ("bayes", 1.0 / 3, 0)]),
    Expectation(
      task: TaskConfiguration(
        family: .sphere(dimension: .fixed(8), radius: 1), ambientDimension: 16, contextLength: 1, noiseVariance: 0.1),
      losses: [("zero", 0.0625, 1e-9), ("radial_projection", 0.033693, 1e-6), ("bayes", 0.028993, 1e-6)]),
    Expectation(
      task: TaskConfiguration(
        family: .gaussianMixture(GaussianMixture(componentCount: .fixed(8), radius: 1, variances: [0.02])),
        ambientDimension: 16, contextLength: 1, noiseVariance: 0.1),
      losses: [("zero", 0.0825, 0), ("bayes_limit", 0.02627, 1e-5), ("bayes", 0.02299, 1e-5)]),
  ]

  /// Each within three standard errors, plus the rounding of the printed value.
  @Test(arguments: expectations.indices) func baselinesHaveThePapersLosses(index: Int) throws {
    let expectation = Self.expectations[index]
    let baselines = Baselines.withoutContext(for: expectation.task)
    let n = expectation.task.ambientDimension
    let sampler = PromptSampler(task: expectation.task, key: 2025)
    let set = PromptSet(count: 1, dimension: n, contextLength: 1, contextForm: .tokens)
    var sums = [Double](repeating: 0, count: baselines.entries.count)
    var squares = sums
    for number in 0..<Self.prompts {
      let prompt = sampler.draw(UInt64(number), into: set, at: 0, withContext: false)
      for (entry, loss) in baselines.losses(on: prompt).enumerated() {
        sums[entry] += loss
        squares[entry] += loss * loss
      }
    }
    let count = Double(Self.prompts)
    for (name, value, rounding) in expectation.losses {
      let entry = try #require(baselines.entries.firstIndex { $0.name == name })
      let mean = sums[entry] / count
      let standardError = max(0, (squares[entry] / count - mean * mean) / (count - 1)).squareRoot()
      #expect(abs(mean - value) <= 3 * standardError + rounding, "\(name): \(mean) ± \(standardError), not \(value)")
    }
  }

  /// Theorem 3.1: Eq 13, softmax attention with W_PV = I and W_KQ = I/σ_Z², tends to the Bayes predictor on spheres,
  /// and its excess loss falls as 1/L.
  @Test func idealAttentionConvergesToBayes() throws {
    var excesses: [Double] = []
    for L in [50, 200, 800, 3200] {
      let task = TaskConfiguration(
        family: .sphere(dimension: .fixed(2), radius: 1), ambientDimension: 5, contextLength: L, noiseVariance: 0.1)
      let baselines = Baselines(
        Baselines.all(for: task).entries.filter { $0.name == "bayes" || $0.name == "context_softmax" }, task: task)
      let (ideal, bayes) = (baselines.entries[1].name == "bayes" ? (0, 1) : (1, 0))
      let sampler = PromptSampler(task: task, key: 31)
      let set = PromptSet(count: 1, dimension: 5, contextLength: L, contextForm: .tokens)
      var sum = 0.0
      for number in 0..<2000 {
        let losses = baselines.losses(on: sampler.draw(UInt64(number), into: set, at: 0, withContext: true))
        sum += (losses[ideal] - losses[bayes]) / 2000
      }
      excesses.append(sum)
    }
    #expect(excesses[3] > 0 && excesses[3] < 1e-4)
    for (long, short) in zip(excesses.dropFirst(), excesses) {
      #expect(short / long > 2.5 && short / long < 6.5, "\(excesses)")  // four, but for the Monte Carlo error
    }
  }
}
