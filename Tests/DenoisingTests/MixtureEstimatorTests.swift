import Denoising
import Foundation
import Numerics
import Testing

@Suite struct MixtureEstimatorTests {
  private func prompt(_ centres: Matrix, query: [Double]) -> Prompt {
    Prompt(
      context: Matrix(rows: query.count, columns: 0), query: query, target: query,
      structure: .gaussianMixture(centres: centres))
  }

  private func mixture(_ count: Int, weights: [Double] = [], variances: [Double]) -> GaussianMixture {
    GaussianMixture(componentCount: .fixed(count), radius: 1, weights: weights, variances: variances)
  }

  /// SciPy 1.17: responsibilities from `multivariate_normal.logpdf(x, mu_a, (v_a + z) I)`; one variance is zero.
  @Test func agreesWithSciPy() {
    let mixture = mixture(4, weights: [0.1, 0.4, 0.2, 0.3], variances: [0.05, 0.3, 0, 0.6])
    let estimator = MixtureBayesEstimator(mixture: mixture, noiseVariance: 0.2)
    let prompt = prompt(congruentialMatrix(5, 4, seed: 101), query: congruentialMatrix(1, 5, seed: 102).values)
    let expected = [
      -0.42054225652892985, 0.18167450673198401, 0.5398186726642522, -0.07659020078133483, -0.2601568554979515,
    ]
    #expect(distance(estimator.estimate(prompt), expected) < 1e-13)
  }

  /// The posterior mean in the plane by brute force, straight from Bayes' theorem: unequal variances, so that the factor
  /// (σ_a² + σ_Z²)^(−n/2) matters. The factor printed in Appendix C.3 would fail here.
  @Test func agreesWithIntegralOverThePlane() {
    let centres = Matrix(rows: 2, columns: 2, values: [0.8, -0.3, 0.1, 0.7])
    let (weights, variances, noise, query) = ([0.3, 0.7], [0.05, 0.4], 0.3, [0.35, 0.2])
    var (mass, mean) = (0.0, [0.0, 0.0])
    for i in -160...160 {
      for j in -160...160 {
        let x = [Double(i) / 40, Double(j) / 40]
        var density = 0.0
        for a in 0..<2 {
          density +=
            weights[a] / variances[a] * Foundation.exp(-squaredDistance(x, centres.column(a)) / (2 * variances[a]))
        }
        density *= Foundation.exp(-squaredDistance(x, query) / (2 * noise))
        mass += density
        mean[0] += density * x[0]
        mean[1] += density * x[1]
      }
    }
    let mixture = mixture(2, weights: weights, variances: variances)
    let estimate = MixtureBayesEstimator(mixture: mixture, noiseVariance: noise).estimate(prompt(centres, query: query))
    #expect(distance(estimate, mean.map { $0 / mass }) < 1e-9)
  }

  /// Proposition 4 is the general form where norms and variances are equal; Eq 8 its limit.
  @Test(arguments: [0, 1e-9, 0.02, 1, 100])
  func equalNormFormIsTheGeneralForm(variance: Double) {
    var sampler = TwinSampler(seed: 77)
    let mixture = mixture(5, weights: [1, 2, 3, 4, 5], variances: [variance])
    for noise in [0.003, 0.1, 10] {
      let task = TaskConfiguration(
        family: .gaussianMixture(mixture), ambientDimension: 6, contextLength: 0, noiseVariance: noise)
      for _ in 0..<10 {
        let prompt = sampler.prompt(task)
        let general = MixtureBayesEstimator(mixture: mixture, noiseVariance: noise).estimate(prompt)
        let equalNorm = EqualNormMixtureEstimator(mixture: mixture, signalVariance: variance, noiseVariance: noise)
        #expect(distance(equalNorm.estimate(prompt), general) < 1e-10)
        let limit = EqualNormMixtureEstimator(mixture: mixture, signalVariance: 0, noiseVariance: noise)
        if variance < 1e-8 { #expect(distance(limit.estimate(prompt), general) < 1e-4) }
        if variance == 0 { #expect(distance(limit.estimate(prompt), general) < 1e-10) }
      }
    }
  }

  /// One component: the Wiener estimate about its centre. No noise: the query. Far away: no overflow.
  @Test func limits() {
    let centre = Matrix(rows: 2, columns: 1, values: [1, -1])
    let single = MixtureBayesEstimator(mixture: mixture(1, variances: [3]), noiseVariance: 1)
    #expect(distance(single.estimate(prompt(centre, query: [5, 3])), [4, 2]) < 1e-15)
    let centres = Matrix(rows: 2, columns: 2, values: [1, -1, 0, 0])
    let atoms = mixture(2, variances: [0])
    #expect(
      MixtureBayesEstimator(mixture: atoms, noiseVariance: 0).estimate(prompt(centres, query: [5, 3])) == [5, 3])
    let far = MixtureBayesEstimator(mixture: atoms, noiseVariance: 1e-6).estimate(prompt(centres, query: [1e3, 7]))
    #expect(far == [1, 0])
    let wide = MixtureBayesEstimator(mixture: atoms, noiseVariance: 1e12).estimate(prompt(centres, query: [3, 7]))
    #expect(distance(wide, [0, 0]) < 1e-11)
    let weighted = mixture(2, weights: [0, 1], variances: [0])
    #expect(
      MixtureBayesEstimator(mixture: weighted, noiseVariance: 1).estimate(prompt(centres, query: [9, 0])) == [-1, 0])
  }
}
