import Foundation
public import Messaging
public import Results
public import Sweeps

/// A result that is to be stored.
public struct FinishedTrial: Sendable {
  /// The trial's position in the work list.
  public var index: Int
  /// What it returned.
  public var result: TrialResult
  /// Which attempt, from 1.
  public var attempt: Int
  /// When it started, in Unix seconds by the worker's clock.
  public var startedAt: Double
  /// How long it took.
  public var seconds: Double
  /// Who executed it.
  public var worker: WorkerIdentity

  /// A finished trial from its parts.
  public init(
    index: Int, result: TrialResult, attempt: Int, startedAt: Double, seconds: Double, worker: WorkerIdentity
  ) {
    self.index = index
    self.result = result
    self.attempt = attempt
    self.startedAt = startedAt
    self.seconds = seconds
    self.worker = worker
  }
}

/// Where the coordinator puts results. It is called from one thread.
public protocol ResultSink: AnyObject {
  /// What earlier runs left: asked for once, before anything else.
  func prior() throws -> PriorWork
  /// Digest of the result that is stored for a trial; nothing if it has none.
  func digest(of index: Int) throws -> String?
  /// Makes faults and then results durable; may be called again with the same ones after it threw, whatever it had
  /// stored of them by then.
  func store(_ results: [FinishedTrial], faults: [TrialFault]) throws
  /// Throws what is wrong with the store that no waiting cures; the run ends with it. Asked about once a second, after
  /// ``store(_:faults:)`` threw, and at the end.
  func check() throws
}

/// What the coordinator needs of the store on disk.
public protocol TrialStore: AnyObject {
  /// Trials that have a result.
  func committedTrials() throws -> Set<TrialID>
  /// Failures that stand.
  func standingFailures(strikeKinds: [String]) throws -> ResultStore.StandingFailures
  /// How the result of a trial came about; nothing if it has none.
  func origin(of trial: TrialID) throws -> ResultOrigin?
  /// Stores results durably; ignores those whose trial has one.
  func commit(_ records: [ResultRecord]) throws
  /// Stores failures.
  func record(_ failures: [FailureRecord]) throws
  /// Throws if what was stored cannot be found any more.
  func checkInPlace() throws
}

/// Writes what the coordinator finds into a store, with the trials that its positions stand for.
public final class TrialSink: ResultSink {
  private let store: any TrialStore
  private let trials: [Trial]
  private let build: String

  /// A sink for the given trials; `build` is the version that the records name, since workers of another are refused.
  public init(_ store: any TrialStore, trials: [Trial], build: String) {
    self.store = store
    self.trials = trials
    self.build = build
  }

  /// What the store has: results, trials that were given up, and strikes.
  public func prior() throws -> PriorWork {
    let standing = try store.standingFailures(strikeKinds: [TrialFault.workerLostKind, TrialReport.timeoutKind])
    return PriorWork(
      committed: Set(try store.committedTrials().map { Identifier($0) }),
      failed: Set(standing.givenUp.map { Identifier($0) }),
      quarantined: Set(standing.quarantined.map { Identifier($0) }),
      strikes: Dictionary(uniqueKeysWithValues: standing.strikes.map { (Identifier($0.key), $0.value) }))
  }

  /// Digest of the stored result of a trial.
  public func digest(of index: Int) throws -> String? { try store.origin(of: trials[index].id)?.digest }

  /// Throws if what was stored cannot be found any more.
  public func check() throws { try store.checkInPlace() }

  /// Stores failures and then results. A result is never taken back by a failure, so a repetition does no harm.
  public func store(_ results: [FinishedTrial], faults: [TrialFault]) throws {
    let now = Date().timeIntervalSince1970
    if !faults.isEmpty {
      try store.record(
        faults.map {
          FailureRecord(
            trial: trials[$0.index], attempt: $0.attempt, kind: $0.kind, message: $0.message, worker: $0.worker.name,
            host: $0.worker.host, at: now, isFinal: $0.isFinal)
        })
    }
    if !results.isEmpty {
      try store.commit(
        results.map {
          ResultRecord(
            trial: trials[$0.index], result: $0.result, attempt: $0.attempt, worker: $0.worker.name,
            host: $0.worker.host, startedAt: $0.startedAt, seconds: $0.seconds, workerVersion: build)
        })
    }
  }
}

extension Identifier {
  /// The identity of a trial, as it travels.
  public init(_ trial: TrialID) { self.init(high: trial.high, low: trial.low) }
}
