import Denoising
import Sweeps
import Testing

/// Sweeps of several studies.
struct StudyTests {
  private static let file = """
    name: mixed
    cases:
      - {study: landscape, alpha_bounds: [-1, 3], beta_bounds: [0, 20], grid_points: 5}
      - {study: training, epochs: 3}
    parameters: {task: sphere, attention: softmax, n: 6, d: 2, L: 12, train_prompts: 40, test_prompts: 10}
    seeds: 2
    """

  /// Training is what a trial without the parameter does, so that trials from before keep their identity.
  @Test func trainingIsTheDefault() throws {
    let plain = try plan("{name: a, axes: {L: [5]}}").trials
    #expect(try plan("{name: a, parameters: {study: training}, axes: {L: [5]}}").trials.map(\.id) == plain.map(\.id))
    #expect(plain[0].parameters["study"] == nil && plain[0].parameters.study == .training)
  }

  @Test func aLandscapeIsOfThePromptsThatTrainingSees() throws {
    let trials = try plan(Self.file).trials
    #expect(trials.map { $0.study.kind } == [.landscape, .landscape, .training, .training])
    guard case .landscape(let study) = trials[1].study, case .training(let experiment) = trials[3].study else {
      Issue.record("not the studies of the file")
      return
    }
    #expect(study.promptGroups == experiment.promptGroups)
    #expect(study.task == experiment.task && study.attention.kind == .softmax)
    #expect(study.valueScales == ScaleGrid(bounds: -1...3, count: 5))
    #expect(study.keyQueryScales == ScaleGrid(bounds: 0...20, count: 5))
    let landscape = try trials[1].run { false }
    let training = try trials[3].run { false }
    #expect(landscape[metric: "bayes_loss_test"] == training[metric: "bayes_loss_test"])
    #expect(landscape[metric: "bayes_loss_train"] == training[metric: "bayes_loss_train"])
  }

  @Test func aLandscapeHasTheNamesThatReportsLookFor() throws {
    let trial = try plan(Self.file).trials[0]
    let result = try Trial(canonicalBytes: trial.canonicalBytes).run { false }
    #expect(try result.digest == trial.run { false }.digest)
    for point in ["node", "minimum", "heuristic"] {
      for quantity in ["alpha", "beta", "train_loss", "test_loss"] {
        #expect(result[metric: "\(point)_\(quantity)"]?.isFinite == true)
      }
    }
    #expect(result[metric: "limit_alpha"] == nil)
    #expect(result.curves.map(\.name) == ["grid_alpha", "grid_beta", "valley_alpha", "valley_train_loss"])
    #expect(result.curves[0].values == [-1, 0, 1, 2, 3] && result.curves[1].values == [0, 5, 10, 15, 20])
    #expect(result.arrays.map(\.name) == ["landscape_train_loss"] && result.arrays[0].shape == [5, 5])
    #expect(Set(result.metrics.map(\.name)).count == result.metrics.count)
  }

  @Test func parametersOfAnotherStudyAreRefused() throws {
    let message = "epochs has no meaning for any trial of this case"
    expectError(Self.file.replacing("grid_points: 5", with: "epochs: 5"), message)
    expectError("{name: a, parameters: {grid_points: 5}}", "grid_points has no meaning for any trial of this sweep")
    expectError(
      "{name: a, parameters: {study: landscape, attention: gaussian}}",
      "a landscape over α and β is not one of gaussian attention")
    expectError("{name: a, parameters: {study: landscape, beta_bounds: [3, 1]}}", "must be in ascending order")
    expectError("{name: a, parameters: {study: landscpe}}", "study must be one of")
  }

  private func expectError(_ text: String, _ message: String) {
    do {
      _ = try SweepFile.parse(text: text, path: "sweep.yaml")
      Issue.record("no error: \(message)")
    } catch {
      #expect(error.description.contains(message), "\(error.description)")
    }
  }
}
