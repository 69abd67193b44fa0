import ArgumentParser
import Foundation
import Results
import Sweeps

/// Which sweep of a directory is meant, where several ran there.
struct SweepChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which sweep of the directory, if several ran there: its name, or the beginning of its file's hash.",
      discussion: "The one that ran last by default.", valueName: "name-or-hash"))
  var sweep: String?
}

/// What commands ask of a directory of results.
enum ResultDirectory {
  /// Whether there is a store in the directory.
  static func hasStore(_ directory: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(directory)/\(ResultStore.fileName)")
  }

  /// The trials that have a committed result, and those that were given up; none where there is no store yet.
  static func settledTrials(in directory: String) throws -> (committed: Set<TrialID>, givenUp: Set<TrialID>) {
    guard hasStore(directory) else { return ([], []) }
    do {
      let store = try ResultStore(directory: directory, access: .readOnly)
      defer { try? store.close() }
      return (try store.committedTrials(), Set(try store.failures().compactMap { TrialID($0.trial) }))
    } catch StoreError.empty {
      return ([], [])
    }
  }

  /// The store of a directory, for reading.
  static func openStore(_ directory: String) throws -> ResultStore {
    guard hasStore(directory) else {
      throw UsageError(
        description: "\(directory.isEmpty ? "the empty name" : directory) holds no results (no "
          + "\(ResultStore.fileName)); name the directory that `icd run` printed, or run a sweep first")
    }
    return try ResultStore(directory: directory, access: .readOnly)
  }

  /// The store of a directory, and the plan of the sweep that a word means, or of the last one. Names the others on
  /// standard error.
  static func open(
    _ directory: String, sweep word: String?, namesOthers: Bool = true
  ) throws -> (store: ResultStore, plan: SweepPlan) {
    let store = try openStore(directory)
    let sweeps = try store.sweeps()
    guard let latest = sweeps.first else {
      throw UsageError(description: "\(directory) holds a store without a sweep; run `icd run` into it first")
    }
    let sweep = try word.map { try choose($0, among: sweeps, of: directory) } ?? latest
    let others = sweeps.filter { $0.hash != sweep.hash }
    if !others.isEmpty && namesOthers {
      printError(
        "icd: this is \(name(sweep)); \(directory) also holds \(names(others)), which --sweep chooses by name or hash")
    }
    return (store, SweepPlan(try SweepFile.parse(text: sweep.text, path: sweep.path)))
  }

  private static func choose(_ word: String, among sweeps: [SweepRecord], of directory: String) throws -> SweepRecord {
    let found = sweeps.matching(word)
    guard let sweep = found.first else {
      throw UsageError(description: "\(directory) holds no sweep “\(word)”; it holds \(names(sweeps))")
    }
    guard found.count == 1 else {
      throw UsageError(description: "“\(word)” begins the hashes of \(names(found)); give more digits")
    }
    return sweep
  }

  /// Digits of a hash that people see: enough to tell the sweeps of a directory apart.
  private static let hashDigits = 10
  /// Sweeps that a message names before it only counts.
  private static let namesMax = 8

  private static func name(_ sweep: SweepRecord) -> String { "\(sweep.name) (\(sweep.hash.prefix(hashDigits)))" }

  private static func names(_ sweeps: [SweepRecord]) -> String {
    let rest = sweeps.count - namesMax
    return sweeps.prefix(namesMax).map(name).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
