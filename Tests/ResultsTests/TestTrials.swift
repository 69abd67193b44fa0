import Foundation
import Sweeps
import Testing

/// A valid set of parameters of the linear task with linear attention.
func testParameters(L: Int = 20, d: ParameterValue = .integer(8), seed: Int = 1) -> ParameterSet {
  var parameters = ParameterSet()
  let values: [String: ParameterValue] = [
    "task": .text("linear"), "attention": .text("linear"), "n": .integer(16), "d": d, "L": .integer(L),
    "signal_variance": .real(2), "noise_variance": .real(1), "transform": .text("none"), "weights": .text("full"),
    "residual": .flag(false), "train_prompts": .integer(800), "test_prompts": .integer(200),
    "batch_size": .integer(80), "epochs": .integer(100), "optimizer": .text("adam"), "learning_rate": .real(0.01),
    "beta1": .real(0.9), "beta2": .real(0.999), "epsilon": .real(1e-8), "decay_at": .reals([0.8, 0.9]),
    "decay_factor": .real(0.1), "initial_scale": .real(1), "evaluation_interval": .integer(1),
    "seed": .integer(seed), "seed_root": .integer(0), "data_seed": .integer(seed),
  ]
  for (name, value) in values { parameters[name] = value }
  return parameters
}

func testTrial(L: Int = 20, d: ParameterValue = .integer(8), seed: Int = 1) throws -> Trial {
  try Trial(parameters: testParameters(L: L, d: d, seed: seed))
}

/// A new directory that is removed after the body.
func withTemporaryDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("icd-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// Does something to a store with another program.
func sqlite(_ path: String, _ statements: String) throws {
  let process = try Process.run(
    URL(fileURLWithPath: "/usr/bin/env"), arguments: ["sqlite3", path, statements])
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}
