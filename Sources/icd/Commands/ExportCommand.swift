import ArgumentParser
import Results
import Sweeps

/// `icd export`: one trial as files for NumPy and PyTorch.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write one trial as .npy files, to be replayed in NumPy or PyTorch.",
    discussion: """
      Writes contexts, queries and targets of all prompts, the initial weights, the order of the batches, the step \
      sizes, the loss history and the final weights, and all parameters as JSON. Prompts are drawn again; history and \
      weights are those in the store, or are computed now if the trial has no result yet. examples/replay/ trains the \
      same layer from these files in PyTorch and compares.

      EXAMPLES:
        icd export results/figure-4a --trial 3f2a91 --to /tmp/trial
        icd plan sweep.yaml --trials                     lists the trials of a sweep
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("The trial; its first digits suffice.", valueName: "id"))
  var trial: TrialReference

  @Option(
    name: .customLong("to"), help: ArgumentHelp("The directory to write, which must not exist.", valueName: "dir"),
    completion: .directory)
  var destination: String

  @Flag(help: "Write also more than 1 GiB.")
  var force = false

  func run() throws {
    let (store, plan) = try ResultDirectory.open(directory, sweep: nil)
    defer { try? store.close() }
    let planned = Dictionary(plan.trials.map { ($0.id, $0) }) { first, _ in first }
    let committed = try store.committedTrials()
    let id = try trial.resolve(among: committed.union(planned.keys), in: directory)
    let trial = try planned[id] ?? storedTrial(id, in: store)
    // Before a trial without a result is run, which may take longer than the reader wants to wait for a refusal.
    try TrialExport.checkPlace(destination)
    if !force { try TrialExport.checkSize(of: trial, bytesMax: TrialExport.bytesMax) }
    let result = try result(of: trial, in: store)
    try TrialExport(trial: trial, result: result, program: "icd \(Version.description)").write(to: destination)
    printError("wrote \(destination): trial \(id)")
  }

  /// A trial of an earlier sweep in the same directory.
  private func storedTrial(_ id: TrialID, in store: ResultStore) throws -> Trial {
    guard let bytes = try store.canonicalBytes(of: id) else {
      throw UsageError(description: "\(directory) has no parameters of trial \(id)")
    }
    return try Trial(canonicalBytes: bytes)
  }

  private func result(of trial: Trial, in store: ResultStore) throws -> TrialResult {
    if let result = try store.result(of: trial.id) { return result }
    printError("icd: trial \(trial.id) has no result yet, and is run now")
    return try trial.run { false }
  }
}
