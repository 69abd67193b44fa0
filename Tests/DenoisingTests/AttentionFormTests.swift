import Denoising
import Numerics
import Testing

@Suite struct AttentionFormTests {
  /// The last column of the masked full-sequence forms A.4 and A.7 is the short form of the main text.
  @Test(arguments: [(1, 1), (4, 3), (8, 20)]) func maskedFormsEqualTheShortForms(n: Int, L: Int) {
    let example = AttentionCase(dimension: n, contextLength: L, seed: 7)
    var sequence = Matrix(rows: n, columns: L + 1)
    for i in 0..<n {
      for t in 0..<L { sequence[i, t] = example.context[i, t] }
      sequence[i, L] = example.query[i]
    }
    let (value, keyQuery) = (example.matrices[0], example.matrices[1])
    let linear = MaskedAttention.linear(sequence: sequence, value: value, keyQuery: keyQuery).column(L)
    let softmax = MaskedAttention.softmax(sequence: sequence, value: value, keyQuery: keyQuery).column(L)
    let shortLinear = LinearAttention(value: value, keyQuery: keyQuery)
      .prediction(context: example.context, query: example.query)
    let shortSoftmax = SoftmaxAttention(value: value, keyQuery: keyQuery)
      .prediction(context: example.context, query: example.query)
    for i in 0..<n {
      #expect(abs(linear[i] - shortLinear[i]) < 1e-12)
      #expect(abs(softmax[i] - shortSoftmax[i]) < 1e-12)
    }
  }

  /// With W_K = W_Q = √β I and tokens of equal norm, Eq 14 is softmax attention with W_KQ = β I.
  @Test func gaussianAttentionOnASphereIsSoftmaxAttention() {
    let n = 6
    var example = AttentionCase(dimension: n, contextLength: 25, seed: 8).context
    for t in 0..<example.columns {
      let norm = squaredNorm(example.column(t)).squareRoot()
      for i in 0..<n { example[i, t] /= norm }
    }
    let query = AttentionCase(dimension: n, contextLength: 1, seed: 9).query
    let root = Matrix.identity(n, scale: 2)
    let gaussian = GaussianAttention(value: .identity(n), query: root, key: root)
      .prediction(context: example, query: query)
    let softmax = SoftmaxAttention(value: .identity(n), keyQuery: .identity(n, scale: 4))
      .prediction(context: example, query: query)
    for i in 0..<n { #expect(abs(gaussian[i] - softmax[i]) < 1e-12) }
  }

  /// Proposition 3.2: with W_PV/ε and ε W_KQ, softmax attention tends to W_PV X̄/ε plus linear attention on the
  /// centred context, with an error of order ε.
  @Test func smallSoftmaxIsLinearAttention() {
    let example = AttentionCase(dimension: 4, contextLength: 30, seed: 10)
    let (value, keyQuery) = (example.matrices[0], example.matrices[1])
    let mean = example.context.columnMean
    var centred = example.context
    for i in 0..<4 {
      for t in 0..<30 { centred[i, t] -= mean[i] }
    }
    let linear = LinearAttention(value: value, keyQuery: keyQuery).prediction(context: centred, query: example.query)
    let shift = value * mean
    var errors: [Double] = []
    for epsilon in [1e-2, 1e-3] {
      var scaledValue = value
      var scaledKeyQuery = keyQuery
      for entry in value.values.indices {
        scaledValue.values[entry] /= epsilon
        scaledKeyQuery.values[entry] *= epsilon
      }
      let softmax = SoftmaxAttention(value: scaledValue, keyQuery: scaledKeyQuery)
        .prediction(context: example.context, query: example.query)
      errors.append((0..<4).map { abs(softmax[$0] - shift[$0] / epsilon - linear[$0]) }.max() ?? 0)
    }
    #expect(errors[0] < 0.2)
    #expect(errors[1] < errors[0] / 8)
  }
}
