import Foundation
import Numerics
import Workloads

/// The two limits of a machine, and each kernel's share of what they allow. All rates are medians over the rounds.
struct Roofline: Codable {
  /// A limit of the machine.
  struct Limit: Codable {
    var name: String
    var unit: String
    var median: Double
    var best: Double
  }

  /// A kernel against the limits.
  struct Kernel: Codable {
    var name: String
    var workingSetBytes: Int
    /// Of a pass over all prompts, in seconds.
    var seconds: Double
    var gigaflops: Double
    var shareOfPeak: Double
    var exponentialsPerSecond: Double
    /// What the memory, and what the arithmetic, takes of a pass at least, in seconds.
    var memorySeconds: Double
    var arithmeticSeconds: Double
    var bound: String
    var shareOfAttainable: Double
  }

  var rounds: Int
  var limits: [Limit]
  var kernels: [Kernel]

  static func measure(rounds: Int) -> Roofline {
    let cases = KernelCase.all
    let triad = Triad(bytesEach: 128 << 20)
    let functions = ElementaryFunctions.makeBuffer()
    let cacheReads = [32 << 10, 512 << 10, 256 << 20].map { ReadBandwidth(bytes: $0) }
    let setReads = cases.map { ReadBandwidth(bytes: $0.workingSet) }
    var peak = Rate()
    var stream = Rate()
    var (exponentials, logarithms, normals) = (Rate(), Rate(), Rate())
    var cacheRates = [Rate](repeating: Rate(), count: cacheReads.count)
    var setRates = [Rate](repeating: Rate(), count: cases.count)
    var passes = [Rate](repeating: Rate(), count: cases.count)
    for _ in 0..<rounds {
      PeakArithmetic.measure(into: &peak)
      triad.measure(into: &stream)
      ElementaryFunctions.exponentials(functions, into: &exponentials)
      ElementaryFunctions.logarithms(functions, into: &logarithms)
      ElementaryFunctions.normals(functions, into: &normals)
      for index in cacheReads.indices { cacheReads[index].measure(into: &cacheRates[index]) }
      for index in cases.indices {
        setReads[index].measure(into: &setRates[index])
        passes[index].add(1, in: cases[index].measure())
      }
    }
    let limits =
      [limit("multiply-adds (FMA) in registers", "GFLOP/s", peak)]
      + zip(cacheReads, cacheRates).map { limit("read, \(size($0.bytes))", "GB/s", $1) } + [
        limit("triad, 3 × 128 MiB", "GB/s", stream), limit("exponentials", "G/s", exponentials),
        limit("logarithms", "G/s", logarithms), limit("normals", "G/s", normals),
      ]
    let kernels = cases.indices.map {
      Kernel(cases[$0], passes[$0].median, peak: peak.median, bandwidth: setRates[$0].median, exponentials.median)
    }
    return Roofline(rounds: rounds, limits: limits, kernels: kernels)
  }

  private static func limit(_ name: String, _ unit: String, _ rate: Rate) -> Limit {
    Limit(name: name, unit: unit, median: rate.median / 1e9, best: rate.best / 1e9)
  }
}

extension Roofline.Kernel {
  /// A kernel that makes so many passes a second, on a machine with these limits.
  init(_ kernel: KernelCase, _ passesPerSecond: Double, peak: Double, bandwidth: Double, _ exponentialRate: Double) {
    let prompts = Double(kernel.fixture.prompts.count)
    let flops = kernel.cost.flops * prompts
    name = kernel.name
    workingSetBytes = kernel.workingSet
    seconds = 1 / passesPerSecond
    gigaflops = flops * passesPerSecond / 1e9
    shareOfPeak = flops * passesPerSecond / peak
    exponentialsPerSecond = kernel.cost.exponentials * prompts * passesPerSecond
    memorySeconds = Double(kernel.workingSet) / bandwidth
    arithmeticSeconds = flops / peak + kernel.cost.exponentials * prompts / exponentialRate
    bound = memorySeconds > arithmeticSeconds ? "memory" : "arithmetic"
    shareOfAttainable = max(memorySeconds, arithmeticSeconds) / seconds
  }
}

extension KernelCase {
  /// The paper's sizes, one that stays in the second-level cache, and one that is far larger than the last level.
  static var all: [KernelCase] {
    func softmax(n: Int = 16, rank: Int? = nil, _ L: Int, _ count: Int) -> KernelCase {
      let coordinates = rank.map { ", rank \($0)" } ?? ""
      return KernelCase(
        name: "softmax training, n = \(n)\(coordinates), L = \(L), \(count) prompts",
        fixture: KernelFixture(pooling: .softmax, n: n, rank: rank ?? n, contextLength: L, count: count),
        cost: .softmaxTraining(n: n, rank: rank ?? n, contextLength: L), isTraining: true)
    }
    let paper = softmax(500, 800)
    return [
      paper,
      KernelCase(
        name: "softmax evaluation, n = 16, L = 500, 800 prompts", fixture: paper.fixture,
        cost: .softmaxEvaluation(n: 16, contextLength: 500), isTraining: false),
      softmax(rank: 8, 500, 800), softmax(500, 16), softmax(5000, 800), softmax(n: 64, 500, 200),
      KernelCase(
        name: "linear attention training, n = 16, 800 prompts",
        fixture: KernelFixture(pooling: .linear, n: 16, rank: 16, contextLength: 500, count: 800),
        cost: .linearTraining(n: 16), isTraining: true),
    ]
  }
}

/// A number of bytes in binary units.
func size(_ bytes: Int) -> String {
  bytes >= 1 << 20 ? String(format: "%.1f MiB", Double(bytes) / 0x1p20) : "\(bytes >> 10) KiB"
}
