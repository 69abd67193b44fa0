import Foundation
import Numerics
import Testing

@Suite struct RandomStreamTests {
  @Test func wordsAreThoseOfPhilox() {
    var stream = RandomStream(key: 0x299f_31d0_a409_3822, domain: 0x85a3_08d3, substream: 0x0370_7344_1319_8a2e)
    var words: [UInt32] = []
    for _ in 0..<100 { words.append(stream.nextWord()) }
    for block in 0..<25 {
      let expected = PhiloxReference.block(
        counter: SIMD4(UInt32(block), 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
      for lane in 0..<4 { #expect(words[4 * block + lane] == expected[lane]) }
    }
  }

  /// The vectorised generator and transform against the definition, word by word and in double precision.
  @Test func normalsAreBoxMullerOfPhilox() {
    let key: UInt64 = 0x0123_4567_89ab_cdef
    let normals = RandomStream(key: key, domain: 7, substream: 11).normals(count: 32 * 40)
    for group in 0..<40 {
      for lane in 0..<8 {
        let words = PhiloxReference.block(
          counter: SIMD4(UInt32(8 * group + lane), 7, 11, 0), key: SIMD2(0x89ab_cdef, 0x0123_4567))
        for pair in 0..<2 {
          let radius = (-2 * log((Double(words[2 * pair]) + 0.5) * 0x1p-32)).squareRoot()
          let angle = 2 * Double.pi * Double(words[2 * pair + 1]) * 0x1p-32
          let place = 32 * group + 16 * pair + lane
          #expect(abs(Double(normals[place]) - radius * cos(angle)) < 3e-6)
          #expect(abs(Double(normals[place + 8]) - radius * sin(angle)) < 3e-6)
        }
      }
    }
  }

  @Test func aShorterRequestIsAPrefixOfALongerOne() {
    let stream = RandomStream(key: 1, domain: 2, substream: 3)
    let long = stream.normals(count: 100)
    for count in [0, 1, 7, 8, 9, 17, 33, 99] { #expect(stream.normals(count: count) == Array(long.prefix(count))) }
  }

  /// A part of the stream is the same whether it is drawn alone or on the way.
  @Test func partsOfAStreamCanBeDrawnAlone() {
    let stream = RandomStream(key: 1, domain: 2, substream: 3)
    let whole = VectorBuffer(count: 1003)
    stream.fillNormals(UnsafeMutableBufferPointer(start: whole.base, count: 1003))
    for (first, count) in [(0, 5), (4, 300), (256, 1), (700, 303)] {
      let part = VectorBuffer(count: count)
      stream.fillNormals(UnsafeMutableBufferPointer(start: part.base, count: count), firstVector: first)
      for index in 0..<count { #expect(part.base[index] == whole.base[first + index]) }
    }
  }

  @Test func vectorsOfWordsAreThoseOfPhilox() {
    let words = UnsafeMutableBufferPointer<SIMD8<UInt32>>.allocate(capacity: 7)
    defer { words.deallocate() }
    RandomStream(key: 6, domain: 7, substream: 8).fillWords(words, firstVector: 12)
    for (vector, lanes) in words.enumerated() {
      for lane in 0..<8 {
        let block = UInt32(8 * ((12 + vector) / 4) + lane)
        let expected = PhiloxReference.block(counter: SIMD4(block, 7, 8, 0), key: SIMD2(6, 0))
        #expect(lanes[lane] == expected[vector % 4])
      }
    }
  }

  /// Moments, tails and the Kolmogorov–Smirnov distance of 2²¹ deviates; each bound is about five standard errors.
  @Test func normalsAreNormal() {
    let count = 1 << 21
    let normals = RandomStream(key: 42, domain: 0, substream: 0).normals(count: count).map(Double.init)
    let n = Double(count)
    #expect(abs(normals.reduce(0, +) / n) < 5 / n.squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 * $1 } / n) < 5 * (15 / n).squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n - 3) < 5 * (96 / n).squareRoot())
    let beyondFour = Double(normals.count { abs($0) > 4 })
    let expected = n * erfc(4 / 2.0.squareRoot())
    #expect(abs(beyondFour - expected) < 5 * expected.squareRoot())
    var distance = 0.0
    for (rank, value) in normals.sorted().enumerated() {
      let probability = erfc(-value / 2.0.squareRoot()) / 2
      distance = max(distance, abs(probability - Double(rank) / n), abs(probability - Double(rank + 1) / n))
    }
    #expect(distance * n.squareRoot() < 2.2)  // P ≈ 1e-4 under the null hypothesis
  }

  /// Lanes, pairs, domains, substreams and keys: no two of them are correlated.
  @Test func streamsAreUncorrelated() {
    let count = 1 << 16
    let base = RandomStream(key: 5, domain: 0, substream: 0).normals(count: count + 40).map(Double.init)
    func correlation(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count).squareRoot()
    }
    for lag in [1, 2, 4, 8, 16, 24, 32] {
      #expect(abs(correlation(base[0..<count], base[lag..<(count + lag)])) < 5)
    }
    for other in [
      RandomStream(key: 5, domain: 1, substream: 0), RandomStream(key: 5, domain: 0, substream: 1),
      RandomStream(key: 6, domain: 0, substream: 0), RandomStream(key: 5, domain: 0, substream: 1 << 32),
      RandomStream(key: 5 | 1 << 32, domain: 0, substream: 0),
    ] {
      let values = other.normals(count: count).map(Double.init)
      #expect(abs(correlation(base[0..<count], values[0..<count])) < 5)
    }
  }

  @Test func uniformsAreInsideTheUnitInterval() {
    var stream = RandomStream(key: 9, domain: 0, substream: 0)
    var sum = 0.0
    for _ in 0..<100_000 {
      let uniform = stream.nextUniform()
      #expect(uniform > 0 && uniform < 1)
      sum += uniform
    }
    #expect(abs(sum / 100_000 - 0.5) < 5 * (1.0 / 12 / 100_000).squareRoot())
  }

  @Test(arguments: [1, 2, 3, 7, 10, 800]) func integersAreUniform(bound: UInt32) {
    var stream = RandomStream(key: 10, domain: bound, substream: 0)
    var counts = [Double](repeating: 0, count: Int(bound))
    let draws = 20_000.0
    for _ in 0..<Int(draws) { counts[Int(stream.nextInteger(below: bound))] += 1 }
    let expected = draws / Double(bound)
    let chiSquare = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    let freedom = Double(bound - 1)
    #expect(chiSquare <= freedom + 5 * (2 * freedom).squareRoot())
  }
}
