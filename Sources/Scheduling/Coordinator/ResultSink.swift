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

/// What is to be stored in one transaction.
public struct RunRecords: Sendable {
  /// Results.
  public var results: [FinishedTrial]
  /// Failed attempts.
  public var faults: [TrialFault]
  /// Positions of trials that were with a worker that was lost over another one, as far as could be known.
  public var bystanders: [Int]
  /// What workers have, in place of what was stored of them before.
  public var holdings: [Identifier: Holding]

  /// What is to be stored; by default nothing.
  public init(
    results: [FinishedTrial] = [], faults: [TrialFault] = [], bystanders: [Int] = [],
    holdings: [Identifier: Holding] = [:]
  ) {
    self.results = results
    self.faults = faults
    self.bystanders = bystanders
    self.holdings = holdings
  }

  /// Whether there is nothing to store.
  public var isEmpty: Bool { results.isEmpty && faults.isEmpty && bystanders.isEmpty && holdings.isEmpty }
}

/// Where the coordinator puts results. It is called from one thread.
public protocol ResultSink: AnyObject {
  /// What earlier runs left: asked for once, before anything else.
  func prior() throws -> PriorWork
  /// Digest of the result that is stored for a trial; nothing if it has none.
  func digest(of index: Int) throws -> String?
  /// Makes all of it durable, or nothing: then it throws, and is called again with the same, and perhaps more.
  func store(_ records: RunRecords) throws
  /// Throws what is wrong with the store that no waiting cures; the run ends with it. Asked about once a second, after
  /// ``store(_:)`` threw, and at the end.
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
  /// Trials that were with a worker that was lost over another one.
  func bystanders() throws -> Set<TrialID>
  /// What workers had when the last coordinator ended.
  func holdings() throws -> [HoldingRecord]
  /// Stores all of it durably, or nothing; ignores results whose trial has one.
  func commit(_ batch: StoreBatch) throws
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
      strikes: Dictionary(uniqueKeysWithValues: standing.strikes.map { (Identifier($0.key), $0.value) }),
      bystanders: Set(try store.bystanders().map { Identifier($0) }),
      holdings: try store.holdings().compactMap { Holding($0) })
  }

  /// Digest of the stored result of a trial.
  public func digest(of index: Int) throws -> String? { try store.origin(of: trials[index].id)?.digest }

  /// Throws if what was stored cannot be found any more.
  public func check() throws { try store.checkInPlace() }

  /// Stores it. A result is never taken back by a failure, so a repetition does no harm.
  public func store(_ records: RunRecords) throws {
    let now = Date().timeIntervalSince1970
    let failures = records.faults.map {
      FailureRecord(
        trial: trials[$0.index], attempt: $0.attempt, kind: $0.kind, message: $0.message, worker: $0.worker.name,
        host: $0.worker.host, at: now, isFinal: $0.isFinal)
    }
    let results = records.results.map {
      ResultRecord(
        trial: trials[$0.index], result: $0.result, attempt: $0.attempt, worker: $0.worker.name,
        host: $0.worker.host, startedAt: $0.startedAt, seconds: $0.seconds, workerVersion: build)
    }
    try store.commit(
      StoreBatch(
        results: results, failures: failures, bystanders: records.bystanders.map { trials[$0].id },
        holdings: records.holdings.values.map { HoldingRecord($0) }))
  }
}

extension Identifier {
  /// The identity of a trial, as it travels.
  public init(_ trial: TrialID) { self.init(high: trial.high, low: trial.low) }
}

extension Holding {
  /// What a store has of a worker; nothing if it was not written by a coordinator.
  init?(_ record: HoldingRecord) {
    // The identity of a worker is written as that of a trial is.
    guard let id = TrialID(record.worker), let pid = UInt64(exactly: record.pid) else { return nil }
    self.init(
      worker: WorkerIdentity(id: Identifier(id), name: record.name, host: record.host, pid: pid),
      trials: record.trials.map { Identifier($0) }, isLocal: record.isLocal)
  }
}

extension HoldingRecord {
  /// A worker's holding for the store.
  init(_ holding: Holding) {
    self.init(
      worker: holding.worker.id.description, name: holding.worker.name, host: holding.worker.host,
      pid: Int64(clamping: holding.worker.pid), trials: holding.trials.map { TrialID(high: $0.high, low: $0.low) },
      isLocal: holding.isLocal)
  }
}
