import Numerics
import Testing

@Suite struct HaarBasisTests {
  /// Moments of a Haar-distributed orthogonal matrix: E tr Q = 0, E (tr Q)² = 1 and E tr Q² = 1 (Diaconis and Shahshahani
  /// 1994), E Q₁₁² = 1/n and E Q₁₁⁴ = 3/(n (n + 2)). Reflections without the sign convention give E tr Q < 0.
  @Test func gaussianMatricesGiveHaarBases() {
    let n = 4
    var sampler = TwinSampler(seed: 99)
    var moments = [MonteCarloMean](repeating: MonteCarloMean(), count: 5)
    for _ in 0..<100_000 {
      let q = Matrix(rows: n, columns: n, values: sampler.normals(n * n)).orthonormalBasis
      let corner = q[0, 0] * q[0, 0]
      let values = [q.trace, q.trace * q.trace, (q * q).trace, corner, corner * corner]
      for (index, value) in values.enumerated() { moments[index].add(value) }
    }
    for (index, expected) in [0, 1, 1, 0.25, 0.125].enumerated() {
      #expect(moments[index].deviation(from: expected) < 3, "moment \(index): \(moments[index].mean)")
    }
  }
}
