import Denoising
import Foundation
import Numerics
import Testing

@Suite struct AttentionFieldTests {
  private static let n = 3

  private static func field(_ value: Matrix, _ keyQuery: Matrix, seed: UInt64 = 3) -> AttentionField {
    var random = MemoryFixtures(seed: seed)
    return AttentionField(memories: random.matrix(n, 10), valueWeights: value, keyQueryWeights: keyQuery)
  }

  private static let weights: (Matrix, Matrix) = {
    var random = MemoryFixtures(seed: 21)
    return (random.matrix(n, n, scale: 0.7), random.matrix(n, n, scale: 0.7))
  }()

  private static let states: [[Double]] = {
    var random = MemoryFixtures(seed: 22)
    return (0..<5).map { _ in random.normals(n) }
  }()

  /// A.18 against central differences of f.
  @Test func jacobianMatchesCentralDifferences() {
    let field = Self.field(Self.weights.0, Self.weights.1)
    for state in Self.states {
      let jacobian = field.jacobian(at: state)
      for column in 0..<Self.n {
        let step = 1e-3
        func value(_ offset: Double) -> [Double] {
          var moved = state
          moved[column] += offset * step
          return field.value(at: moved)
        }
        let (a, b, c, d) = (value(1), value(-1), value(2), value(-2))
        for row in 0..<Self.n {
          let difference = (8 * (a[row] - b[row]) - (c[row] - d[row])) / (12 * step)
          #expect((jacobian[row, column] - difference).magnitude < 1e-9)
        }
      }
    }
  }

  /// The work of f along a closed loop: zero for a gradient. A circle in the first two axes; the trapezoidal rule is
  /// exact to rounding for smooth periodic integrands.
  private static func circulation(_ field: AttentionField) -> Double {
    let count = 400
    return (0..<count).reduce(0) { sum, index in
      let angle = 2 * Double.pi * Double(index) / Double(count)
      let value = field.value(at: [0.3 + cos(angle), sin(angle), -0.2])
      return sum + (value[1] * cos(angle) - value[0] * sin(angle)) * 2 * .pi / Double(count)
    }
  }

  /// W_PV = c W_KQᵀ: the Jacobian is symmetric everywhere, no loop does work, and there is an energy, though the printed
  /// A.19 does not hold.
  @Test func transposedWeightsMakeAGradient() throws {
    let keyQuery = Self.weights.1
    for scale in [0.7, -1.2] {
      let field = Self.field(scale * keyQuery.transposed, keyQuery)
      #expect(Self.states.allSatisfy { field.asymmetry(at: $0) < 1e-14 })
      #expect(Self.circulation(field).magnitude < 1e-13)
      #expect((try #require(field.gradientScale()) - scale).magnitude < 1e-14)
      #expect(WeightedAssociativeEnergy(field) != nil)
      #expect(Self.printedConditionDefect(field) > 0.1)
    }
  }

  /// Other weights: the Jacobian is not symmetric, loops do work, and there is no energy. W_PV = W_KQ is among them, though
  /// it fulfils the printed A.19, and so are the weights of A.13, whose step is a preconditioned one.
  @Test func otherWeightsMakeNone() throws {
    var random = MemoryFixtures(seed: 23)
    let transform = random.transform(Self.n)
    let metric = try #require(LUDecomposition(of: transform * transform.transposed)).inverse
    let same = Self.field(Self.weights.1, Self.weights.1)
    #expect(Self.printedConditionDefect(same) < 1e-14)
    for field in [same, Self.field(Self.weights.0, Self.weights.1), Self.field(.identity(Self.n), metric)] {
      #expect(Self.states.allSatisfy { field.asymmetry(at: $0) > 1e-2 })
      #expect(Self.circulation(field).magnitude > 1e-3)
      #expect(field.gradientScale() == nil)
      #expect(WeightedAssociativeEnergy(field) == nil)
    }
  }

  /// The converse on this context: among all W_PV, J(s) − J(s)ᵀ = 0 at a few states leaves a space of one dimension, which
  /// W_KQᵀ spans. The condition is linear in W_PV; the null space is read off the eigenvalues of its normal matrix.
  @Test func noOtherValueWeightsFit() {
    let (n, keyQuery) = (Self.n, Self.weights.1)
    var rows: [[Double]] = []
    for state in Self.states {
      let columns = (0..<(n * n)).map { entry in
        var unit = Matrix(rows: n, columns: n)
        unit.values[entry] = 1
        let jacobian = Self.field(unit, keyQuery).jacobian(at: state)
        return zip(jacobian.values, jacobian.transposed.values).map { $0 - $1 }
      }
      for equation in 0..<(n * n) { rows.append(columns.map { $0[equation] }) }
    }
    let system = Matrix(rows: rows.count, columns: n * n, values: rows.flatMap { $0 })
    let decomposition = SymmetricEigenDecomposition(of: system.transposedTimes(system))
    #expect(decomposition.values[n * n - 1].magnitude < 1e-14)
    #expect(decomposition.values[n * n - 2] > 1e-6)
    let null = decomposition.leadingVectors(n * n).column(n * n - 1)
    let expected = keyQuery.transposed.values
    let cosine = dot(null, expected) / squaredNorm(expected).squareRoot()
    #expect((cosine.magnitude - 1).magnitude < 1e-10)
  }

  /// ‖W_PV Y W_KQᵀ − W_KQ Y W_PVᵀ‖, what the paper prints as zero, at one state.
  private static func printedConditionDefect(_ field: AttentionField) -> Double {
    let left = field.valueWeights * field.covariance(at: states[0]) * field.keyQueryWeights.transposed
    return squaredDistance(left.values, left.transposed.values).squareRoot()
  }
}
