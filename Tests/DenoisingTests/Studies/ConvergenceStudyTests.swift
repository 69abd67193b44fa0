import Denoising
import Foundation
import Numerics
import Testing

@Suite struct ConvergenceStudyTests {
  private static func study(
    _ family: TaskFamily, _ kind: AttentionConfiguration.Kind, L: Int, prompts: Int = 40, noise: Double = 0.4
  ) -> ConvergenceStudy {
    ConvergenceStudy(
      task: TaskConfiguration(family: family, ambientDimension: 6, contextLength: L, noiseVariance: noise),
      attention: AttentionConfiguration(kind: kind), promptCount: prompts, dataKey: 21)
  }

  /// The prompts of a study in original coordinates.
  private static func prompts(_ study: ConvergenceStudy) -> [Prompt] {
    let sampler = PromptSampler(task: study.task, key: study.dataKey)
    let set = PromptSet(
      count: 1, dimension: 6, contextLength: study.task.contextLength, contextForm: .tokens)
    return (0..<study.promptCount).map {
      sampler.draw(PromptSampler.firstTestPrompt + UInt64($0), into: set, at: 0, withContext: true)
    }
  }

  /// Every value from its definition, token by token; on the 2-sphere the integrals are hyperbolic functions.
  private static func sphereDeviations(_ prompt: Prompt, noise: Double) throws -> [ConvergenceQuantity: Double] {
    let basis = try #require(prompt.structure.subspaceBasis)
    #expect(basis.columns == 3)
    let query = basis.transposed * prompt.query
    let length = sqrt(query.reduce(0) { $0 + $1 * $1 })
    var (numerator, denominator) = ([0.0, 0, 0], 0.0)
    for t in 0..<prompt.context.columns {
      let token = basis.transposed * prompt.context.column(t)
      let weight = exp(zip(token, query).reduce(0) { $0 + $1.0 * $1.1 } / noise) / Double(prompt.context.columns)
      denominator += weight
      for i in 0..<3 { numerator[i] += weight * token[i] }
    }
    let kappa = length / noise
    let mean = sinh(kappa) / kappa
    let ratio = 1 / tanh(kappa) - 1 / kappa
    func largest(_ value: (Int) -> Double) -> Double { (0..<3).map { abs(value($0)) }.max() ?? 0 }
    return [
      .output: largest { numerator[$0] / denominator - ratio * query[$0] / length },
      .numerator: largest { numerator[$0] - mean * ratio * query[$0] / length } / exp(kappa),
      .denominator: abs(denominator - mean) / sinh(kappa),
    ]
  }

