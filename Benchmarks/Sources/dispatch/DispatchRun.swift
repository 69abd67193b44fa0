import Foundation
import Results
import Scheduling
import Sweeps

/// The version that coordinator and workers of this program agree on.
private let build = "dispatch"

/// A coordinator in this process, and workers in others.
struct DispatchRun {
  let trials: Int
  let workers: Int
  let directory: String
  let hasRealResults: Bool

  /// Runs until all trials are stored; returns the figures as JSON.
  func perform() throws -> String {
    let plan = SweepPlan(try DispatchSweep.load(trials: trials))
    let store = try ResultStore(directory: directory, access: .create)
    let joinFile = directory + "/join.json"
    var configuration = CoordinatorConfiguration(
      outputDirectory: directory, listen: ["tcp://127.0.0.1:*"], joinFile: joinFile, sweepName: plan.sweep.name,
      scheduler: SchedulerConfiguration(build: build, sweepHash: plan.sweep.hash))
    let program = "/proc/self/exe"
    configuration.localWorkers = LocalWorkersConfiguration(
      count: workers,
      arguments: [try FileManager.default.destinationOfSymbolicLink(atPath: program), "worker", joinFile]
        + (hasRealResults ? ["real"] : []), logDirectory: directory)
    let coordinator = try Coordinator(
      configuration: configuration,
      items: plan.trials.map { WorkItem(id: .init($0.id), cost: $0.cost) },
      payload: { plan.trials[$0].canonicalBytes },
      sink: TrialSink(store, trials: plan.trials, build: build))
    // The clock starts when the first worker is there, and stops when the last result is on the disk: starting
    // processes is no dispatch.
    var begin: Date?
    var end = Date.distantPast
    let summary = try coordinator.run { notice in
      switch notice {
      case .workerJoined: begin = begin ?? Date()
      case .progress: end = Date()
      default: break
      }
    }
    guard summary.committedNow == trials, let begin else { throw DispatchFailure(summary: summary) }
    let stored = try store.committedTrials().count
    try store.close()
    guard stored == trials else { throw DispatchFailure(summary: summary) }
    let seconds = min(end, Date()).timeIntervalSince(begin)
    return #"{"trials": \#(trials), "workers": \#(workers), "seconds": \#(seconds)}"#
  }
}

/// Trials that were not done.
struct DispatchFailure: Error, CustomStringConvertible {
  let summary: RunSummary
  var description: String { "not every trial was stored: \(summary)" }
}

/// The sweep whose trials are handed out: real ones, with their real parameters.
enum DispatchSweep {
  static func load(trials: Int) throws -> Sweep {
    let text = """
      name: dispatch
      parameters: {n: 8, d: 3, L: 10, train_prompts: 20, test_prompts: 5, batch_size: 10, epochs: 2}
      seeds: \(trials)
      """
    return try SweepFile.parse(text: text, path: "dispatch.yaml")
  }
}

/// A worker whose trials do nothing.
func runEmptyWorker(joinFile: String, hasRealResults: Bool) throws {
  let real = try hasRealResults ? SweepPlan(DispatchSweep.load(trials: 1)).trials[0].run { false } : nil
  let result = real ?? TrialResult(metrics: [], curves: [], arrays: [])
  try runWorker(WorkerConfiguration(joinFile: joinFile, build: build, control: .parent)) { _, _ in result }
}
