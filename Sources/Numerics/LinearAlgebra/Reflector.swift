/// Householder reflections H = I − scale v vᵀ.
enum Reflector {
  /// Overwrites x by v, so that H x = (diagonal, 0, …, 0); the sign of the diagonal avoids cancellation.
  static func make(_ x: UnsafeMutablePointer<Double>, count: Int) -> (diagonal: Double, scale: Double) {
    let norm = dot(x, x, count: count).squareRoot()
    guard norm > 0 else { return (0, 0) }
    let diagonal = x[0] > 0 ? -norm : norm
    x[0] -= diagonal
    return (diagonal, 2 / dot(x, x, count: count))
  }

  /// y ← H y.
  static func apply(
    _ v: UnsafePointer<Double>, _ scale: Double, to y: UnsafeMutablePointer<Double>, count: Int
  ) {
    accumulate(-scale * dot(v, y, count: count), v, into: y, count: count)
  }
}
