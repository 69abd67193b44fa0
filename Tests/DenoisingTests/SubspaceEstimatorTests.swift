import Denoising
import Foundation
import Numerics
import Testing

@Suite struct SubspaceEstimatorTests {
  private func prompt(_ structure: PromptStructure, query: [Double], context: Matrix? = nil) -> Prompt {
    Prompt(
      context: context ?? Matrix(rows: query.count, columns: 0), query: query, target: query, structure: structure)
  }

  private let plane = Matrix(rows: 3, columns: 2, values: [1, 0, 0, 0, 0, 1])

  @Test func projectsAndShrinks() {
    let prompt = prompt(.linearSubspace(basis: plane), query: [3, 5, -6])
    #expect(ProjectionEstimator(source: .hiddenTask, shrinkage: .none).estimate(prompt) == [3, 0, -6])
    let bayes = ProjectionEstimator.Shrinkage.bayes(signalVariance: 2, noiseVariance: 1)
    let shrunk = ProjectionEstimator(source: .hiddenTask, shrinkage: bayes).estimate(prompt)
    #expect(distance(shrunk, [2, 0, -4]) < 1e-15)
    // R²/2 = 2 in each of the plane's two dimensions.
    let sphere = ProjectionEstimator.Shrinkage.sphere(radius: 2, noiseVariance: 2)
    #expect(ProjectionEstimator(source: .hiddenTask, shrinkage: sphere).estimate(prompt) == [1.5, 0, -3])
  }

  @Test func projectsOntoTheSphere() {
    let nearest = SphereEstimator(source: .hiddenTask, radius: 10, length: .radius)
    #expect(distance(nearest.estimate(prompt(.sphere(basis: plane), query: [3, 7, -4])), [6, 0, -8]) < 1e-14)
    #expect(nearest.estimate(prompt(.sphere(basis: plane), query: [0, 1, 0])) == [0, 0, 0])
  }

  /// SciPy 1.17: `ive(m / 2, k) / ive(m / 2 - 1, k) * R * p / norm(p)` with m = 3 and 4, Q from NumPy's QR.
  @Test func spherePosteriorAgreesWithSciPy() {
    let query = congruentialMatrix(1, 6, seed: 104).values.map { 3 * $0 }
    let expected = [
      3: [
        0.9516284548656965, -0.3682716369689672, -0.08141715050472574, -0.2347410683080134, -0.9817324275959629,
        0.54751319173709,
      ],
      4: [
        1.2119099219149407, 0.4165125445558913, -0.6501055670127012, -0.06998823813262596, -0.33770152487083765,
        -0.4726139328193244,
      ],
    ]
    for (rank, values) in expected {
      let basis = congruentialMatrix(6, rank, seed: 103).orthonormalBasis
      let estimator = SphereEstimator(source: .hiddenTask, radius: 1.7, length: .posteriorMean(noiseVariance: 0.4))
      #expect(distance(estimator.estimate(prompt(.sphere(basis: basis), query: query)), values) < 1e-13)
    }
  }

  /// Eq 5 on the circle, by the trapezoidal rule, which is exact to rounding for a periodic integrand.
  @Test(arguments: [0.05, 0.4, 3, 1000])
  func agreesWithIntegralOverTheCircle(noise: Double) {
    let (radius, query) = (1.3, [0.9, 5, -0.4])
    var (mass, mean) = (0.0, [0.0, 0.0])
    for index in 0..<400 {
      let angle = 2 * Double.pi * Double(index) / 400
      let x = [radius * Foundation.cos(angle), radius * Foundation.sin(angle)]
      let weight = Foundation.exp((x[0] * query[0] + x[1] * query[2] - radius) / noise)
      mass += weight
      mean[0] += weight * x[0]
      mean[1] += weight * x[1]
    }
    let estimator = SphereEstimator(source: .hiddenTask, radius: radius, length: .posteriorMean(noiseVariance: noise))
    let estimate = estimator.estimate(prompt(.sphere(basis: plane), query: query))
    #expect(distance(estimate, [mean[0] / mass, 0, mean[1] / mass]) < 1e-13)
  }

