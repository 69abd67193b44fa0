import Foundation
import Numerics
import Testing

/// The single-precision functions against Glibc in double precision, over every 61st float of their range.
@Suite struct VectorMathTests {
  /// |value − exact| in units of the last place of the exact value's float.
  private static func ulps(_ value: Float, _ exact: Double) -> Double {
    abs(Double(value) - exact) / Double(Float(exact).ulp)
  }

  private static func eachFloat(from first: Float, through last: Float, _ body: (SIMD16<Float>) -> Void) {
    var bits = first.bitPattern
    while bits <= last.bitPattern {
      var lanes = SIMD16<Float>()
      for lane in 0..<16 {
        lanes[lane] = Float(bitPattern: min(bits, last.bitPattern))
        bits += 61
      }
      body(lanes)
    }
  }

  @Test func exponentialIsWithinTwoUlp() {
    var worst = 0.0
    func check(_ x: SIMD16<Float>) {
      let y = SIMD16(lowHalf: VectorMath.exponential(x.lowHalf), highHalf: VectorMath.exponential(x.highHalf))
      for lane in 0..<16 { worst = max(worst, Self.ulps(y[lane], exp(Double(x[lane])))) }
    }
    Self.eachFloat(from: 1e-30, through: 88.7, check)
    Self.eachFloat(from: -1e-30, through: -87.3, check)
    #expect(worst < 2)
  }

  @Test func powerOfTwoIsWithinOneUlp() {
    var worst = 0.0
    func check(_ x: SIMD16<Float>) {
      let y = SIMD16(lowHalf: VectorMath.powerOfTwo(x.lowHalf), highHalf: VectorMath.powerOfTwo(x.highHalf))
      for lane in 0..<16 { worst = max(worst, Self.ulps(y[lane], exp2(Double(x[lane])))) }
    }
    Self.eachFloat(from: -1e-30, through: -126, check)
    Self.eachFloat(from: 1e-30, through: 127, check)
    #expect(worst < 1)
    let edges = VectorMath.powerOfTwo(SIMD8(0, -0.0, -.infinity, .nan, -1000, -1e30, -127, -126))
    #expect(edges[0] == 1 && edges[1] == 1 && edges[3].isNaN && edges[7] == .leastNormalMagnitude)
    #expect(edges[2] == 0 && edges[4] == 0 && edges[5] == 0 && edges[6] == 0)
    Self.eachFloat(from: -126, through: -127) { x in
      let y = VectorMath.powerOfTwo(x.lowHalf)
      #expect((0..<8).allSatisfy { y[$0] >= 0 && y[$0] <= .leastNormalMagnitude })
    }
    for power in -126...127 {
      #expect(
        VectorMath.powerOfTwo(SIMD8(repeating: Float(power)))[0]
          == Float(sign: .plus, exponent: power, significand: 1))
    }
  }

  @Test func exponentialAtTheEdges() {
    let y = VectorMath.exponential(SIMD8(0, -0.0, .infinity, -.infinity, .nan, -1000, 1000, -87.4))
    #expect(y[0] == 1 && y[1] == 1)
    #expect(y[2] == .infinity && y[6] == .infinity)
    #expect(y[3] == 0 && y[5] == 0 && y[7] == 0)
    #expect(y[4].isNaN)
  }

  @Test func logarithmIsWithinTwoUlp() {
    var worst = 0.0
    Self.eachFloat(from: .leastNormalMagnitude, through: .greatestFiniteMagnitude) { x in
      let y = VectorMath.logarithm(x)
      for lane in 0..<16 where x[lane] != 1 { worst = max(worst, Self.ulps(y[lane], log(Double(x[lane])))) }
    }
    #expect(worst < 2)
    #expect(VectorMath.logarithm(SIMD16(repeating: 1)) == .zero)
  }

  @Test func squareRootIsWithinOneUlp() {
    var worst = 0.0
    Self.eachFloat(from: .leastNormalMagnitude, through: .greatestFiniteMagnitude) { x in
      let y = VectorMath.squareRoot(x)
      for lane in 0..<16 { worst = max(worst, Self.ulps(y[lane], Double(x[lane]).squareRoot())) }
    }
    #expect(worst < 1)
    #expect(VectorMath.squareRoot(SIMD16.zero) == .zero)
  }

  @Test func cosineAndSineAreWithinTheirError() {
    var worst = 0.0
    var word: UInt32 = 0
    repeat {
      let octants =
        SIMD8<UInt32>(repeating: word) &+ SIMD8(0, 1 << 29, 1 << 30, 3 << 29, 1 << 31, 5 << 29, 3 << 30, 7 << 29)
      let words = SIMD16(lowHalf: octants, highHalf: octants &+ 7_507)
      let (cosine, sine) = VectorMath.cosineAndSine(ofTurn: words)
      for lane in 0..<16 {
        let angle = 2 * Double.pi * Double(words[lane] & ~127) * 0x1p-32
        worst = max(worst, abs(Double(cosine[lane]) - cos(angle)), abs(Double(sine[lane]) - sin(angle)))
      }
      word &+= 15_013
    } while word < 1 << 29
    #expect(worst < 1.2e-7)
  }
}
