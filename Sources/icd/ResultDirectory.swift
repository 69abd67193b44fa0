import Foundation
import Reports
import Results
import Sweeps

/// What commands ask of a directory of results.
enum ResultDirectory {
  /// Whether there is a store in the directory.
  static func hasStore(_ directory: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(directory)/\(ResultStore.fileName)")
  }

  /// The trials that have a committed result; none where there is no store yet.
  static func committedTrials(in directory: String) throws -> Set<TrialID> {
    guard hasStore(directory) else { return [] }
    let store = try ResultStore(directory: directory, access: .readOnly)
    defer { try? store.close() }
    return try store.committedTrials()
  }

  /// The store of a directory, for reading.
  static func openStore(_ directory: String) throws -> ResultStore {
    guard hasStore(directory) else {
      throw UsageError(
        description: "\(directory) holds no results (no \(ResultStore.fileName)); name the directory that "
          + "`icd run` printed, or run a sweep first")
    }
    return try ResultStore(directory: directory, access: .readOnly)
  }

  /// The store of a directory, and the plan of the sweep that ran there last.
  static func open(_ directory: String) throws -> (store: ResultStore, plan: SweepPlan) {
    let store = try openStore(directory)
    guard let sweep = try store.latestSweep() else {
      throw UsageError(description: "\(directory) holds a store without a sweep; run `icd run` into it first")
    }
    return (store, SweepPlan(try SweepFile.parse(text: sweep.text, path: sweep.path)))
  }
}
