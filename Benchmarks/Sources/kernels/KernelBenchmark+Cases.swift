import Denoising
import Numerics
import Workloads

extension KernelBenchmark {
  /// Every kernel at the paper's sizes, and the attention kernels at others.
  static var all: [KernelBenchmark] {
    elementary + sampling
      + [
        attention("softmax", .softmax, n: 16, L: 500, 80), attention("softmax", .softmax, n: 16, rank: 8, L: 500, 80),
        attention("softmax", .softmax, n: 64, L: 500, 80),
        attention("softmax", .softmax, n: 16, L: 10_000, 80), attention("gaussian", .gaussian, n: 16, L: 500, 80),
        attention("linear", .linear, n: 16, L: 500, 800), evaluation,
      ] + trials
  }

  private static let vectors = 1000

  private static var elementary: [KernelBenchmark] {
    let buffer = VectorBuffer(count: vectors)
    let stream = RandomStream(key: 1, domain: 0, substream: 0)
    func elementwise(_ name: String, _ f: @escaping (SIMD8<Float>) -> SIMD8<Float>) -> KernelBenchmark {
      .repeated(name, item: "value", items: 8 * vectors) {
        for index in 0..<vectors { buffer.base[index] = f(buffer.base[index]) }
      }
    }
    func inPairs(_ name: String, _ f: @escaping (SIMD16<Float>) -> SIMD16<Float>) -> KernelBenchmark {
      .repeated(name, item: "value", items: 8 * vectors) {
        for index in stride(from: 0, to: vectors, by: 2) {
          let y = f(SIMD16(lowHalf: buffer.base[index], highHalf: buffer.base[index + 1]))
          (buffer.base[index], buffer.base[index + 1]) = (y.lowHalf, y.highHalf)
        }
      }
    }
    return [
      // The arguments stay in (0, 1) and in (0.6, 1.1), however often the function is taken.
      elementwise("exponential") { VectorMath.exponential($0 * -1) },
      elementwise("power of two") { VectorMath.powerOfTwo($0 * -1) },
      inPairs("logarithm") { VectorMath.logarithm($0 + 2) },
      .repeated("normals", item: "value", items: 8 * vectors) {
        stream.fillNormals(UnsafeMutableBufferPointer(start: buffer.base, count: vectors))
      },
    ]
  }

  /// Tokens of one context from their normal deviates.
  private static var sampling: [KernelBenchmark] {
    let (n, rank, L) = (16, 8, 500)
    let coordinates = VectorBuffer(count: TokenBlocks.blocks(for: L) * rank)
    let tokens = VectorBuffer(count: TokenBlocks.blocks(for: L) * n)
    let basis = RandomStream(key: 2, domain: 0, substream: 0).normals(count: n * rank)
    func fill() {
      RandomStream(key: 2, domain: 1, substream: 0).fillNormals(
        UnsafeMutableBufferPointer(start: coordinates.base, count: coordinates.count))
    }
    return [
      .repeated("tokens of a subspace, n = 16, d = 8, L = 500", item: "token", items: L) {
        fill()
        TokenSampling.embed(
          basis: basis, TokenBlocks(base: coordinates.base, count: L, dimension: rank), dimension: n, into: tokens.base)
      },
      .repeated("coordinates on a sphere, rank 8, L = 500", item: "token", items: L) {
        fill()
        TokenSampling.scaleToSphere(coordinates.base, rank: rank, blocks: TokenBlocks.blocks(for: L), radius: 1)
      },
    ]
  }

  private static func attention(
    _ name: String, _ pooling: AttentionKernel.Pooling, n: Int, rank: Int? = nil, L: Int, _ count: Int
  ) -> KernelBenchmark {
    let fixture = KernelFixture(pooling: pooling, n: n, rank: rank ?? n, contextLength: L, count: count)
    let sizes = "n = \(n)" + (rank.map { ", rank \($0)" } ?? "") + ", L = \(L), \(count) prompts"
    return .repeated(
      "\(name), forward and backward, \(sizes)", item: "token", items: count * L
    ) { _ = fixture.trainingPass() }
  }

  private static var evaluation: KernelBenchmark {
    let fixture = KernelFixture(pooling: .softmax, n: 16, rank: 16, contextLength: 500, count: 200)
    return .repeated("softmax, forward, n = 16, L = 500, 200 prompts", item: "token", items: 200 * 500) {
      _ = fixture.evaluationPass()
    }
  }

  /// Whole experiments, and the two parts of them that no kernel alone is: a step of training without a context to
  /// speak of (L = 1: products with the weights, their gradients, Adam), and prompts with their baselines.
  private static var trials: [KernelBenchmark] {
    var short = PaperSizes()
    short.contextLength = 1
    let steps = short.experiment(.linear, .linear, epochs: 100, evaluationInterval: 100, seed: 1)
    let step = KernelBenchmark.timed(
      "epoch at L = 1: weights and Adam, 10 steps, 800 prompts", item: "prompt", items: 800
    ) {
      try TimedRun(steps).epoch
    }
    return [step]
      + PaperTask.allCases.flatMap { task -> [KernelBenchmark] in
        let experiment = PaperSizes().experiment(task, .softmax, epochs: 20, evaluationInterval: 20, seed: 1)
        return [
          .timed("prompts and baselines, \(task), 800 + 200", item: "prompt", items: 1000) {
            try TimedRun(experiment).preparation
          },
          .timed("trial of 20 epochs, softmax, \(task)", item: "prompt", items: 20 * 800) {
            try TimedRun(experiment).total
          },
        ]
      }
  }
}
