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
    "linear softmax": "3db25a8ba362d55bd4ebb327ebee52bb6a5d13c95b301377401b79b75627446a",
    "linear gaussian": "5ff372aa1943b965b4c9502800dbb775015b6a5ae84e321c41f79077d2581216",
    "sphere linear": "a83cfc05d5e32f3864ae847e56576da51b2e1fee437d72d45fba0a75107cac64",
    "sphere softmax": "0dbd9aacc20992521419c32083eaf0856c2f6a9e6503cb5b258a5eb7dc7f2d04",
    "sphere gaussian": "c90962dbc5976f0ff43e6dc2dc67d6994df9611cbcc3d055516a4504ed95a012",
    "mixture linear": "cf1376050795d3b45e58913cbd4a43dffffe5ab30a7367cab58133c9fcc95774",
    "mixture softmax": "af1e3703bea1627f873544fbd70f263c57995578e8b3c5f068a1fb5fcd85b967",
    "mixture gaussian": "0acdb52a80a30e4dddf6cf66d56323413d5328c2cd57b539f2cb461293b4192f",
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
