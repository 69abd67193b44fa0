import ArgumentParser
import Foundation
import Results
import Scheduling
import Sweeps

/// `icd retry`: puts trials back that were given up.
struct RetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Put trials back that failed, so that the next run tries them again.",
    discussion: """
      A trial that failed, or that cost too many workers or too much time, is not run again by itself. This puts all \
      such trials of a directory back, or those that are named; the command that runs the sweep then tries them as if \
      they had never failed. What went wrong before stays in the store. No run may be going on in the directory.

      EXAMPLES:
        icd retry results/figure-4a && icd run figure-4a.yaml
        icd retry results/figure-4a --trial 3fa9 --trial 77c0
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @Option(
    name: .customLong("trial"),
    help: ArgumentHelp("A trial, by the first digits of its identity; may be given more than once.", valueName: "id"))
  var trials: [TrialReference] = []

  func run() throws {
    try ResultDirectory.openStore(directory).close()
    let lock = try DirectoryLock(directory)
    defer { withExtendedLifetime(lock) {} }
    let store = try ResultStore(directory: directory, access: .create)
    defer { try? store.close() }
    let failed = try store.failures().compactMap { TrialID($0.trial) }
    let chosen =
      trials.isEmpty ? failed : Array(Set(try trials.map { try $0.resolve(amongFailed: failed, in: directory) }))
    try store.putBack(chosen, at: Date().timeIntervalSince1970)
    let count = "\(chosen.count) \(chosen.count == 1 ? "trial" : "trials")"
    let left = failed.count - chosen.count
    try StandardOutput.write(
      failed.isEmpty ? "no trial of \(directory) failed\n" : "put \(count) back; \(left) failed ones stay\n")
  }
}

extension TrialReference {
  /// The one trial of those that failed that is meant; throws a ``UsageError`` if there is none or more than one.
  fileprivate func resolve(amongFailed failed: [TrialID], in directory: String) throws -> TrialID {
    try resolve(among: failed, in: directory, remedy: "`icd status \(directory)` names those that failed")
  }
}