  /// Eq 5 on the two-sphere: midpoint rule in the polar cosine, trapezoidal rule in the azimuth.
  @Test func agreesWithIntegralOverTheTwoSphere() {
    let (radius, noise, query) = (1.1, 0.5, [0.3, -0.8, 0.6])
    var (mass, mean) = (0.0, [0.0, 0.0, 0.0])
    for band in 0..<2000 {
      let z = -1 + (Double(band) + 0.5) / 1000
      for index in 0..<64 {
        let angle = 2 * Double.pi * Double(index) / 64
        let rho = (1 - z * z).squareRoot()
        let x = [radius * rho * Foundation.cos(angle), radius * rho * Foundation.sin(angle), radius * z]
        let weight = Foundation.exp(dot(x, query) / noise)
        mass += weight
        for axis in 0..<3 { mean[axis] += weight * x[axis] }
      }
    }
    let estimator = SphereEstimator(source: .hiddenTask, radius: radius, length: .posteriorMean(noiseVariance: noise))
    let estimate = estimator.estimate(prompt(.sphere(basis: .identity(3)), query: query))
    #expect(distance(estimate, mean.map { $0 / mass }) < 1e-6)
  }

  /// σ_Z → 0 gives the nearest point, σ_Z → ∞ the best linear estimate and then zero.
  @Test func spherePosteriorHasTheRightLimits() {
    let query = [0.3, -0.8, 0.6]
    let prompt = prompt(.sphere(basis: .identity(3)), query: query)
    func posterior(_ noise: Double) -> [Double] {
      SphereEstimator(source: .hiddenTask, radius: 1, length: .posteriorMean(noiseVariance: noise)).estimate(prompt)
    }
    let nearest = SphereEstimator(source: .hiddenTask, radius: 1, length: .radius).estimate(prompt)
    #expect(posterior(0) == nearest)
    #expect(distance(posterior(1e-12), nearest) < 1e-11)
    let linear = ProjectionEstimator.Shrinkage.sphere(radius: 1, noiseVariance: 1e6)
    let shrunk = ProjectionEstimator(source: .hiddenTask, shrinkage: linear).estimate(prompt)
    #expect(distance(posterior(1e6).map { $0 * 1e6 }, shrunk.map { $0 * 1e6 }) < 1e-5)
    #expect(posterior(.infinity) == [0, 0, 0])
  }

  /// NumPy 2.4: the two leading eigenvectors of `X @ X.T / 9`, projection of the query on them.
  @Test func principalDirectionsAgreeWithNumPy() {
    let query = congruentialMatrix(1, 6, seed: 104).values.map { 3 * $0 }
    let hidden = PromptStructure.linearSubspace(basis: congruentialMatrix(6, 2, seed: 1).orthonormalBasis)
    let prompt = prompt(hidden, query: query, context: congruentialMatrix(6, 9, seed: 105))
    let expected = [
      1.231829045743795, -0.8180638603540787, -1.1445219928952182, 0.25938793106555247, -0.1787203666179074,
      -2.480444393512482,
    ]
    let estimator = ProjectionEstimator(source: .context, shrinkage: .none)
    #expect(distance(estimator.estimate(prompt), expected) < 1e-12)
    let given = Evidence(of: prompt, kinds: .principalSubspace, secondMoment: prompt.context.secondMoment)
    #expect(estimator.estimate(query, from: given) == estimator.estimate(prompt))
  }

  /// Noiseless tokens that span the subspace determine it; too few span what they can.
  @Test func contextRevealsTheSubspace() {
    var sampler = TwinSampler(seed: 8)
    let task = TaskConfiguration(
      family: .sphere(dimension: .fixed(2), radius: 1), ambientDimension: 7, contextLength: 5, noiseVariance: 0.3)
    for _ in 0..<20 {
      let prompt = sampler.prompt(task)
      for length in [SphereEstimator.Length.radius, .posteriorMean(noiseVariance: 0.3)] {
        let known = SphereEstimator(source: .hiddenTask, radius: 1, length: length).estimate(prompt)
        let inferred = SphereEstimator(source: .context, radius: 1, length: length).estimate(prompt)
        #expect(distance(known, inferred) < 1e-12)
      }
    }
    let single = sampler.prompt(task, contextLength: 1)
    let token = single.context.column(0)
    let onToken = ProjectionEstimator(source: .context, shrinkage: .none).estimate(single)
    #expect(distance(onToken, token.map { $0 * dot(token, single.query) }) < 1e-14)
  }
}
