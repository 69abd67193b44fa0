import Numerics

/// The second moment C Cᵀ/L of L tokens with `rank` independent coordinates of one variance, drawn without the tokens.
///
/// C Cᵀ has the Wishart distribution. For L ≥ rank it is drawn by Bartlett's decomposition, σ² A Aᵀ with A lower
/// triangular, A_ii² ~ χ²(L − i) for i = 0 …, and standard normals below the diagonal (Bartlett 1933): at a cost that
/// does not depend on L. For L < rank, where it is singular, from its L tokens.
func wishartMoment(rank: Int, contextLength L: Int, variance: Double, stream: inout RandomStream) -> Matrix {
  var factor = Matrix(rows: rank, columns: min(rank, L))
  for i in 0..<rank {
    for j in 0..<factor.columns {
      if L < rank || j < i {
        factor[i, j] = stream.nextNormal()
      } else if j == i {
        factor[i, j] = stream.nextChiSquare(degrees: L - i).squareRoot()
      }
    }
  }
  var moment = factor * factor.transposed
  for index in moment.values.indices { moment.values[index] *= variance / Double(L) }
  return moment
}
