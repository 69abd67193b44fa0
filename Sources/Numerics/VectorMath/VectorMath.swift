/// Elementary functions on eight floats at a time. Only IEEE operations in a fixed order: the same bits everywhere.
///
/// The polynomials are those of S. Moshier's Cephes library, single precision (expf, logf, sinf, cosf). The errors
/// stated are the largest that the tests see over the whole range.
public enum VectorMath {
  /// 1.5 · 2²³: adding and subtracting it rounds a float of magnitude below 2²² to the nearest integer.
  @usableFromInline static let roundingShift: Float = 12_582_912

  /// |x|.
  @inline(__always)
  static func magnitude(_ x: SIMD8<Float>) -> SIMD8<Float> {
    unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: SIMD8<Float>.self)
  }

  /// eˣ within 2 ulp; 0 below −87.3 (the result would be subnormal) and +∞ above 88.72. NaN gives NaN.
  @inline(__always)
  public static func exponential(_ argument: SIMD8<Float>) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    let tooSmall = argument .< V(repeating: -87.33654)
    let tooLarge = argument .> V(repeating: 88.72283)
    let x = argument.replacing(with: 0, where: tooSmall .| tooLarge)
    let shift = V(repeating: roundingShift)
    let shifted = shift.addingProduct(x, V(repeating: 1.442_695_04))
    let whole = shifted - shift
    var r = x.addingProduct(whole, V(repeating: -0.693_359_375))
    r = r.addingProduct(whole, V(repeating: 2.121_944_4e-4))
    var p = V(repeating: 1.398_199_950_7e-3).addingProduct(r, V(repeating: 1.987_569_15e-4))
    p = V(repeating: 8.333_451_907_3e-3).addingProduct(p, r)
    p = V(repeating: 4.166_579_589_4e-2).addingProduct(p, r)
    p = V(repeating: 1.666_666_545_9e-1).addingProduct(p, r)
    p = V(repeating: 5.000_000_120_1e-1).addingProduct(p, r)
    let y = (r + 1).addingProduct(p, r * r)
    // `whole` may be 128, for which 2^whole is no float: scale in two halves. The low bits of `shifted` hold the
    // integer, offset by those of the shift itself.
    let integer = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- 0x4B40_0000
    let half = integer &>> 1
    let scale1 = unsafeBitCast((half &+ 127) &<< 23, to: V.self)
    let scale2 = unsafeBitCast((integer &- half &+ 127) &<< 23, to: V.self)
    return (y * scale1 * scale2).replacing(with: 0, where: tooSmall).replacing(with: .infinity, where: tooLarge)
  }

  /// 2ˣ within 1 ulp for −126 ≤ x ≤ 127; exact for whole x, and 0 from −127 on down. Between −127 and −126, where the result
  /// would be subnormal, it is some number from 0 to 2⁻¹²⁶. NaN gives NaN. Larger x is not in its domain.
  ///
  /// To the base 2 the argument falls into its whole and its fractional part without a multiplication. The polynomial is
  /// minimax in relative error for 2ʳ over |r| ≤ ½ with a constant term of 1; its own error is 2·10⁻⁹.
  @inline(__always)
  public static func powerOfTwo(_ argument: SIMD8<Float>) -> SIMD8<Float> {
    let smallest = SIMD8<Float>(repeating: -127)
    return powerOfTwo(inRange: argument.replacing(with: smallest, where: argument .< smallest))
  }

  /// The same for −127 ≤ x ≤ 127; smaller x are not in its domain.
  @inline(__always)
  static func powerOfTwo(inRange x: SIMD8<Float>) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    let shift = V(repeating: roundingShift)
    let shifted = x + shift
    let r = x - (shifted - shift)
    var p = V(repeating: 1.339_887_5e-3).addingProduct(r, V(repeating: 1.535_336_2e-4))
    p = V(repeating: 9.618_437e-3).addingProduct(p, r)
    p = V(repeating: 5.550_332_4e-2).addingProduct(p, r)
    p = V(repeating: 2.402_264_8e-1).addingProduct(p, r)
    p = V(repeating: 6.931_472e-1).addingProduct(p, r)
    p = V(repeating: 1).addingProduct(p, r)
    // The low bits of `shifted` hold the whole part; added to the exponent of p they multiply by its power of two.
    let exponent = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ exponent, to: V.self)
  }

  /// ln x within 2 ulp for normal positive x. Anything else is not in its domain.
  @inline(__always)
  public static func logarithm(_ x: SIMD8<Float>) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    // x = m · 2^e with m in [√½, √2): subtracting the bits of √½ before taking the exponent does the split.
    let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
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
  public static func squareRoot(_ x: SIMD8<Float>) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    let half = x * 0.5
    var y = unsafeBitCast(
      SIMD8<Int32>(repeating: 0x5F37_59DF) &- (unsafeBitCast(x, to: SIMD8<Int32>.self) &>> 1), to: V.self)
    y *= V(repeating: 1.5).addingProduct(-half * y, y)
    y *= V(repeating: 1.5).addingProduct(-half * y, y)
    let root = x * y
    return root.addingProduct(x.addingProduct(-root, root), y * 0.5)
  }

  /// Cosine and sine of the angle 2π · word / 2³² (of its upper 25 bits), each within 1e-7.
  @inline(__always)
  public static func cosineAndSine(ofTurn word: SIMD8<UInt32>) -> (cosine: SIMD8<Float>, sine: SIMD8<Float>) {
    typealias V = SIMD8<Float>
    let quadrant = (word &+ 0x2000_0000) &>> 30
    // The rest, in 2⁻²³ of a quarter turn either side of zero.
    let rest = unsafeBitCast(word &<< 2, to: SIMD8<Int32>.self) &>> 9
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
    let swapped = SIMD8<UInt32>.zero &- (quadrant & 1)
    let difference = (unsafeBitCast(c, to: SIMD8<UInt32>.self) ^ unsafeBitCast(s, to: SIMD8<UInt32>.self)) & swapped
    let cosineSign = ((quadrant &+ 1) & 2) &<< 30
    let sineSign = (quadrant & 2) &<< 30
    return (flip(c, difference ^ cosineSign), flip(s, difference ^ sineSign))
  }

  @inline(__always)
  private static func flip(_ value: SIMD8<Float>, _ bits: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafeBitCast(unsafeBitCast(value, to: SIMD8<UInt32>.self) ^ bits, to: SIMD8<Float>.self)
  }

  /// Two vectors of standard normal deviates from two of random words (Box and Muller 1958). The radius uses all 32
  /// bits, so deviates reach to ±6.76.
  @inline(__always)
  static func boxMuller(_ first: SIMD8<UInt32>, _ second: SIMD8<UInt32>) -> (SIMD8<Float>, SIMD8<Float>) {
    typealias V = SIMD8<Float>
    // Both halves are exact as floats of the form 2²³ + half, which spares an integer conversion.
    let high = unsafeBitCast((first &>> 16) | 0x4B00_0000, to: V.self) - 8_388_608
    let low = unsafeBitCast((first & 0xFFFF) | 0x4B00_0000, to: V.self) - 8_388_607.5
    let uniform = low.addingProduct(high, V(repeating: 65_536)) * 0x1p-32
    let radius = squareRoot(logarithm(uniform) * -2)
    let (cosine, sine) = cosineAndSine(ofTurn: second)
    return (radius * cosine, radius * sine)
  }
}