  private static func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    // The smallest value that at least that share does not exceed.
    return sorted.first { value in Double(sorted.count { $0 <= value }) >= share * Double(sorted.count) - 1e-9 } ?? 0
  }

  @Test func spheresAreMeasuredByTheirDefinition() throws {
    let study = Self.study(.sphere(dimension: .fixed(2), radius: 1), .softmax, L: 50)
    let expected = try Self.prompts(study).map { try Self.sphereDeviations($0, noise: 0.4) }
    let outcome = try study.run()
    #expect(outcome.quantities.map(\.quantity) == ConvergenceQuantity.allCases)
    for measured in outcome.quantities {
      let values = expected.compactMap { $0[measured.quantity] }
      #expect(abs(measured.mean / (values.reduce(0, +) / 40) - 1) < 1e-9)
      for (delta, value) in zip(ConvergenceQuantiles.deltas, measured.quantiles) {
        #expect(abs(value / Self.quantile(values, 1 - delta) - 1) < 1e-9, "\(measured.quantity) at \(delta)")
      }
    }
  }

  /// A large κ must not overflow: the very same formulas, scaled.
  @Test func strongQueriesAreMeasuredToo() throws {
    let outcome = try Self.study(.sphere(dimension: .fixed(2), radius: 1), .softmax, L: 20, noise: 2e-4).run()
    for measured in outcome.quantities {
      #expect(measured.quantiles.allSatisfy { $0.isFinite && $0 >= 0 })
    }
  }

  @Test func subspacesAreMeasuredByTheirDefinition() throws {
    let study = Self.study(.linearSubspace(dimension: .fixed(4), signalVariance: 2), .linear, L: 30)
    let values = try Self.prompts(study).map { prompt in
      let basis = try #require(prompt.structure.subspaceBasis)
      let query = basis.transposed * prompt.query
      var image = [0.0, 0, 0, 0]
      for t in 0..<30 {
        let token = basis.transposed * prompt.context.column(t)
        let overlap = zip(token, query).reduce(0) { $0 + $1.0 * $1.1 }
        for i in 0..<4 { image[i] += token[i] * overlap / (2 * 30) }
      }
      let deviation = (0..<4).map { abs(image[$0] - query[$0]) }.max() ?? 0
      return deviation / sqrt(query.reduce(0) { $0 + $1 * $1 })
    }
    let outcome = try study.run()
    #expect(outcome.quantities.map(\.quantity) == [.output])
    for (delta, value) in zip(ConvergenceQuantiles.deltas, outcome.quantities[0].quantiles) {
      // Second moments are summed in single precision.
      #expect(abs(value / Self.quantile(values, 1 - delta) - 1) < 1e-4)
    }
  }

  /// Numerator and denominator stay below Proposition 6, and the output of linear attention falls as 1/√L.
  @Test func thePropositionsHold() throws {
    let sphere = Self.study(.sphere(dimension: .fixed(2), radius: 1), .softmax, L: 100, prompts: 200)
    for measured in try sphere.run().quantities where measured.quantity != .output {
      for (delta, value) in zip(ConvergenceQuantiles.deltas, measured.quantiles) {
        #expect(value < (try #require(measured.quantity.bound(task: sphere.task, delta: delta))))
      }
    }
    func median(_ L: Int) throws -> Double {
      try Self.study(.linearSubspace(dimension: .fixed(4), signalVariance: 2), .linear, L: L, prompts: 2000)
        .run().quantities[0].quantiles[0]
    }
    // The median of 2000 is good to some 2 %.
    #expect(abs(try median(50) / median(800) / 4 - 1) < 0.08)
  }

  @Test func boundsAreThoseOfThePaper() throws {
    let linear = Self.study(.linearSubspace(dimension: .fixed(4), signalVariance: 2), .linear, L: 100).task
    let sphere = Self.study(.sphere(dimension: .fixed(4), radius: 1), .softmax, L: 100).task
    func bound(_ quantity: ConvergenceQuantity, _ task: TaskConfiguration, _ delta: Double) throws -> Double {
      try #require(quantity.bound(task: task, delta: delta))
    }
    #expect(abs(try bound(.output, linear, 0.1) - sqrt((4 + log(20)) / 100)) < 1e-12)
    #expect(abs(try bound(.output, sphere, 0.1) - sqrt((5 + log(20)) / 100)) < 1e-12)
    #expect(abs(try bound(.numerator, sphere, 0.01) - sqrt(2 * log(1000) / 100)) < 1e-12)
    #expect(abs(try bound(.denominator, sphere, 0.01) - sqrt(2 * log(200) / 100)) < 1e-12)
    let short = Self.study(.linearSubspace(dimension: .fixed(4), signalVariance: 2), .linear, L: 2).task
    #expect(abs(try bound(.output, short, 0.1) - (4 + log(20)) / 2) < 1e-12)
  }

  @Test func whereNoLimitIsKnownItIsRefused() {
    let mixture = GaussianMixture(componentCount: .fixed(3), radius: 1, variances: [0.1])
    for study in [
      Self.study(.gaussianMixture(mixture), .softmax, L: 10),
      Self.study(.sphere(dimension: .fixed(2), radius: 1), .linear, L: 10),
      Self.study(.linearSubspace(dimension: .fixed(2), signalVariance: 1), .softmax, L: 10),
      Self.study(.linearSubspace(dimension: .fixed(2), signalVariance: 1), .linear, L: 10, prompts: 0),
    ] {
      #expect(throws: ExperimentError.self) { try study.run() }
    }
  }
}
