// Exponential and logarithm from IEEE operations alone, so that their bits do not depend on the system's libm.

/// ln 2 in two parts; the last 20 bits of the first are zero, so that k · `ln2High` is exact for every exponent k.
private let ln2High = 0x1.62e42feep-1
private let ln2Low = 0x1.a39ef35793c76p-33
private let inverseLn2 = 0x1.71547652b82fep0

/// Adding and subtracting 1.5 · 2⁵² rounds to the nearest integer.
private let roundingShift = 0x1.8p52

/// The largest argument whose exponential is finite, and the smallest whose exponential does not round to zero.
private let exponentialArgumentMax = 0x1.62e42fefa39efp9
private let exponentialArgumentMin = -0x1.74910d52d3051p9

/// eˣ, with an error below 0.65 ulp (0.8 ulp where the result is subnormal); no libm.
///
/// x = k ln 2 + r with |r| ≤ ½ ln 2, and eʳ by its Taylor polynomial of degree 13 (truncation below 6e-18), with the sum
/// 1 + r kept in two parts.
public func exponential(_ x: Double) -> Double {
  guard !x.isNaN else { return x }
  if x > exponentialArgumentMax { return .infinity }
  if x < exponentialArgumentMin { return 0 }
  let k = (x * inverseLn2 + roundingShift) - roundingShift
  let high = x - k * ln2High
  let low = k * ln2Low
  let r = high - low
  let rest = (high - r) - low
  let sum = 1 + r
  let sumError = r - (sum - 1)
  let y = sum + (sumError + (r * r * exponentialTail(r) + rest * sum))
  return scale(y, byPowerOfTwo: Int(k))
}

/// (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2: Σ rᵏ / (k + 2)! for k = 0 … 11.
private func exponentialTail(_ r: Double) -> Double {
  var p = 1.0 / 6_227_020_800
  p = p * r + 1.0 / 479_001_600
  p = p * r + 1.0 / 39_916_800
  p = p * r + 1.0 / 3_628_800
  p = p * r + 1.0 / 362_880
  p = p * r + 1.0 / 40_320
  p = p * r + 1.0 / 5_040
  p = p * r + 1.0 / 720
  p = p * r + 1.0 / 120
  p = p * r + 1.0 / 24
  p = p * r + 1.0 / 6
  return p * r + 0.5
}

/// y · 2ᵏ for y in [½, 2) and −1080 ≤ k ≤ 1024, rounded once.
private func scale(_ y: Double, byPowerOfTwo k: Int) -> Double {
  func power(_ exponent: Int) -> Double { Double(bitPattern: UInt64(exponent + 1023) << 52) }
  if k > 1023 { return y * power(k - 1) * 2 }
  if k < -1021 { return y * power(k + 128) * 0x1p-128 }
  return y * power(k)
}

/// The natural logarithm, with an error below 0.9 ulp; no libm. NaN below zero, −∞ at zero.
///
/// x = 2ᵏ m with m in [√½, √2); with f = m − 1 and s = f / (2 + f), ln m = 2 artanh s = f − f²/2 + s (f²/2 + R), where
/// R = Σ 2 s²ʲ / (2 j + 1) for j = 1 … 10 (truncation below 1e-18).
public func logarithm(_ x: Double) -> Double {
  guard x > 0, x < .infinity else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
  if x < .leastNormalMagnitude { return logarithm(exponent: -54, of: (x * 0x1p54).bitPattern) }
  return logarithm(exponent: 0, of: x.bitPattern)
}

/// ln (2^`exponent` · y), for the bits of a positive normal y.
private func logarithm(exponent: Int, of bits: UInt64) -> Double {
  let aboveRootHalf = Int64(bitPattern: bits &- 0x3fe6_a09e_667f_3bcd)
  let binade = aboveRootHalf >> 52
  let k = Double(exponent + Int(binade))
  let f = Double(bitPattern: bits &- UInt64(bitPattern: binade << 52)) - 1
  let s = f / (2 + f)
  let halfSquare = 0.5 * f * f
  let tail = halfSquare - s * (halfSquare + artanhTail(s * s))
  guard k != 0 else { return f - tail }
  let sum = k * ln2High + f
  let sumError = f - (sum - k * ln2High)
  return sum + (sumError + (k * ln2Low - tail))
}

/// Σ 2 zʲ / (2 j + 1) for j = 1 … 10.
private func artanhTail(_ z: Double) -> Double {
  var p = 2.0 / 21
  p = p * z + 2.0 / 19
  p = p * z + 2.0 / 17
  p = p * z + 2.0 / 15
  p = p * z + 2.0 / 13
  p = p * z + 2.0 / 11
  p = p * z + 2.0 / 9
  p = p * z + 2.0 / 7
  p = p * z + 2.0 / 5
  p = p * z + 2.0 / 3
  return p * z
}
