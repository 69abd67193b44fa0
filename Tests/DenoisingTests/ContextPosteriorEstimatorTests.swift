import Denoising
import Numerics
import Testing

@Suite struct ContextPosteriorEstimatorTests {
  /// SciPy 1.17: `X @ softmax(X.T @ q / 0.3)` and `X @ softmax(-((X - q[:, None])**2).sum(0) / 0.6)`.
  @Test func agreesWithSciPy() {
    let query = congruentialMatrix(1, 6, seed: 104).values.map { 3 * $0 }
    let prompt = Prompt(
      context: congruentialMatrix(6, 9, seed: 105), query: query, target: query,
      structure: .gaussianMixture(centres: Matrix(rows: 6, columns: 1)))
    let softmax = [
      0.5210775556303993, -0.6491934632216233, -0.5296126687409067, 0.5137680820111189, 0.02953508507936654,
      -0.5630312782965726,
    ]
    #expect(distance(ContextSoftmaxEstimator(noiseVariance: 0.3).estimate(prompt), softmax) < 1e-14)
    let gaussian = [
      0.2906999822147233, -0.6544458790237457, -0.5406293357303787, 0.3986035864062521, -0.405362024670653,
      -0.46498514053075607,
    ]
    #expect(distance(ContextGaussianEstimator(noiseVariance: 0.3).estimate(prompt), gaussian) < 1e-14)
  }

  /// Theorem 3.1: the excess over the Bayes loss falls towards zero as the context grows.
  @Test func softmaxTendsToBayesOnSpheres() {
    var excess: [Double] = []
    for length in [20, 320, 5120] {
      let task = TaskConfiguration(
        family: .sphere(dimension: .fixed(1), radius: 1), ambientDimension: 4, contextLength: length,
        noiseVariance: 0.5)
      excess.append(meanSquaredDistance(task, ContextSoftmaxEstimator(noiseVariance: 0.5)))
    }
    // 16 times the context: about a sixteenth of the excess.
    #expect(excess[0] < 0.1 && excess[1] < excess[0] / 8 && excess[2] < excess[1] / 8)
  }

  /// The Gaussian kernel gets there for every distribution; softmax does not where norms differ.
  @Test func gaussianKernelTendsToBayesOnMixtures() {
    let mixture = GaussianMixture(componentCount: .fixed(3), radius: 1, weights: [1, 2, 3], variances: [0.1, 0.5, 0])
    func distance(_ length: Int, _ estimator: (Double) -> any Estimator) -> Double {
      meanSquaredDistance(
        TaskConfiguration(
          family: .gaussianMixture(mixture), ambientDimension: 2, contextLength: length, noiseVariance: 0.3),
        estimator(0.3))
    }
    let short = distance(100) { ContextGaussianEstimator(noiseVariance: $0) }
    let long = distance(3200) { ContextGaussianEstimator(noiseVariance: $0) }
    #expect(long < short / 8 && long < 1e-3)
    #expect(distance(3200) { ContextSoftmaxEstimator(noiseVariance: $0) } > 20 * long)
  }

  /// On a sphere both are the same, because ‖X_t − x̃‖² differs from −2⟨X_t, x̃⟩ by a constant.
  @Test func bothAgreeOnSpheres() {
    var sampler = TwinSampler(seed: 5)
    let prompt = sampler.prompt(PaperTask.sphere, contextLength: 50)
    #expect(
      distance(
        ContextSoftmaxEstimator(noiseVariance: 0.1).estimate(prompt),
        ContextGaussianEstimator(noiseVariance: 0.1).estimate(prompt)) < 1e-13)
  }

  /// Mean over prompts of ‖x̂ − x̂_Bayes‖².
  private func meanSquaredDistance(_ task: TaskConfiguration, _ estimator: any Estimator) -> Double {
    var sampler = TwinSampler(seed: 2024)
    var total = 0.0
    for _ in 0..<200 {
      let prompt = sampler.prompt(task)
      guard let bayes = Baselines.all(for: task).entries.first(where: { $0.name == "bayes" }) else { return .nan }
      total += squaredDistance(estimator.estimate(prompt), bayes.estimator.estimate(prompt))
    }
    return total / 200
  }
}
