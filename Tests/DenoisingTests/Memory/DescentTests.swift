import Denoising
import Foundation
import Numerics
import Testing

@Suite struct DescentTests {
  /// Eigenvalues of the Hessian, whose columns are held to central differences of the gradient.
  static func hessianEigenvalues(_ energy: any MemoryEnergy, at state: [Double]) -> [Double] {
    let (n, step) = (energy.dimension, 1e-3)
    var hessian = Matrix(rows: n, columns: n)
    for column in 0..<n {
      func gradient(_ offset: Double) -> [Double] {
        var moved = state
        moved[column] += offset * step
        return energy.evaluate(at: moved).gradient
      }
      let (a, b, c, d) = (gradient(1), gradient(-1), gradient(2), gradient(-2))
      let exact = energy.hessianProduct(at: state, (0..<n).map { $0 == column ? 1 : 0 })
      for row in 0..<n {
        hessian[row, column] = exact[row]
        let difference = (8 * (a[row] - b[row]) - (c[row] - d[row])) / (12 * step)
        #expect((exact[row] - difference).magnitude < 1e-6 * (1 + exact[row].magnitude))
      }
    }
    return SymmetricEigenDecomposition(of: hessian).values
  }

  @Test(arguments: EnergyCase.all) func curvatureHoldsEveryEigenvalue(example: EnergyCase) {
    let bounds = example.energy.curvature
    for state in example.states {
      for value in Self.hessianEigenvalues(example.energy, at: state) {
        let slack = 1e-12 * (1 + value.magnitude)
        #expect(value >= bounds.lowerBound - slack && value <= bounds.upperBound + slack, "\(value) in \(bounds)")
      }
    }
  }

  /// E(s − γ∇E) ≤ E(s) − γ (1 − γc/2) ‖∇E‖² along whole descents, for step sizes up to the largest.
  @Test(arguments: EnergyCase.all, [0.1, 0.5, 0.9, 0.999])
  func energyFallsBelowTheLargestStep(example: EnergyCase, share: Double) {
    let energy = example.energy
    let largest = energy.descentStepSizeMax
    guard largest.isFinite else { return }
    let (gamma, c) = (share * largest, energy.curvature.upperBound)
    for query in example.states {
      var state = query
      for _ in 0..<60 {
        let point = energy.evaluate(at: state)
        state = energy.step(from: state, size: gamma)
        guard squaredNorm(state) < 1e12 else { break }
        let bound = point.value - gamma * (1 - gamma * c / 2) * squaredNorm(point.gradient)
        #expect(energy.evaluate(at: state).value <= bound + 1e-11 * max(1, point.value.magnitude))
      }
    }
  }

  /// The condition cannot be weakened: just above 2α there are contexts on which the energy rises.
  @Test func energyCanRiseAboveTheLargestStep() {
    let memories = Matrix(rows: 2, columns: 1, values: [0, 0])
    let energy = DenseAssociativeEnergy(memories: memories, valueScale: 1.5, keyQueryScale: 3)
    #expect(energy.descentStepSizeMax == 3)
    let start = energy.evaluate(at: [1, 2]).value
    #expect(energy.evaluate(at: energy.step(from: [1, 2], size: 3.01)).value > start)
    #expect(energy.evaluate(at: energy.step(from: [1, 2], size: 2.99)).value < start)
  }

  /// s(t) = (γS)ᵗ s(0): to zero where I/γ − S is positive definite, out of bounds where it is not.
  @Test func linearDescentHasAClosedForm() {
    let memories = Matrix(rows: 2, columns: 2, values: [2, 0, 0, 1])  // S = diag(2, ½)
    let query = [1.0, 3.0]
    let energy = SphericalHopfieldEnergy(memories: memories, scaleProduct: 0.4)
    #expect(energy.isPositiveDefinite)
    energy.descendTest(query, steps: 6) { step, state in
      #expect((state[0] - power(0.8, step)).magnitude < 1e-15)
      #expect((state[1] - 3 * power(0.2, step)).magnitude < 1e-15)
    }
    let end = energy.descend(from: query, stepSize: 0.4, tolerance: 1e-14, stepsMax: 1000)
    #expect(end.reason == .converged && squaredNorm(end.state) < 1e-24)

    let steep = SphericalHopfieldEnergy(memories: memories, scaleProduct: 0.6)
    #expect(!steep.isPositiveDefinite)
    let gone = steep.descend(from: query, stepSize: 0.6, tolerance: 1e-14, stepsMax: 100_000)
    #expect(gone.reason == .unbounded && gone.steps < 2000)
    let stopped = steep.descend(from: query, stepSize: 0.6, tolerance: 1e-14, stepsMax: 10)
    #expect(stopped.reason == .stepLimit && stopped.steps == 10)
  }

  /// With αβ max ‖X_t‖² < 1 the energy is convex, and every query ends in one state: the caption of Figure 5 read
  /// literally (R = 1, σ_Z² = 10, so β = 0.1). With β = 10 there are several.
  @Test func convexEnergiesForgetTheQuery() {
    var random = MemoryFixtures(seed: 8)
    let angles = (0..<20).map { _ in 6.283185307179586 * random.normals(1)[0] }
    let circle = Matrix(rows: 2, columns: 20, values: angles.map { cos($0) } + angles.map { sin($0) })
    func ends(_ beta: Double) -> [[Double]] {
      let energy = DenseAssociativeEnergy(memories: circle, keyQueryScale: beta)
      #expect((energy.curvature.lowerBound > 0) == (beta < 1))
      return [[3, 0], [-3, 0], [0, 2], [0, -2]].map { query in
        let end = energy.descend(from: query, stepSize: 1, tolerance: 1e-12, stepsMax: 100_000)
        #expect(end.reason == .converged)
        return end.state
      }
    }
    let flat = ends(0.1)
    #expect(flat.allSatisfy { squaredDistance($0, flat[0]) < 1e-20 })
    let steep = ends(10)
    #expect(steep.contains { squaredDistance($0, steep[0]) > 0.5 })
  }
}

extension MemoryEnergy {
  fileprivate func descendTest(_ query: [Double], steps: Int, _ check: (Int, [Double]) -> Void) {
    var seen = 0
    _ = descend(from: query, stepSize: attentionStepSize, tolerance: 0, stepsMax: steps) { step, state, energy in
      #expect(step == seen)
      #expect(energy == evaluate(at: state).value)
      seen += 1
      check(step, state)
    }
    #expect(seen == steps + 1)
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * base } }
