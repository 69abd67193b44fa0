// What normal deviates are made of. Every function is one long chain of operations; with sixteen lanes, which are two
// vectors on most processors, two chains run side by side.

extension VectorMath {
  /// ln x within 2 ulp for normal positive x. Anything else is not in its domain.
  @inline(__always)
  public static func logarithm(_ x: SIMD16<Float>) -> SIMD16<Float> {
    typealias V = SIMD16<Float>
    // x = m · 2^e with m in [√½, √2): subtracting the bits of √½ before taking the exponent does the split.
    let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
    let offset = bits &- 0x3F35_04F3
    let exponent = offset &>> 23
    let m = unsafeBitCast((offset & 0x007F_FFFF) &+ 0x3F35_04F3, to: V.self)
    let e = unsafeBitCast(exponent &+ 0x4B40_0000, to: V.self) - roundingShift
    let f = m - 1
    let z = f * f
    var p = V(repeating: -1.151_461_031_0e-1).addingProduct(f, V(repeating: 7.037_683_629_2e-2))
    p = V(repeating: 1.167_699_874_0e-1).addingProduct(p, f)
    p = V(repeating: -1.242_014_084_6e-1).addingProduct(p, f)
    p = V(repeating: 1.424_932_278_7e-1).addingProduct(p, f)
    p = V(repeating: -1.666_805_766_5e-1).addingProduct(p, f)
    p = V(repeating: 2.000_071_476_5e-1).addingProduct(p, f)
    p = V(repeating: -2.499_999_399_3e-1).addingProduct(p, f)
    p = V(repeating: 3.333_333_117_4e-1).addingProduct(p, f)
    var y = p * f * z
    y = y.addingProduct(e, V(repeating: -2.121_944_40e-4))
    y = y.addingProduct(z, V(repeating: -0.5))
    return (f + y).addingProduct(e, V(repeating: 0.693_359_375))
  }

  /// √x within 1 ulp for normal positive x, and 0 for 0. Anything else is not in its domain.
  ///
  /// The bits of all normal deviates depend on it, which is why it is not the processor's own: 1/√x from the halved
  /// exponent by two steps of Newton's method, and one step of Heron's for √x with the remainder in one rounding.
  @inline(__always)
  public static func squareRoot(_ x: SIMD16<Float>) -> SIMD16<Float> {
    typealias V = SIMD16<Float>
    let half = x * 0.5
    var y = unsafeBitCast(
      SIMD16<Int32>(repeating: 0x5F37_59DF) &- (unsafeBitCast(x, to: SIMD16<Int32>.self) &>> 1), to: V.self)
    y *= V(repeating: 1.5).addingProduct(-half * y, y)
    y *= V(repeating: 1.5).addingProduct(-half * y, y)
    let root = x * y
    return root.addingProduct(x.addingProduct(-root, root), y * 0.5)
  }

  /// The same for eight; the compiler drops what would be taken of the other half.
  @inline(__always)
  static func squareRoot(_ x: SIMD8<Float>) -> SIMD8<Float> {
    squareRoot(SIMD16(lowHalf: x, highHalf: .zero)).lowHalf
  }

  /// Cosine and sine of the angle 2π · word / 2³² (of its upper 25 bits), each within 1e-7.
  @inline(__always)
  public static func cosineAndSine(ofTurn word: SIMD16<UInt32>) -> (cosine: SIMD16<Float>, sine: SIMD16<Float>) {
    typealias V = SIMD16<Float>
    let quadrant = (word &+ 0x2000_0000) &>> 30
    // The rest, in 2⁻²³ of a quarter turn either side of zero.
    let rest = unsafeBitCast(word &<< 2, to: SIMD16<Int32>.self) &>> 9
    let fraction = unsafeBitCast(rest &+ 0x4B40_0000, to: V.self) - roundingShift
    let x = fraction * (0x1p-23 * 1.570_796_33)
    let z = x * x
    var s = V(repeating: 8.332_160_873_6e-3).addingProduct(z, V(repeating: -1.951_529_589_1e-4))
    s = V(repeating: -1.666_665_461_1e-1).addingProduct(s, z)
    s = x.addingProduct(s * z, x)
    var c = V(repeating: -1.388_731_625_493_765e-3).addingProduct(z, V(repeating: 2.443_315_711_809_948e-5))
    c = V(repeating: 4.166_664_568_298_827e-2).addingProduct(c, z)
    c = V(repeating: 1).addingProduct(z, V(repeating: -0.5)).addingProduct(c * z, z)
    // Comparing integers is not one instruction in Swift, so the choice is made by bits.
    let swapped = SIMD16<UInt32>.zero &- (quadrant & 1)
    let difference = (unsafeBitCast(c, to: SIMD16<UInt32>.self) ^ unsafeBitCast(s, to: SIMD16<UInt32>.self)) & swapped
    let cosineSign = ((quadrant &+ 1) & 2) &<< 30
    let sineSign = (quadrant & 2) &<< 30
    return (flip(c, difference ^ cosineSign), flip(s, difference ^ sineSign))
  }

  @inline(__always)
  private static func flip(_ value: SIMD16<Float>, _ bits: SIMD16<UInt32>) -> SIMD16<Float> {
    unsafeBitCast(unsafeBitCast(value, to: SIMD16<UInt32>.self) ^ bits, to: SIMD16<Float>.self)
  }

  /// Two vectors of standard normal deviates from two of random words (Box and Muller 1958). The radius uses all 32
  /// bits, so deviates reach to ±6.76.
  @inline(__always)
  static func boxMuller(_ first: SIMD16<UInt32>, _ second: SIMD16<UInt32>) -> (SIMD16<Float>, SIMD16<Float>) {
    typealias V = SIMD16<Float>
    // Both halves are exact as floats of the form 2²³ + half, which spares an integer conversion.
    let high = unsafeBitCast((first &>> 16) | 0x4B00_0000, to: V.self) - 8_388_608
    let low = unsafeBitCast((first & 0xFFFF) | 0x4B00_0000, to: V.self) - 8_388_607.5
    let uniform = low.addingProduct(high, V(repeating: 65_536)) * 0x1p-32
    let radius = squareRoot(logarithm(uniform) * -2)
    let (cosine, sine) = cosineAndSine(ofTurn: second)
    return (radius * cosine, radius * sine)
  }
}
