import Denoising
import Foundation
import Reports
import Scheduling
import Sweeps

/// This program as a worker: how it is started, and what it executes.
enum WorkerProgram {
  /// The path of this executable, also when it was replaced on disk since it started.
  static var path: String {
    let link = "/proc/self/exe"
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
      FileManager.default.isExecutableFile(atPath: path)
    else { return link }
    return path
  }

  /// Program and arguments of a worker that lives and dies with this process.
  static func arguments(joinFile: String, end: EndTime?) -> [String] {
    [path, "worker", "--join", joinFile, "--control", "parent"] + (end?.arguments ?? ["--until", "none"])
  }

  /// Rebuilds a trial from the bytes that travelled, and runs it.
  ///
  /// With `ICD_TRACE` set, it first writes the trial's identity to standard error, which is the log of a local worker.
  static func execute(_ payload: [UInt8], _ isCancelled: () -> Bool) throws -> TrialResult {
    guard let memoryBudget else {
      throw TrialExecutionError(
        kind: "environment", message: "\(memoryBudgetVariable) must be a whole number of MiB, from 0")
    }
    let trial = try Trial(canonicalBytes: payload)
    if isTracing { printError("start \(trial.id)") }
    return try trial.run(memoryBudget: memoryBudget, isCancelled: isCancelled)
  }

  /// The environment variable that says how many MiB the tokens of one trial's prompts may take in a worker process.
  static let memoryBudgetVariable = "ICD_MEMORY_BUDGET"

  /// The budget in bytes; nothing if the environment's value is not one.
  private static var memoryBudget: Int? {
    guard let text = ProcessEnvironment.variables[memoryBudgetVariable] else { return Experiment.memoryBudgetDefault }
    guard let mebibytes = Int(text), mebibytes >= 0, mebibytes < 1 << 40 else { return nil }
    return mebibytes << 20
  }

  private static let isTracing = ProcessInfo.processInfo.environment["ICD_TRACE"] != nil
}
