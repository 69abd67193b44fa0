import Foundation
import Messaging
import Results
import Scheduling
import Sweeps

/// Where `icd status` gets what it says: the coordinator, the store, or both.
final class StatusSource {
  private let directory: String?
  private let sweep: String?
  private let joinFile: String?
  private var client: StatusClient?
  /// Whether the other sweeps of the directory were named already.
  private var hasNamedOthers = false

  /// How long a coordinator that somebody names may take to answer, in the words of every other wait for one.
  private static let answerTimeout = Span.seconds(8)
  /// The same where the store tells as well.
  private static let briefTimeout = Span.seconds(4)

  /// A source by a directory of results, or by a join file.
  init(directory: String?, joinFile: String?, sweep: String?) throws {
    self.directory = directory
    self.joinFile = joinFile
    self.sweep = sweep
    if let joinFile { client = try StatusClient(joinFile: joinFile) }
  }

  /// The status as it is now.
  func read() throws -> SweepStatus {
    guard let directory else {
      guard let client else { throw UsageError(description: "name a directory or a join file") }
      return SweepStatus(try client.ask(timeout: Self.answerTimeout))
    }
    let live = askCoordinator(of: directory)
    let (store, plan) = try ResultDirectory.open(directory, sweep: sweep, namesOthers: !hasNamedOthers)
    defer { try? store.close() }
    hasNamedOthers = true
    let stored = try SweepStatus(store: store, plan: plan, directory: directory)
    guard let live, live.sweepName == plan.sweep.name, live.planned == plan.trials.count else { return stored }
    return SweepStatus(live, failures: stored.failures)
  }

  /// What the coordinator that runs in a directory says, if one does.
  private func askCoordinator(of directory: String) -> RunStatus? {
    let path = "\(directory)/\(Coordinator.statusFileName)"
    guard FileManager.default.fileExists(atPath: path) else {
      client = nil
      return nil
    }
    do {
      let client = try client ?? StatusClient(joinFile: path)
      self.client = client
      return try client.ask(timeout: Self.briefTimeout, isPatient: false)
    } catch {
      // A run that was killed leaves its file behind; the store is there all the same.
      client = nil
      return nil
    }
  }
}
