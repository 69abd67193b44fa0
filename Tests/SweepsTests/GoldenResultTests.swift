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
    "linear softmax": "10952bd0b64acd7bb83eac7846c6a8b82f120b52b7c50680c65e207c3e037bba",
    "linear gaussian": "4eec9d4f9cea43e99ca1fc78d681a647785541a0c55e2629c55bb7ecc2506c1c",
    "sphere linear": "a83cfc05d5e32f3864ae847e56576da51b2e1fee437d72d45fba0a75107cac64",
    "sphere softmax": "6fc739af0878a3e2d73072a6f106b9589f3f1ee71c83a8907c445a956a8ecb09",
    "sphere gaussian": "ae0acd6f731abd3b5fc0c1601cdbdbb6db2658b7556556e6343f454f529022d5",
    "mixture linear": "cf1376050795d3b45e58913cbd4a43dffffe5ab30a7367cab58133c9fcc95774",
    "mixture softmax": "8328ef5cce6d921f39ccfe67e91f30dac4e0178e425498425977d4518303ab70",
    "mixture gaussian": "ae72b1def612b3d49d4226813603d9612a6752859120e6ca12396b46b2d87158",
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
}
