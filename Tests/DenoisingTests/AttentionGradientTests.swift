import Denoising
import Numerics
import Testing

/// A small prompt and weights of no particular structure.
struct AttentionCase {
  let context: Matrix
  let query: [Double]
  let target: [Double]
  let matrices: [Matrix]

  init(dimension n: Int, contextLength L: Int, seed: UInt64) {
    var substream: UInt64 = 0
    func normals(_ count: Int, scale: Double) -> [Double] {
      substream += 1
      return RandomStream(key: seed, domain: 99, substream: substream).normals(count: count).map {
        scale * Double($0)
      }
    }
    context = Matrix(rows: n, columns: L, values: normals(n * L, scale: 1))
    query = normals(n, scale: 1)
    target = normals(n, scale: 1)
    matrices = (0..<3).map { _ in
      Matrix(rows: n, columns: n, values: normals(n * n, scale: 0.7 / Double(n).squareRoot()))
    }
  }

  func layer(_ kind: AttentionConfiguration.Kind, hasResidual: Bool = false) -> any ReferenceAttention {
    switch kind {
    case .linear: LinearAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: hasResidual)
    case .softmax: SoftmaxAttention(value: matrices[0], keyQuery: matrices[1], hasResidual: hasResidual)
    case .gaussian:
      GaussianAttention(value: matrices[0], query: matrices[1], key: matrices[2], hasResidual: hasResidual)
    }
  }
}

@Suite struct AttentionGradientTests {
  /// Every entry of every gradient against central differences of fourth order, relative to the largest entry.
  @Test(arguments: AttentionConfiguration.Kind.allCases, [false, true])
  func gradientsMatchCentralDifferences(kind: AttentionConfiguration.Kind, hasResidual: Bool) {
    for (n, L, seed) in [(1, 1, 1), (3, 5, 2), (5, 12, 3)] as [(Int, Int, UInt64)] {
      let example = AttentionCase(dimension: n, contextLength: L, seed: seed)
      let layer = example.layer(kind, hasResidual: hasResidual)
      let gradient = layer.gradient(context: example.context, query: example.query, target: example.target)
      #expect(gradient.count == layer.weights.count)
      for matrix in gradient.indices {
        let numerical = Self.centralDifferences(layer, example, matrix)
        let largest = numerical.map(abs).max() ?? 0
        for (analytic, difference) in zip(gradient[matrix].values, numerical) {
          #expect(abs(analytic - difference) <= 1e-6 * max(largest, 1e-3), "matrix \(matrix), n = \(n), L = \(L)")
        }
      }
    }
  }

  private static func centralDifferences(
    _ layer: any ReferenceAttention, _ example: AttentionCase, _ matrix: Int
  ) -> [Double] {
    let step = 1e-3
    return layer.weights[matrix].values.indices.map { entry in
      func error(_ offset: Double) -> Double {
        var moved = layer
        moved.weights[matrix].values[entry] += offset
        return moved.squaredError(context: example.context, query: example.query, target: example.target)
      }
      return (8 * (error(step) - error(-step)) - (error(2 * step) - error(-2 * step))) / (12 * step)
    }
  }

  /// Single-precision kernels against the reference: predictions and gradients, for dimensions and lengths around the width
  /// of a vector, for every number of components that is summed at a time, and for contexts of several tiles.
  @Test(arguments: AttentionConfiguration.Kind.allCases, [false, true])
  func kernelsMatchTheReference(kind: AttentionConfiguration.Kind, hasResidual: Bool) {
    let sizes = [
      (1, 1), (2, 9), (4, 50), (5, 24), (6, 31), (7, 8), (8, 15), (9, 16), (10, 41), (11, 64), (12, 20), (15, 9),
      (16, 33), (17, 100), (19, 40), (16, 1003), (37, 700),
    ]
    for (n, L) in sizes {
      let example = AttentionCase(dimension: n, contextLength: L, seed: UInt64(100 * n + L))
      let layer = example.layer(kind, hasResidual: hasResidual)
      let kernel = AttentionKernel(
        pooling: kind.pooling, dimension: n, contextLength: L, hasResidual: hasResidual)
      let weights = layer.weights.map { $0.values.map(Float.init) }
      kernel.setWeights(value: weights[0], query: weights[1], key: weights.count > 2 ? weights[2] : nil)
      let set = Self.promptSet(example, kind.contextForm)
      let prediction = layer.prediction(context: example.context, query: example.query)
      Self.expectClose(kernel.prediction(0, of: set), prediction, 2e-4)

      kernel.clearGradients()
      let error = kernel.accumulateGradient(over: [0][...], of: set, scale: 1)
      let exact = layer.squaredError(context: example.context, query: example.query, target: example.target)
      #expect(abs(error - exact) <= 2e-4 * max(1, exact))
      #expect(abs(kernel.squaredError(over: 0..<1, of: set) - error) <= 1e-6 * error)
      let reference = layer.gradient(context: example.context, query: example.query, target: example.target)
      let (value, query, key) = kernel.gradients()
      Self.expectClose(value, reference[0].values, 5e-4)
      Self.expectClose(query, reference[1].values, 5e-4)
      if let key { Self.expectClose(key, reference[2].values, 5e-4) }
    }
  }

  private static func promptSet(_ example: AttentionCase, _ form: PromptSet.ContextForm) -> PromptSet {
    let (n, L) = (example.context.rows, example.context.columns)
    let blocks = TokenBlocks.blocks(for: L)
    let buffer = VectorBuffer(count: blocks * n)
    for t in 0..<L {
      for i in 0..<n { buffer.base[(t / 8) * n + i][t % 8] = Float(example.context[i, t]) }
    }
    let set = PromptSet(count: 1, dimension: n, contextLength: L, contextForm: form)
    set.setQuery(0, query: example.query.map(Float.init), target: example.target.map(Float.init))
    switch form {
    case .tokens: set.tokens(0).update(from: buffer.base, count: buffer.count)
    case .secondMoments: set.setSecondMoment(0, example.context.secondMoment.values, rank: n, basis: nil)
    }
    return set
  }

  private static func expectClose(_ values: [Float], _ exact: [Double], _ tolerance: Double) {
    let largest = max(exact.map(abs).max() ?? 0, 1e-3)
    #expect(values.count == exact.count)
    for (value, expected) in zip(values, exact) { #expect(abs(Double(value) - expected) <= tolerance * largest) }
  }
}
