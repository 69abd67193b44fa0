public import Numerics

/// The full-sequence forms of Appendix D.2: every token of E = (X, x̃) attends, and a mask keeps x̃ out of the values.
/// Their last column is the short form of the main text.
public enum MaskedAttention {
  /// Eq A.4: (1/L) W_PV E M Eᵀ W_KQ E with M = diag(1, …, 1, 0), n × (L + 1).
  public static func linear(sequence: Matrix, value: Matrix, keyQuery: Matrix) -> Matrix {
    let last = sequence.columns - 1
    var mask = Matrix.identity(sequence.columns, scale: 1 / Double(last))
    mask[last, last] = 0
    return value * (sequence * mask) * sequence.transposedTimes(keyQuery * sequence)
  }

  /// Eq A.7: W_PV E softmax(Eᵀ W_KQ E + M), the softmax over each column, M zero but for a last row of −∞;
  /// n × (L + 1).
  public static func softmax(sequence: Matrix, value: Matrix, keyQuery: Matrix) -> Matrix {
    let last = sequence.columns - 1
    var scores = sequence.transposedTimes(keyQuery * sequence)
    for column in 0..<scores.columns { scores[last, column] = -.infinity }
    var weights = Matrix(rows: scores.rows, columns: scores.columns)
    for column in 0..<scores.columns {
      for (row, weight) in Denoising.softmax(scores.column(column)).enumerated() { weights[row, column] = weight }
    }
    return value * sequence * weights
  }
}
