// Deviates in double precision, drawn word by word, by rejection: how many words one takes is itself random.
extension RandomStream {
  /// A standard normal deviate, by the polar method (Marsaglia and Bray 1964). Of each pair, one is used.
  public mutating func nextNormal() -> Double {
    while true {
      let x = 2 * nextUniform() - 1
      let y = 2 * nextUniform() - 1
      let square = x * x + y * y
      if square < 1, square > 0 { return x * (-2 * logarithm(square) / square).squareRoot() }
    }
  }

  /// A gamma deviate of the given shape, at least 1, and scale 1 (Marsaglia and Tsang, "A simple method for generating
  /// gamma variables", ACM TOMS 26, 2000).
  mutating func nextGamma(shape: Double) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextNormal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if logarithm(nextUniform()) < 0.5 * x * x + d - d * v + d * logarithm(v) { return d * v }
    }
  }

  /// A chi-square deviate of the given degrees of freedom, at least 1.
  public mutating func nextChiSquare(degrees: Int) -> Double {
    guard degrees == 1 else { return 2 * nextGamma(shape: 0.5 * Double(degrees)) }
    let normal = nextNormal()
    return normal * normal
  }
}
