import Denoising
import Numerics
import Testing

@Suite struct WeightStructureTests {
  private static func inverse(_ matrix: Matrix) throws -> Matrix {
    try #require(LUDecomposition(of: matrix)).solve(Matrix.identity(matrix.rows, scale: 1))
  }

  /// The weights of Eq A.12 and A.13 are exact; a known disturbance has its known size.
  @Test(arguments: [CoordinateTransform.Target.original, .transformed])
  func theOptimumIsExact(target: CoordinateTransform.Target) throws {
    let n = 5
    let transform = CoordinateTransform.random(dimension: n, conditionNumber: 6, key: 3, target: target)
    let A = transform.matrix
    let inverse = try Self.inverse(A)
    let keyQuery = 0.4 * (inverse.transposed * inverse)
    let value = target == .original ? 1.5 * inverse : Matrix.identity(n, scale: 1.5)
    let exact = WeightStructure(value: value, keyQuery: keyQuery, transform: transform)
    #expect(abs(exact.value.scale - 1.5) < 1e-12 && abs(exact.keyQuery.scale - 0.4) < 1e-12)
    #expect(abs(exact.conjugateKeyQuery.scale - 0.4) < 1e-12)
    for fit in [exact.value, exact.keyQuery, exact.conjugateKeyQuery] { #expect(fit.deviation < 1e-12) }

    // M = 1.5 I + 0.3 e₁e₂ᵀ: the scale stays, and ‖M − 1.5 I‖/‖1.5 I‖ = 0.3/(1.5 √5).
    var disturbed = Matrix.identity(n, scale: 1.5)
    disturbed[0, 1] = 0.3
    let structure = WeightStructure(
      value: target == .original ? disturbed * inverse : disturbed, keyQuery: keyQuery, transform: transform)
    #expect(abs(structure.value.scale - 1.5) < 1e-12)
    #expect(abs(structure.value.deviation - 0.3 / (1.5 * 5.0.squareRoot())) < 1e-12)
    // Weights that ignore the transform are far off.
    let ignorant = WeightStructure(
      value: Matrix.identity(n, scale: 1), keyQuery: Matrix.identity(n, scale: 1), transform: transform)
    #expect(ignorant.keyQuery.deviation > 0.5)
  }

  @Test func onlyTransformedTrialsHaveOne() throws {
    var experiment = Experiment(
      task: TaskConfiguration(
        family: .linearSubspace(dimension: .fixed(2), signalVariance: 2), ambientDimension: 4, contextLength: 30,
        noiseVariance: 1),
      attention: AttentionConfiguration(kind: .gaussian),
      training: TrainingConfiguration(trainPromptCount: 40, testPromptCount: 10, batchSize: 20, epochs: 2),
      streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
    #expect(try experiment.run().structure == nil)
    let transform = CoordinateTransform.random(dimension: 4, conditionNumber: 2, key: 3, target: .original)
    experiment.task.transform = transform
    let outcome = try experiment.run()
    let matrices = outcome.finalWeights.map { Matrix(rows: 4, columns: 4, values: $0.values.map(Double.init)) }
    #expect(outcome.finalWeights.map(\.name) == ["value", "query", "key"])
    #expect(
      outcome.structure
        == WeightStructure(
          value: matrices[0], keyQuery: matrices[2].transposed * matrices[1], transform: transform))
  }
}
