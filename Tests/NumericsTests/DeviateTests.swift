import Foundation
import Numerics
import Testing

@Suite struct DeviateTests {
  /// Mean k, variance 2 k, third central moment 8 k; each bound is five standard errors.
  @Test(arguments: [1, 2, 3, 8, 501]) func chiSquareHasItsMoments(degrees: Int) {
    var stream = RandomStream(key: 3, domain: 0, substream: UInt64(degrees))
    let (count, k) = (200_000, Double(degrees))
    let values = (0..<count).map { _ in stream.nextChiSquare(degrees: degrees) }
    let n = Double(count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - k) * ($1 - k) } / n
    let third = values.reduce(0) { $0 + ($1 - k) * ($1 - k) * ($1 - k) } / n
    #expect(abs(mean - k) < 5 * (2 * k / n).squareRoot())
    #expect(abs(variance - 2 * k) < 5 * ((48 * k + 8 * k * k) / n).squareRoot())
    // The sixth central moment, 3840 k + 2080 k² + 120 k³, bounds the error of the third.
    #expect(abs(third - 8 * k) < 5 * ((120 * k * k * k + 2080 * k * k + 3840 * k) / n).squareRoot())
  }

  /// χ²(2) is exponential: its distribution function is known, 1 − exp(−x/2).
  @Test func chiSquareOfTwoIsExponential() {
    var stream = RandomStream(key: 4, domain: 0, substream: 0)
    let count = 100_000
    let values = (0..<count).map { _ in stream.nextChiSquare(degrees: 2) }.sorted()
    var distance = 0.0
    for (rank, value) in values.enumerated() {
      let probability = 1 - exp(-value / 2)
      distance = max(distance, abs(probability - (Double(rank) + 0.5) / Double(count)))
    }
    #expect(distance * Double(count).squareRoot() < 2.2)
  }

  @Test func normalsOfRejectionAreNormal() {
    var stream = RandomStream(key: 5, domain: 0, substream: 0)
    let count = 100_000
    let values = (0..<count).map { _ in stream.nextNormal() }.sorted()
    var distance = 0.0
    for (rank, value) in values.enumerated() {
      let probability = erfc(-value / 2.0.squareRoot()) / 2
      distance = max(distance, abs(probability - (Double(rank) + 0.5) / Double(count)))
    }
    #expect(distance * Double(count).squareRoot() < 2.2)
  }
}
