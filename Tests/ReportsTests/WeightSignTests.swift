import Denoising
import Reports
import Testing

@Suite struct WeightSignTests {
  private static let families: [TaskFamily] = [
    .linearSubspace(dimension: .fixed(2), signalVariance: 2), .sphere(dimension: .fixed(2), radius: 1),
    .gaussianMixture(GaussianMixture(componentCount: .fixed(3), radius: 1, variances: [0.02])),
  ]

  /// A flip is free where it changes no prediction, or turns it into that for the mirrored context −X.
  @Test(arguments: AttentionConfiguration.Kind.allCases, [false, true])
  func theSignIsFreeButForNonlinearAttentionOnMixtures(kind: AttentionConfiguration.Kind, hasResidual: Bool) {
    let attention = AttentionConfiguration(kind: kind, hasResidual: hasResidual)
    let free = Self.families.map { family in
      attention.isSignFree(
        on: TaskConfiguration(family: family, ambientDimension: 4, contextLength: 5, noiseVariance: 0.1))
    }
    #expect(free == [true, true, kind == .linear])
  }
}
