import Numerics

/// Softmax attention with the ideal weights W_PV = I, W_KQ = I/σ_Z² (Theorem 3.1, Eq 13): context tokens as atoms,
///
///     x̂ = Σ X_t exp(⟨X_t, x̃⟩/σ_Z²) / Σ exp(⟨X_t, x̃⟩/σ_Z²).
///
/// It tends to the Bayes estimator as L grows wherever all tokens of a prompt have one norm.
public struct ContextSoftmaxEstimator: Estimator {
  /// σ_Z².
  public let noiseVariance: Double

  /// Eq 13 for this noise.
  public init(noiseVariance: Double) { self.noiseVariance = noiseVariance }

  /// Every context token.
  public let evidence: EvidenceKinds = .contextTokens

  /// The mean of the tokens, weighted by softmax.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard let context = evidence.context, noiseVariance > 0 else { return query }
    return context * softmax(context.transposedTimes(query).map { $0 / noiseVariance })
  }
}

/// The posterior mean under the empirical distribution of the context tokens: Gaussian-kernel attention (Eq 14) with
/// W_PV = I, W_K = W_Q = I/σ_Z,
///
///     x̂ = Σ X_t exp(−‖X_t − x̃‖²/2σ_Z²) / Σ exp(−‖X_t − x̃‖²/2σ_Z²).
///
/// It tends to the Bayes estimator as L grows for every distribution of tokens; where all tokens of a prompt have one
/// norm, it is ``ContextSoftmaxEstimator``.
public struct ContextGaussianEstimator: Estimator {
  /// σ_Z².
  public let noiseVariance: Double

  /// The empirical posterior mean for this noise.
  public init(noiseVariance: Double) { self.noiseVariance = noiseVariance }

  /// Every context token.
  public let evidence: EvidenceKinds = .contextTokens

  /// The mean of the tokens, weighted by a Gaussian kernel around the query.
  public func estimate(_ query: [Double], from evidence: Evidence) -> [Double] {
    guard let context = evidence.context, noiseVariance > 0 else { return query }
    let distances = squaredDistances(from: query, toColumnsOf: context)
    return context * softmax(distances.map { -$0 / (2 * noiseVariance) })
  }
}

/// ‖x − A_t‖² for every column A_t.
func squaredDistances(from x: [Double], toColumnsOf matrix: Matrix) -> [Double] {
  var result = [Double](repeating: 0, count: matrix.columns)
  matrix.values.withUnsafeBufferPointer { entries in
    for row in 0..<matrix.rows {
      for column in result.indices {
        let difference = entries[row * matrix.columns + column] - x[row]
        result[column] += difference * difference
      }
    }
  }
  return result
}

/// exp(s_i) / Σ exp(s_j), with the largest score subtracted first. A score of −∞ gets weight zero.
func softmax(_ scores: [Double]) -> [Double] {
  let largest = scores.max() ?? 0
  let weights = scores.map { exponential($0 - largest) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}
