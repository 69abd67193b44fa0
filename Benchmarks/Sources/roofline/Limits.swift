import Numerics
import Workloads

/// Operations or bytes per second, from repeated measurements.
struct Rate {
  /// One for each round, per second.
  private(set) var samples: [Double] = []

  mutating func add(_ amount: Double, in elapsed: Elapsed) { samples.append(amount / elapsed.cpu) }

  var median: Double { Workloads.median(samples) }
  /// What the machine gave at its best.
  var best: Double { samples.max() ?? 0 }
}

/// How long one measurement of a limit computes, in seconds.
private let limitSeconds = 0.05

/// Multiply-adds on registers alone: `chains` independent ones, enough to hide the latency of two FMA units.
enum PeakArithmetic {
  private static let links = 100_000
  private static let chains = 12
  private static let flopsPerLink = 2 * 8

  static func measure(into rate: inout Rate) {
    var sum = SIMD8<Float>.zero
    let elapsed = meanTime(atLeast: limitSeconds) { sum += run() }
    precondition(sum[0].isFinite)
    rate.add(Double(links * chains * flopsPerLink), in: elapsed)
  }

  @inline(never)
  private static func run() -> SIMD8<Float> {
    let factor = SIMD8<Float>(repeating: 0.999)
    let term = SIMD8<Float>(repeating: 0.001)
    var (a, b, c, d) = (term, term + 1, term + 2, term + 3)
    var (e, f, g, h) = (term + 4, term + 5, term + 6, term + 7)
    var (i, j, k, l) = (term + 8, term + 9, term + 10, term + 11)
    for _ in 0..<links {
      a = term.addingProduct(a, factor)
      b = term.addingProduct(b, factor)
      c = term.addingProduct(c, factor)
      d = term.addingProduct(d, factor)
      e = term.addingProduct(e, factor)
      f = term.addingProduct(f, factor)
      g = term.addingProduct(g, factor)
      h = term.addingProduct(h, factor)
      i = term.addingProduct(i, factor)
      j = term.addingProduct(j, factor)
      k = term.addingProduct(k, factor)
      l = term.addingProduct(l, factor)
    }
    return (a + b + c + d) + (e + f + g + h) + (i + j + k + l)
  }
}

/// Reading one array from its beginning to its end, again and again.
struct ReadBandwidth {
  private let buffer: VectorBuffer

  init(bytes: Int) {
    buffer = VectorBuffer(count: bytes / 32)
  }

  var bytes: Int { buffer.count * 32 }

  func measure(into rate: inout Rate) {
    var sum = SIMD8<Float>.zero
    let elapsed = meanTime(atLeast: limitSeconds) { sum += Self.total(buffer) }
    precondition(sum[0] == 0)
    rate.add(Double(bytes), in: elapsed)
  }

  @inline(never)
  private static func total(_ buffer: VectorBuffer) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    var (a, b, c, d, e, f, g, h) = (V.zero, V.zero, V.zero, V.zero, V.zero, V.zero, V.zero, V.zero)
    var index = 0
    while index &+ 8 <= buffer.count {
      let x = buffer.base + index
      a += x[0]
      b += x[1]
      c += x[2]
      d += x[3]
      e += x[4]
      f += x[5]
      g += x[6]
      h += x[7]
      index &+= 8
    }
    return (a + b + c + d) + (e + f + g + h)
  }
}

/// McCalpin's STREAM triad a = b + s c, counted as he does: three floats moved for each element.
struct Triad {
  private let a: VectorBuffer
  private let b: VectorBuffer
  private let c: VectorBuffer

  init(bytesEach: Int) {
    (a, b, c) = (
      VectorBuffer(count: bytesEach / 32), VectorBuffer(count: bytesEach / 32), VectorBuffer(count: bytesEach / 32)
    )
  }

  func measure(into rate: inout Rate) {
    let elapsed = meanTime(atLeast: limitSeconds) {
      for index in 0..<a.count { a.base[index] = b.base[index].addingProduct(c.base[index], SIMD8(repeating: 3)) }
    }
    rate.add(Double(3 * 32 * a.count), in: elapsed)
  }
}

/// Elementary functions on data in the first-level cache, in values per second.
enum ElementaryFunctions {
  private static let vectors = 256

  static func exponentials(_ buffer: VectorBuffer, into rate: inout Rate) {
    let elapsed = meanTime(atLeast: limitSeconds) {
      // Of 2⁻ˣ with x in [0, 1]: stays there however often it is taken.
      for index in 0..<vectors { buffer.base[index] = VectorMath.powerOfTwo(buffer.base[index] * -1) }
    }
    rate.add(Double(8 * vectors), in: elapsed)
  }

  static func logarithms(_ buffer: VectorBuffer, into rate: inout Rate) {
    let elapsed = meanTime(atLeast: limitSeconds) {
      for index in stride(from: 0, to: vectors, by: 2) {
        let x = SIMD16(lowHalf: buffer.base[index], highHalf: buffer.base[index + 1])
        let y = VectorMath.logarithm(x + 2)
        (buffer.base[index], buffer.base[index + 1]) = (y.lowHalf, y.highHalf)
      }
    }
    rate.add(Double(8 * vectors), in: elapsed)
  }

  static func normals(_ buffer: VectorBuffer, into rate: inout Rate) {
    let stream = RandomStream(key: 5, domain: 0, substream: 0)
    let elapsed = meanTime(atLeast: limitSeconds) {
      stream.fillNormals(UnsafeMutableBufferPointer(start: buffer.base, count: vectors))
    }
    rate.add(Double(8 * vectors), in: elapsed)
  }

  static func makeBuffer() -> VectorBuffer { VectorBuffer(count: vectors) }
}
