import Results
import Testing

@Suite struct SeedSummaryTests {
  /// NumPy 2.4: `np.mean(x)`, `np.std(x, ddof=1) / np.sqrt(len(x))`.
  @Test func agreesWithNumPy() throws {
    let usual = try #require(SeedSummary([0.31, 0.35, 0.329, 0.3274, 0.341, 0.3305]))
    #expect(usual.count == 6)
    #expect(abs(usual.mean - 0.33131666666666665) < 1e-15)
    #expect(abs((usual.standardError ?? 0) - 0.005533559232336613) < 1e-16)
    // A one-pass formula finds a wrong or even a negative variance here.
    let offset = try #require(SeedSummary([1e8 + 1, 1e8 + 2, 1e8 + 4]))
    #expect(abs((offset.standardError ?? 0) - 0.8819171036881969) < 1e-8)
  }

  @Test func oneSeedHasNoStandardErrorAndNoSeedNoSummary() throws {
    let one = try #require(SeedSummary([3]))
    #expect(one.mean == 3 && one.count == 1 && one.standardError == nil)
    #expect(SeedSummary([]) == nil)
  }
}

@Suite struct SeedMetricsTests {
  @Test func theCommonSignOfTheWeightsIsFixedBeforeTheMean() throws {
    let seeds = [
      SeedMetrics(["alpha": 1.5, "beta": 0.2, "alpha_beta": 0.3], isSignFree: true),
      SeedMetrics(["alpha": -1.7, "beta": -0.18, "alpha_beta": 0.306], isSignFree: true),
    ]
    #expect(abs((seeds.summary("alpha")?.mean ?? 0) - 1.6) < 1e-15)
    #expect(abs((seeds.summary("beta")?.mean ?? 0) - 0.19) < 1e-15)
    #expect(abs((seeds.summary("alpha_beta")?.mean ?? 0) - 0.303) < 1e-15)
    // A product below zero is kept: only a common sign is a matter of convention.
    #expect(SeedMetrics(["alpha": -2, "beta": 1], isSignFree: true)["beta"] == -1)
  }

  @Test func whereTheSignMattersTheWeightsComeAsTheyWereTrained() {
    let seed = SeedMetrics(["alpha": -0.9, "beta": -5, "alpha_beta": 4.5], isSignFree: false)
    #expect(seed["alpha"] == -0.9 && seed["beta"] == -5 && seed["alpha_beta"] == 4.5)
  }

  @Test func theExcessIsPairedSeedBySeed() {
    let seeds = [
      SeedMetrics(
        ["train_loss": 0.36, "test_loss": 0.40, "bayes_loss_train": 0.32, "bayes_loss_test": 0.35], isSignFree: true),
      SeedMetrics(
        ["train_loss": 0.38, "test_loss": 0.42, "bayes_loss_train": 0.34, "bayes_loss_test": 0.37], isSignFree: true),
    ]
    let excess = seeds.summary("excess")
    #expect(abs((excess?.mean ?? 0) - 0.045) < 1e-15)
    // Both seeds have the same excess although their losses differ: that is what pairing is for.
    #expect((excess?.standardError ?? 1) < 1e-15)
    #expect(abs((seeds.summary("excess_train")?.mean ?? 0) - 0.04) < 1e-15)
    #expect(abs((seeds.summary("excess_test")?.mean ?? 0) - 0.05) < 1e-15)
    #expect(abs((seeds.summary("bayes")?.mean ?? 0) - 0.345) < 1e-15)
  }

  @Test func whatWasNotMeasuredIsAbsent() {
    let seed = SeedMetrics(["train_loss": 1, "test_loss": 1, "bayes_loss_test": 0.5], isSignFree: true)
    #expect(seed["excess_test"] == 0.5)
    #expect(seed["excess_train"] == nil && seed["excess"] == nil && seed["beta"] == nil)
    #expect([seed, SeedMetrics([:], isSignFree: true)].summary("test_loss")?.count == 1)
    #expect([seed].summary("alpha") == nil)
  }
}

@Suite struct PowerLawFitTests {
  /// Points with standard errors times a factor; without a factor, of one seed each.
  private func points(errorsTimes factor: Double?, means: [Double] = [0.21, 0.103, 0.0535, 0.0295, 0.0112])
    -> [PowerLawFit.Point]
  {
    let lengths = [20, 50, 100, 200, 500]
    let errors = [0.004, 0.0025, 0.0012, 0.0009, 0.0006]
    let counts = [6, 6, 5, 6, 4]
    return lengths.indices.map { index in
      .init(
        contextLength: lengths[index],
        excess: SeedSummary(
          count: factor == nil ? 1 : counts[index], mean: means[index],
          standardError: factor.map { $0 * errors[index] }))
    }
  }

