import Denoising
import Foundation
import Numerics
import Testing

@Suite struct TwoPointDenoiserTests {
  /// ±m with ‖m‖/σ = λ, in three dimensions.
  private static func denoiser(separation: Double) -> (TwoPointDenoiser, [Double]) {
    let point = [0.6, -1.2, 0.4]
    let noise = squaredNorm(point) / (separation * separation)
    return (TwoPointDenoiser(point, point.map { -$0 }, noiseVariance: noise), point)
  }

  private static func iterate(_ denoiser: TwoPointDenoiser, _ query: [Double], steps: Int) -> [Double] {
    (0..<steps).reduce(query) { state, _ in denoiser.estimate(state) }
  }

  /// The posterior mean from its definition, for points that are not opposite.
  @Test func estimateIsThePosteriorMean() {
    let (first, second, query) = ([1.0, 2.0], [-0.5, 0.25], [0.3, -0.8])
    for noise in [0.1, 1, 7] {
      let weights = [first, second].map { exp(-squaredDistance($0, query) / (2 * noise)) }
      let estimate = TwoPointDenoiser(first, second, noiseVariance: noise).estimate(query)
      for index in 0..<2 {
        let mean = (weights[0] * first[index] + weights[1] * second[index]) / (weights[0] + weights[1])
        #expect((estimate[index] - mean).magnitude < 1e-14)
      }
    }
  }

  /// λ ≤ 1: every query collapses to the midpoint. At λ = 1 slowly, as √(3/2t).
  @Test(arguments: [0.2, 0.7, 0.95, 0.999, 1]) func closePointsCollapse(separation: Double) {
    #expect(TwoPointDenoiser.fixedPoint(separation: separation) == 0)
    let (denoiser, _) = Self.denoiser(separation: separation)
    #expect((denoiser.separation - separation).magnitude < 1e-15)
    let steps = 20_000
    let u = denoiser.coordinate(of: Self.iterate(denoiser, [2, -5, 1], steps: steps))
    if separation == 1 {
      #expect((u / (3 / (2 * Double(steps))).squareRoot() - 1).magnitude < 1e-3)
    } else {
      #expect(u.magnitude < 1e-12)
    }
  }

  /// λ > 1: every query off the middle plane ends at ±u*, u* = tanh(λ²u*), on its side; in the plane it ends at zero.
  @Test(arguments: [1.001, 1.05, 1.3, 2, 3.1622776601683795, 6]) func distantPointsHold(separation: Double) {
    let fixed = TwoPointDenoiser.fixedPoint(separation: separation)
    #expect(fixed > 0 && fixed <= 1)
    #expect((tanh(separation * separation * fixed) - fixed).magnitude < 4e-16)
    let (denoiser, point) = Self.denoiser(separation: separation)
    for (query, sign) in [([2.0, -5, 1], 1.0), ([-0.1, 0.3, 0], -1), ([1e-3, 0, 0], 1), ([100, 300, 100], -1)] {
      let end = Self.iterate(denoiser, query, steps: 40_000)
      let expected = point.map { sign * fixed * $0 }
      #expect(squaredDistance(end, expected).squareRoot() < 1e-10)
    }
    let plane = Self.iterate(denoiser, [2, 1, 0], steps: 5)
    #expect(squaredNorm(plane).squareRoot() < 1e-6)
  }

  /// Near λ = 1 the fixed point follows u*² = 3 (λ² − 1)/λ⁶ + …; far away it goes to the memory itself.
  @Test func fixedPointLimits() {
    let separation = 1.0005
    let gain = separation * separation
    let leading = (3 * (gain - 1)).squareRoot() / (gain * gain.squareRoot())
    #expect((TwoPointDenoiser.fixedPoint(separation: separation) / leading - 1).magnitude < 1e-3)
    #expect(TwoPointDenoiser.fixedPoint(separation: 8) == 1)
  }

  /// The same from the energy: two memories of one norm, α = 1, β = 1/σ².
  @Test(arguments: [0.8, 1.2, 2.5]) func energyOfTwoMemoriesAgrees(separation: Double) {
    let (denoiser, point) = Self.denoiser(separation: separation)
    let memories = Matrix(rows: 3, columns: 2, values: point.flatMap { [$0, -$0] })
    let energy = DenseAssociativeEnergy(memories: memories, keyQueryScale: 1 / denoiser.noiseVariance)
    let query = [0.5, 0.1, -0.7]
    #expect(squaredDistance(energy.step(from: query, size: 1), denoiser.estimate(query)) < 1e-29)
    let end = energy.descend(from: query, stepSize: 1, tolerance: 1e-14, stepsMax: 100_000)
    #expect(end.reason == .converged)
    let side = denoiser.coordinate(of: query) < 0 ? -1.0 : 1
    let expected = TwoPointDenoiser.fixedPoint(separation: separation)
    #expect((denoiser.coordinate(of: end.state) - side * expected).magnitude < 1e-12)
  }
}
