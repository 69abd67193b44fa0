import Denoising
import Numerics
import Testing

@Suite struct LandscapeTests {
  /// Every (α, β) of a grid against the reference layers, prompt by prompt in double precision.
  @Test(arguments: AttentionConfiguration.Kind.allCases, [false, true])
  func theLandscapeIsThatOfTheReference(kind: AttentionConfiguration.Kind, hasResidual: Bool) {
    let task = TaskConfiguration(
      family: .sphere(dimension: .uniform(2...5), radius: 2), ambientDimension: 9, contextLength: 75,
      noiseVariance: 0.3)
    let set = PromptSet(count: 6, dimension: 9, contextLength: 75, contextForm: kind.contextForm, rankMax: 6)
    let sampler = PromptSampler(task: task, key: 7)
    let prompts = (0..<6).map { sampler.draw(UInt64($0), into: set, at: $0, withContext: true) }
    let kernel = AttentionKernel(pooling: kind.pooling, dimension: 9, contextLength: 75, hasResidual: hasResidual)
    let key: Float = 0.8
    kernel.setScales([0, 0, key])
    let betas = [-1.0, 0, 0.4, 3]
    let landscape = kernel.landscape(keyQueryScales: betas, over: 1..<6, of: set)
    #expect(landscape.sections.map(\.keyQueryScale) == betas)
    for (section, beta) in betas.enumerated() {
      for alpha in [-0.5, 0, 0.9, 2] {
        let layer = Self.layer(kind, alpha, beta, Double(key), hasResidual)
        let exact = prompts[1...].reduce(0) {
          $0 + layer.squaredError(context: $1.context, query: $1.query, target: $1.target) / 45
        }
        #expect(abs(landscape.loss(valueScale: alpha, section: section) / exact - 1) < 1e-5)
      }
      let best = landscape.sections[section].bestValueScale
      let least = landscape.loss(valueScale: best, section: section)
      #expect(least <= landscape.loss(valueScale: best + 0.01, section: section))
      #expect(least <= landscape.loss(valueScale: best - 0.01, section: section))
    }
  }

  private static func layer(
    _ kind: AttentionConfiguration.Kind, _ alpha: Double, _ beta: Double, _ key: Double, _ hasResidual: Bool
  ) -> any ReferenceAttention {
    let (value, query) = (Matrix.identity(9, scale: alpha), Matrix.identity(9, scale: beta))
    return switch kind {
    case .linear: LinearAttention(value: value, keyQuery: query, hasResidual: hasResidual)
    case .softmax: SoftmaxAttention(value: value, keyQuery: query, hasResidual: hasResidual)
    case .gaussian:
      GaussianAttention(value: value, query: query, key: Matrix.identity(9, scale: key), hasResidual: hasResidual)
    }
  }
}
