import Denoising
import Sweeps
import Testing

struct TrialRunTests {
  private static let tasks = ["linear, d: 2", "sphere, d: 2", "mixture, component_count: 2"]

  /// A trial of a few milliseconds.
  private func small(task: String, attention: String, more: String = "") throws -> Trial {
    try #require(
      try plan(
        """
        {name: run, parameters: {task: \(task), attention: \(attention), n: 4, L: 6, train_prompts: 24,
        test_prompts: 12, batch_size: 10, epochs: 6, evaluation_interval: 2\(more)}}
        """
      ).trials.first)
  }

  @Test(arguments: tasks, ["linear", "softmax", "gaussian"])
  func aRebuiltTrialGivesTheSameBits(task: String, attention: String) throws {
    let trial = try small(task: task, attention: attention)
    let result = try trial.run { false }
    let again = try Trial(canonicalBytes: trial.canonicalBytes).run { false }
    #expect(result == again)
    #expect(result.digest == again.digest)
    #expect(result.curves.first == .init(name: "epoch", values: [0, 2, 4, 6]))
    #expect(result.metrics.allSatisfy { $0.value.isFinite })
    for name in [
      "train_loss", "test_loss", "initial_train_loss", "initial_test_loss", "min_test_loss", "alpha", "beta",
      "alpha_beta", "offdiagonal_kq", "offdiagonal_pv", "zero_loss_test", "zero_loss_train", "bayes_loss_test",
    ] {
      #expect(result[metric: name] != nil, "\(name)")
    }
    #expect(Set(result.metrics.map(\.name)).count == result.metrics.count)
    let matrices = attention == "gaussian" ? 3 : 2
    #expect(result.arrays.map(\.shape) == Array(repeating: [4, 4], count: 2 * matrices))
    #expect(result.arrays.first?.name == "initial_value")
  }

  @Test func everyOptionMakesADifference() throws {
    var digests = Set<ResultDigest>()
    let options = [
      "", ", residual: true", ", weights: scaled_identity", ", optimizer: sgd", ", optimizer: sgd, momentum: 0.5",
      ", learning_rate: 0.02", ", beta1: 0.5", ", beta2: 0.5", ", epsilon: 0.1", ", decay_at: [0.5]", ", decay_at: []",
      ", decay_factor: 0.5", ", initial_scale: 2", ", transform: random", ", transform: random, transform_condition: 3",
      ", transform: random, transform_seed: 2", ", transform: random, transform_target: transformed",
      ", noise_variance: 0.5", ", signal_variance: 3",
    ]
    for more in options {
      digests.insert(try small(task: "linear, d: 2", attention: "linear", more: more).run { false }.digest)
    }
    #expect(digests.count == options.count)
  }

  @Test func attentionsAreComparedOnTheSamePrompts() throws {
    let linear = try small(task: "sphere, d: 2", attention: "linear").run { false }
    let softmax = try small(task: "sphere, d: 2", attention: "softmax").run { false }
    for name in ["zero_loss_test", "zero_loss_train", "bayes_loss_test", "context_bayes_loss_test"] {
      #expect(linear[metric: name] == softmax[metric: name])
    }
    #expect(linear[metric: "test_loss"] != softmax[metric: "test_loss"])
  }

  @Test func aCancelledTrialHasNoResult() throws {
    let trial = try small(task: "linear, d: 2", attention: "linear")
    #expect(throws: ExperimentError.cancelled) { try trial.run { true } }
  }
}