  /// NumPy 2.4: r² = Σ (k − 1) k (σ/y)² / Σ (k − 1); `np.linalg.lstsq` on log(y − a) against log(L + 9), rows divided by
  /// r y/((y − a) √k); the slope's variance from `np.linalg.inv(A.T @ A)`, times χ²/3 where that is above one. SciPy
  /// 1.17's `curve_fit` agrees to 8 digits.
  @Test(arguments: [
    (1.0, 0.0, -1.015175589404038, 6.432826630443541, 0.06775015173642704, 1.1302429288476092, 0.014483223556237981),
    (0.25, 0, -1.015175589404038, 6.432826630443541, 0.01693753793410676, 18.083886861561748, 0.014483223556237981),
    (4, 0, -1.015175589404038, 6.432826630443541, 0.27100060694570816, 0.07064018305297558, 0.05449282540934174),
    (1, 0.008, -1.1933425552957897, 11.838587866416734, 0.06775015173642704, 17.408851236196266, 0.08821829480993795),
  ])
  func aFitWithOneRelativeErrorAgreesWithNumPy(
    factor: Double, asymptote: Double, slope: Double, prefactor: Double, spread: Double, chiSquare: Double,
    standardError: Double
  ) throws {
    let fit = try #require(PowerLawFit(points(errorsTimes: factor), offset: 9, asymptote: asymptote))
    #expect(abs(fit.slope - slope) < 1e-12)
    #expect(abs(fit.prefactor - prefactor) < 1e-11)
    #expect(abs((fit.relativeSpread ?? 0) / spread - 1) < 1e-12)
    #expect(abs((fit.reducedChiSquare ?? 0) / chiSquare - 1) < 1e-10)
    #expect(abs((fit.slopeStandardError ?? 0) / standardError - 1) < 1e-10)
    #expect(fit.pointCount == 5 && fit.omittedCount == 0 && fit.asymptote == asymptote)
  }

  /// The noise of the standard errors does not choose the weights: only their pooled size has an effect.
  @Test func standardErrorsInAnotherOrderGiveTheSameLine() throws {
    let points = points(errorsTimes: 1)
    let ratios = points.map { ($0.excess.standardError ?? 0) / $0.excess.mean }
    let shuffled = points.indices.map { index in
      let mean = points[index].excess.mean
      return PowerLawFit.Point(
        contextLength: points[index].contextLength,
        excess: SeedSummary(count: 6, mean: mean, standardError: mean * ratios[(index + 2) % 5]))
    }
    let same = points.map { point in
      PowerLawFit.Point(
        contextLength: point.contextLength,
        excess: SeedSummary(count: 6, mean: point.excess.mean, standardError: point.excess.standardError))
    }
    let fits = [try #require(PowerLawFit(shuffled, offset: 9)), try #require(PowerLawFit(same, offset: 9))]
    #expect(abs(fits[0].slope - fits[1].slope) < 1e-13)
    #expect(abs((fits[0].slopeStandardError ?? 0) - (fits[1].slopeStandardError ?? 1)) < 1e-13)
  }

  /// SciPy 1.17: `scipy.stats.linregress`.
  @Test func withOneSeedEachAllPointsCountTheSame() throws {
    let fit = try #require(PowerLawFit(points(errorsTimes: nil), offset: 9))
    #expect(abs(fit.slope - -1.017779416476353) < 1e-12)
    #expect(abs(fit.prefactor - 6.4955366226881255) < 1e-11)
    #expect(abs((fit.slopeStandardError ?? 0) - 0.013964708862407676) < 1e-12)
    #expect(fit.reducedChiSquare == nil && fit.relativeSpread == nil)
  }

  @Test(arguments: [0.0, 0.25]) func anExactPowerLawIsFound(asymptote: Double) throws {
    let exact = [30, 60, 120].map {
      PowerLawFit.Point(
        contextLength: $0,
        excess: SeedSummary(count: 6, mean: asymptote + 6 / Double($0 + 9), standardError: 0.001))
    }
    let fit = try #require(PowerLawFit(exact, offset: 9, asymptote: asymptote))
    #expect(abs(fit.slope + 1) < 1e-12 && abs(fit.prefactor - 6) < 1e-10)
    #expect(abs(fit(60) - asymptote - 6 / 69) < 1e-12)
  }

  @Test func valuesWithoutALogarithmAreLeftOutAndCounted() throws {
    let points = points(errorsTimes: 1, means: [0.21, -0.01, 0.0535, 0, 0.0112])
    let fit = try #require(PowerLawFit(points, offset: 9))
    #expect(fit.pointCount == 3 && fit.omittedCount == 2)
    #expect(fit.slope < -0.9 && fit.slope > -1.1)
    #expect(PowerLawFit(points, offset: 9, asymptote: 0.02)?.omittedCount == 3)
  }

  @Test func twoPointsHaveASlopeButOnlySeveralSeedsGiveItAnError() throws {
    let stated = try #require(PowerLawFit(Array(points(errorsTimes: 1).prefix(2)), offset: 9))
    #expect(stated.slopeStandardError != nil && stated.reducedChiSquare == nil)
    let bare = try #require(PowerLawFit(Array(points(errorsTimes: nil).prefix(2)), offset: 9))
    #expect(bare.slopeStandardError == nil)
    #expect(PowerLawFit(Array(points(errorsTimes: 1).prefix(1)), offset: 9) == nil)
    #expect(PowerLawFit([], offset: 9) == nil)
  }
}
