/// Elementary functions on eight or sixteen floats at a time. Only IEEE operations in a fixed order: the same bits everywhere.
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
}
