/// A = Bᵀ T B for symmetric A: T symmetric and tridiagonal, B orthogonal. ``diagonalize()`` makes T diagonal.
struct Tridiagonal {
  /// Implicit shifts per eigenvalue before giving up; two are typical, and only input that is not finite needs more.
  private static let iterationsMax = 64

  /// Diagonal of T, n entries.
  private(set) var diagonal: [Double]
  /// Entry i stands right of and below `diagonal[i]`; the last is unused.
  private var offDiagonal: [Double]
  /// B, n × n: its rows are the basis in which A is T.
  private(set) var basis: Matrix

  /// Householder reduction of a symmetric matrix, of which the lower triangle is read.
  init(reducing matrix: Matrix) {
    let n = matrix.rows
    diagonal = [Double](repeating: 0, count: n)
    offDiagonal = [Double](repeating: 0, count: n)
    basis = .identity(n)
    var work = matrix
    for row in 0..<n {
      for column in 0..<row { work[column, row] = work[row, column] }
    }
    var scales = [Double](repeating: 0, count: n)
    work.values.withUnsafeMutableBufferPointer { work in
      guard let work = work.baseAddress else { return }
      for k in 0..<n {
        diagonal[k] = work[k * n + k]
        guard k + 1 < n else { break }
        let v = work + k * n + k + 1
        (offDiagonal[k], scales[k]) = Reflector.make(v, count: n - k - 1)
        Self.reflectBothSides(work + (k + 1) * n + k + 1, stride: n, by: v, scale: scales[k], count: n - k - 1)
      }
      basis.values.withUnsafeMutableBufferPointer { basis in
        guard let basis = basis.baseAddress else { return }
        for k in stride(from: n - 2, through: 0, by: -1) {
          for row in (k + 1)..<n {
            Reflector.apply(work + k * n + k + 1, scales[k], to: basis + row * n + k + 1, count: n - k - 1)
          }
        }
      }
    }
  }

  /// C ← H C H for a symmetric block C: with p = scale C v and w = p − ½ scale (pᵀv) v, this is C − v wᵀ − w vᵀ.
  private static func reflectBothSides(
    _ block: UnsafeMutablePointer<Double>, stride: Int, by v: UnsafePointer<Double>, scale: Double, count: Int
  ) {
    var w = (0..<count).map { scale * dot(block + $0 * stride, v, count: count) }
    w.withUnsafeMutableBufferPointer { w in
      guard let w = w.baseAddress else { return }
      accumulate(-0.5 * scale * dot(w, v, count: count), v, into: w, count: count)
      for row in 0..<count {
        let (entries, vRow, wRow) = (block + row * stride, v[row], w[row])
        for column in 0..<count { entries[column] -= vRow * w[column] + wRow * v[column] }
      }
    }
  }

  /// QL iterations with implicit shifts; afterwards row i of the basis is the eigenvector of `diagonal[i]`.
  mutating func diagonalize() {
    let n = diagonal.count
    let norm = (0..<n).reduce(0.0) { max($0, diagonal[$1].magnitude + offDiagonal[$1].magnitude) }
    // Relative to the norm of the whole matrix: null spaces, which short contexts have, then split off at once.
    let negligible = norm * 0x1p-53
    for first in 0..<n {
      for _ in 0..<Self.iterationsMax {
        let last = (first..<n).first { $0 == n - 1 || offDiagonal[$0].magnitude <= negligible } ?? n - 1
        if last == first { break }
        sweep(first, last)
      }
    }
  }

  /// One QL step with Wilkinson's shift on the unreduced block of rows `first` … `last`.
  private mutating func sweep(_ first: Int, _ last: Int) {
    let ratio = (diagonal[first + 1] - diagonal[first]) / (2 * offDiagonal[first])
    let root = (ratio * ratio + 1).squareRoot()
    let shift = diagonal[first] - offDiagonal[first] / (ratio < 0 ? ratio - root : ratio + root)
    var (cosine, sine, correction) = (1.0, 1.0, 0.0)
    var bulge = diagonal[last] - shift
    for i in stride(from: last - 1, through: first, by: -1) {
      let f = sine * offDiagonal[i]
      let b = cosine * offDiagonal[i]
      let radius = (f * f + bulge * bulge).squareRoot()
      offDiagonal[i + 1] = radius
      if radius == 0 {
        diagonal[i + 1] -= correction
        offDiagonal[last] = 0
        return
      }
      sine = f / radius
      cosine = bulge / radius
      let g = diagonal[i + 1] - correction
      let h = (diagonal[i] - g) * sine + 2 * cosine * b
      correction = sine * h
      diagonal[i + 1] = g + correction
      bulge = cosine * h - b
      rotateBasis(i, cosine, sine)
    }
    diagonal[first] -= correction
    offDiagonal[first] = bulge
    offDiagonal[last] = 0
  }

  /// Rotates rows i and i + 1 of the basis.
  private mutating func rotateBasis(_ i: Int, _ cosine: Double, _ sine: Double) {
    let n = diagonal.count
    basis.values.withUnsafeMutableBufferPointer { basis in
      guard let lower = basis.baseAddress.map({ $0 + i * n }) else { return }
      for column in 0..<n {
        let (x, y) = (lower[column], lower[n + column])
        lower[n + column] = sine * x + cosine * y
        lower[column] = cosine * x - sine * y
      }
    }
  }
}
