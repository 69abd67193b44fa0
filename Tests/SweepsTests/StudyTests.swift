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

  /// A transfer trains what a training trial with the same parameters trains, and uses it on prompts of its own.
  @Test func aTransferIsOfTheLayerThatTrainingTrains() throws {
    let file = """
      name: transfer
      cases: [{study: training}, {study: transfer, transfer_d: 2, transfer_L: 30}, {study: transfer, transfer_L: 40}]
      parameters: {n: 6, d: 3, L: 12, train_prompts: 40, test_prompts: 10, epochs: 3}
      """
    let trials = try plan(file).trials
    guard case .training(let experiment) = trials[0].study, case .transfer(let short) = trials[1].study,
      case .transfer(let long) = trials[2].study
    else {
      Issue.record("not the studies of the file")
      return
    }
    #expect(short.experiment == experiment && long.experiment == experiment)
    #expect(short.usedTask.family == .linearSubspace(dimension: .fixed(2), signalVariance: 2))
    #expect(short.usedTask.contextLength == 30 && long.usedTask.contextLength == 40)
    #expect(long.usedTask.family == experiment.task.family)
    #expect(Set([short.usedKey, long.usedKey, experiment.streams.data]).count == 3)
    let (training, used) = (try trials[0].run { false }, try trials[1].run { false })
    #expect(used[metric: "alpha"] == training[metric: "alpha"])
    #expect(used[metric: "train_loss"] == training[metric: "train_loss"])
    #expect(used.arrays == training.arrays.filter { $0.name.hasPrefix("final_") })
    #expect(used[metric: "transfer_loss"] != nil && used[metric: "bayes_loss_test"] != nil)
    #expect(used[metric: "bayes_loss_train"] == nil && used.metrics.allSatisfy { $0.value.isFinite })
    expectError(file.replacing("transfer_d: 2", with: "transfer_d: 7"), "transfer_d = 7 is larger than n = 6")
    expectError(file.replacing("transfer_d: 2", with: "grid_points: 7"), "grid_points has no meaning for any trial")
  }

  @Test func convergenceNeedsAKnownLimit() throws {
    let file =
      "{name: a, parameters: {study: convergence, task: sphere, attention: softmax, d: 2, L: 9, test_prompts: 5}}"
    let trial = try plan(file).trials[0]
    #expect(trial.parameters["epochs"] == nil && trial.parameters["train_prompts"] == nil)
    #expect(
      try trial.run { false }.metrics.map(\.name)
        == ["deviation", "numerator", "denominator"].flatMap { name in
          ["mean", "50", "90", "99"].map { "\(name)_\($0)" }
        })
    expectError(file.replacing("softmax", with: "linear"), "the limit of this attention on this task is not known")
    expectError(file.replacing("L: 9", with: "epochs: 9"), "epochs has no meaning for any trial of this sweep")
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
