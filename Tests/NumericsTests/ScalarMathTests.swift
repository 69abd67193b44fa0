import Foundation
import Numerics
import Testing

@Suite struct ScalarMathTests {
  /// Faithful everywhere: never further than the neighbour of the correctly rounded value, and mostly that value.
  @Test func exponentialAgreesWithMpmath() {
    var exact = 0
    let rows = referenceRows(exponentialReference)
    for row in rows {
      let distance = ulps(exponential(row[0]), row[1])
      #expect(distance <= 1, "exp(\(row[0]))")
      exact += distance == 0 ? 1 : 0
    }
    #expect(rows.count > 200 && Double(exact) > 0.9 * Double(rows.count))
  }

  @Test func logarithmAgreesWithMpmath() {
    var exact = 0
    let rows = referenceRows(logarithmReference)
    for row in rows {
      let distance = ulps(logarithm(row[0]), row[1])
      #expect(distance <= 1, "ln(\(row[0]))")
      exact += distance == 0 ? 1 : 0
    }
    #expect(rows.count > 200 && Double(exact) > 0.8 * Double(rows.count))
  }

  /// A million points each against Glibc, whose error is below 1 ulp (in fact close to ½): at most 1 ulp apart.
  @Test func bothAgreeWithTheSystemsLibrary() {
    var state: UInt64 = 3
    var (worstExponential, worstLogarithm) = (UInt64(0), UInt64(0))
    for _ in 0..<1_000_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Double(state >> 11) * 0x1p-53
      let x = -745 + uniform * 1454.7
      worstExponential = max(worstExponential, ulps(exponential(x), Foundation.exp(x)))
      // Every bit pattern of a positive finite number is as likely as any other.
      let y = Double(bitPattern: (state >> 1) % Double.infinity.bitPattern)
      worstLogarithm = max(worstLogarithm, ulps(logarithm(y), Foundation.log(y)))
      worstLogarithm = max(worstLogarithm, ulps(logarithm(0.5 + 1.5 * uniform), Foundation.log(0.5 + 1.5 * uniform)))
    }
    #expect(worstExponential <= 1)
    #expect(worstLogarithm <= 1)
  }

  @Test func specialValues() {
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    #expect(exponential(709.782712893385) == .infinity)
    #expect(exponential(-745.14) == 0)
    #expect(exponential(0) == 1)
    #expect(logarithm(1) == 0)
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(-0.0) == -.infinity)
    #expect(logarithm(.infinity) == .infinity)
    #expect(logarithm(-1).isNaN)
    #expect(logarithm(-.infinity).isNaN)
    #expect(logarithm(.nan).isNaN)
  }
}
