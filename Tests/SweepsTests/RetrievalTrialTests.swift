import Denoising
import Sweeps
import Testing

/// Retrieval as a study of a sweep.
struct RetrievalTrialTests {
  private static let file = """
    name: retrieval
    parameters:
      {study: retrieval, task: sphere, attention: softmax, n: 2, d: 1, L: 12, steps: 9, contexts: 3, queries_per_context: 5}
    axes: {step_size: [0.5, 1]}
    """

  private static func study(_ trial: Trial) throws -> RetrievalStudy {
    guard case .retrieval(let study) = trial.study else { throw Unexpected() }
    return study
  }

  private struct Unexpected: Error {}

  @Test func aTrialIsTheStudyOfItsParameters() throws {
    let trials = try plan(Self.file).trials
    let studies = try trials.map(Self.study)
    let expected = RetrievalConfiguration(
      attention: .softmax, keyQueryScale: 10, stepSize: 0.5, steps: 9, contextCount: 3, queriesPerContext: 5)
    #expect(studies[0].configuration == expected)
    #expect(studies[1].configuration.stepSize == 1)
    // Every variant sees the same contexts and queries.
    #expect(studies[0].dataKey == studies[1].dataKey && studies[0].task == studies[1].task)
    #expect(studies[0].promptGroups.map(\.queriesPerContext) == [5])
    let trial = try Trial(canonicalBytes: trials[0].canonicalBytes)
    #expect(trial.id == trials[0].id)
    #expect(trials[0].parameters["train_prompts"] == nil && trials[0].parameters["transform"] == nil)
  }

  /// β without being told: 1/σ_Z², and for linear attention that of the paper's γ, with the mean variance of a token.
  @Test func scalesHaveThePapersDefaults() throws {
    func scale(_ parameters: String) throws -> Double {
      let text = "{name: a, parameters: {study: retrieval, \(parameters)}}"
      return try Self.study(plan(text).trials[0]).configuration.keyQueryScale
    }
    #expect(try scale("task: sphere, attention: gaussian, noise_variance: 0.2") == 5)
    #expect(try scale("task: linear, attention: linear, signal_variance: 3, noise_variance: 1") == 0.25)
    #expect(try scale("task: sphere, attention: linear, d: 3, radius: 2, noise_variance: 1") == 0.5)
    let mixture = "task: mixture, attention: linear, n: 4, radius: 1, component_count: 2, noise_variance: 0.5"
    #expect(try abs(scale("\(mixture), signal_variance: [0.1, 0.4]") - 1) < 1e-15)
    #expect(try abs(scale("\(mixture), signal_variance: [0.1, 0.4], component_weights: [1, 3]") - 1 / 1.075) < 1e-15)
    #expect(try scale("task: sphere, attention: softmax, key_query_scale: 7") == 7)
  }

  @Test func aResultHasTheNamesThatReportsLookFor() throws {
    let result = try plan(Self.file).trials[0].run { false }
    for name in [
      "query_loss", "one_step_loss", "converged_loss", "converged_excess", "converged_excess_error", "converged_ratio",
      "converged_ratio_error", "best_loss", "best_step", "converged_share", "unbounded_share", "steps_to_end",
      "end_token_distance", "ends_per_context", "bayes_loss_test", "zero_loss_test",
    ] {
      #expect(result[metric: name]?.isFinite == true, "\(name)")
    }
    #expect(Set(result.metrics.map(\.name)).count == result.metrics.count)
    #expect(
      result.curves.map(\.name) == ["step", "loss", "energy", "token_distance", "forgotten_share", "query_variance"])
    #expect(result.curves.allSatisfy { $0.values.count == 10 })
    #expect(result.curves[0].values == (0..<10).map(Double.init))
    #expect(result[metric: "query_loss"] == result.curves[1].values[0])
    let shapes = Dictionary(uniqueKeysWithValues: result.arrays.map { ($0.name, $0.shape) })
    #expect(
      shapes == [
        "context": [12, 2], "targets": [5, 2], "ends": [5, 2], "trajectories": [5, 10, 2], "energy_axis": [121],
        "energy": [121, 121],
      ])
    #expect(result.arrays.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
  }

  @Test func parametersOfAnotherStudyAreRefused() throws {
    for (parameters, message) in [
      ("study: retrieval, epochs: 5", "epochs has no meaning"), ("steps: 5", "steps has no meaning"),
      ("study: retrieval, train_prompts: 5", "train_prompts has no meaning"),
      ("study: retrieval, transform: random", "transform has no meaning"),
      ("study: retrieval, transform_seed: 3", "transform_seed has no meaning"),
      ("study: retrieval, queries_per_context: 0", "must be an integer from 1 to 10000"),
      ("study: retrieval, step_size: 0", "positive"),
    ] {
      let error = #expect(throws: (any Error).self) {
        try SweepFile.parse(text: "{name: a, parameters: {\(parameters)}}", path: "sweep.yaml")
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(parameters): \(error.map { "\($0)" } ?? "")")
    }
  }

  /// A result as in ``GoldenResultTests``: the same bits on every machine.
  @Test(arguments: [
    ("softmax", "db14a1af6edf32c925a33ece9273ccfe91c517e6e3155ad61c0842aa9936cd70"),
    ("gaussian", "f7f6d4ff2c591953e4447d66f4665f98e4926f38e14a5584194c609178c1b59d"),
  ])
  func aTrialHasItsDigest(attention: String, digest: String) throws {
    let text = """
      name: golden
      parameters:
        {study: retrieval, task: sphere, attention: \(attention), n: 2, d: 1, L: 37, steps: 6, contexts: 4,
         queries_per_context: 3}
      seeds: {count: 1, root: 3}
      """
    let trial = try #require(plan(text).trials.first)
    #expect(try trial.run { false }.digest.description == digest)
  }
}
