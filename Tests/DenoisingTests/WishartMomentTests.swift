import Denoising
import Foundation
import Numerics
import Testing

/// Second moments drawn alone against second moments of tokens.
@Suite struct WishartMomentTests {
  private static func task(_ L: Int, _ sampling: ContextSampling) -> TaskConfiguration {
    TaskConfiguration(
      family: .linearSubspace(dimension: .fixed(4), signalVariance: 1.5), ambientDimension: 6, contextLength: L,
      noiseVariance: 0.5, contextSampling: sampling)
  }

  /// Tr S and ‖S‖² of the contexts, of which the kernel shows x̂ = S u: columns of S by predictions with W_PV = I.
  private static func moments(_ L: Int, _ sampling: ContextSampling, count: Int, key: UInt64) -> [Matrix] {
    let task = task(L, sampling)
    let sampler = PromptSampler(task: task, key: key)
    let set = PromptSet(count: 1, dimension: 6, contextLength: L, contextForm: .secondMoments, rankMax: 4)
    return (0..<count).map { number in
      _ = sampler.draw(UInt64(number), into: set, at: 0, withContext: false)
      return set.secondMoment(0)
    }
  }

  /// Mean σ² P, so trace σ² d; E ‖S‖² = σ⁴ d (1 + (d + 1)/L); singular where L < d.
  @Test(arguments: [1, 3, 4, 5, 20, 1000]) func momentsAreThoseOfAWishartMatrix(L: Int) {
    var (trace, square) = (MonteCarloMean(), MonteCarloMean())
    for moment in Self.moments(L, .wishart, count: 4000, key: 5) {
      trace.add(moment.trace)
      square.add(squaredNorm(moment.values))
    }
    #expect(trace.deviation(from: 1.5 * 4) < 5)
    #expect(square.deviation(from: 2.25 * 4 * (1 + 5 / Double(L))) < 5)
  }

  /// Two-sample Kolmogorov–Smirnov distances of trace, squared norm and largest eigenvalue against token sampling.
  @Test(arguments: [2, 6, 40]) func theDistributionIsThatOfTokens(L: Int) {
    let count = 3000
    let wishart = Self.moments(L, .wishart, count: count, key: 5)
    let tokens = Self.moments(L, .tokens, count: count, key: 6)
    let statistics: [(Matrix) -> Double] = [
      { $0.trace }, { squaredNorm($0.values) }, { SymmetricEigenDecomposition(of: $0).values[0] }, { $0[0, 1] },
    ]
    for statistic in statistics {
      let distance = Self.kolmogorovSmirnov(wishart.map(statistic), tokens.map(statistic))
      #expect(distance * (Double(count) / 2).squareRoot() < 2.2)  // P ≈ 1e-4 under the null hypothesis
    }
  }

  private static func kolmogorovSmirnov(_ a: [Double], _ b: [Double]) -> Double {
    let (a, b) = (a.sorted(), b.sorted())
    var (i, j, worst) = (0, 0, 0.0)
    while i < a.count, j < b.count {
      if a[i] <= b[j] { i += 1 } else { j += 1 }
      worst = max(worst, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    return worst
  }

  /// Training on either gives the same losses within their sampling error, and the baselines that need no token.
  @Test func trainingSeesTheSameLosses() throws {
    func outcome(_ sampling: ContextSampling) throws -> ExperimentOutcome {
      try Experiment(
        task: Self.task(50, sampling),
        attention: AttentionConfiguration(kind: .linear, parameterization: .scaledIdentity),
        training: TrainingConfiguration(trainPromptCount: 4000, testPromptCount: 4000, epochs: 15),
        streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3)
      ).run()
    }
    let (tokens, wishart) = (try outcome(.tokens), try outcome(.wishart))
    let losses = [tokens, wishart].compactMap { $0.history.last?.loss.test }
    #expect(abs(losses[0] / losses[1] - 1) < 0.05)
    #expect(wishart.baselines.map(\.name) == tokens.baselines.map(\.name).filter { $0 != "mean" })
    for name in ["context_projection", "context_bayes"] {
      let pair = [tokens, wishart].compactMap { $0.baselines.first { $0.name == name }?.test }
      #expect(pair.count == 2 && abs(pair[0] / pair[1] - 1) < 0.05)
    }
  }

  /// On a sphere X Xᵀ is not Wishart, and softmax sees more of a context than X Xᵀ.
  @Test func otherTasksAreRefused() {
    for (family, kind) in [
      (TaskFamily.sphere(dimension: .fixed(2), radius: 1), AttentionConfiguration.Kind.linear),
      (.linearSubspace(dimension: .fixed(2), signalVariance: 1), .softmax),
    ] {
      let experiment = Experiment(
        task: TaskConfiguration(
          family: family, ambientDimension: 6, contextLength: 10, noiseVariance: 1, contextSampling: .wishart),
        attention: AttentionConfiguration(kind: kind), training: TrainingConfiguration(epochs: 1),
        streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
      #expect(throws: ExperimentError.self) { try experiment.run() }
    }
  }
}
