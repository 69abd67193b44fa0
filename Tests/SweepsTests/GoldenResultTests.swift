import Sweeps
import Testing

/// Digests of whole trials, fixed: the same bits on every machine that the program runs on.
///
/// A change that alters them on purpose (another order of a sum, another polynomial) changes the results of every trial:
/// take the new ones from the failure, and raise `Version.description`, so that stored results of the old core are told
/// apart.
@Suite struct GoldenResultTests {
  static let digests = [
    "linear linear": "3151b51a8d42725800928e8c1615fe166c4bb1729607bd344a8acddfb3dc2e0e",
    "linear softmax": "a688243cbbe0d99106d4b1ee02e6857105c0408920795a97ac4a420f92bdc961",
    "linear gaussian": "a6c56a17a1da3bca7275f86811831098ff4d2f2ad7d458d39205f7af48c28752",
    "sphere linear": "a83cfc05d5e32f3864ae847e56576da51b2e1fee437d72d45fba0a75107cac64",
    "sphere softmax": "926a69e2c24cb4bfb8f38a9feb1c4622ffac6385f0e4351485a7a5ebf8cc0a86",
    "sphere gaussian": "a255e146294affbfc99dec82c42851030531e07abe7fda7799346a53f55b6689",
    "mixture linear": "cf1376050795d3b45e58913cbd4a43dffffe5ab30a7367cab58133c9fcc95774",
    "mixture softmax": "7d77c35e1c411e8d5a48eb9fd8a2c3e61432a1a631dd86526ace75ca5c7479d0",
    "mixture gaussian": "ba4e9ca9e74ce589dd6249bfd1abf4f08e338c27b5a132e9ec7eaa0e54c730bc",
  ]

  @Test(arguments: ["linear", "sphere", "mixture"], ["linear", "softmax", "gaussian"])
  func aTrialHasItsDigest(task: String, attention: String) throws {
    let text = """
      name: golden
      parameters:
        {task: \(task), attention: \(attention), n: 9, L: 37, train_prompts: 50, test_prompts: 20, batch_size: 16,
         epochs: 4\(task == "mixture" ? ", component_count: 5" : ", d: 4")}
      seeds: {count: 1, root: 3}
      """
    let trial = try #require(SweepPlan(SweepFile.parse(text: text, path: "golden.yaml")).trials.first)
    let digest = try trial.run { false }.digest.description
    #expect(Self.digests["\(task) \(attention)"] == digest)
  }

  static let longDigests = [
    "softmax": "394a71b8213207b8542c391f76c17e3f534310f45a9c9b939dffcdd5f41d9204",
    "gaussian": "665bc9473dd607fc38dfa334a99bdc0167cc410775b4419463652d143cc777a8",
  ]

  /// Contexts that are read in several tiles.
  @Test(arguments: ["softmax", "gaussian"])
  func aTrialWithLongContextsHasItsDigest(attention: String) throws {
    let text = """
      name: golden
      parameters:
        {task: mixture, attention: \(attention), n: 9, L: 2100, train_prompts: 20, test_prompts: 5, batch_size: 8,
         epochs: 3, component_count: 5}
      seeds: {count: 1, root: 3}
      """
    let trial = try #require(SweepPlan(SweepFile.parse(text: text, path: "golden.yaml")).trials.first)
    let digest = try trial.run { false }.digest.description
    #expect(Self.longDigests[attention] == digest)
  }
}
