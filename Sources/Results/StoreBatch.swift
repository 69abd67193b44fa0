public import Sweeps

/// What is stored in one transaction.
public struct StoreBatch: Sendable {
  /// Results; one whose trial has a result already is ignored.
  public var results: [ResultRecord]
  /// Failed attempts; within a run, one that is handed in again is ignored.
  public var failures: [FailureRecord]
  /// Trials that were with a worker that was lost over another one, as far as could be known.
  public var bystanders: [TrialID]
  /// What workers have, in place of what was stored of them before.
  public var holdings: [HoldingRecord]

  /// A batch from its parts.
  public init(
    results: [ResultRecord] = [], failures: [FailureRecord] = [], bystanders: [TrialID] = [],
    holdings: [HoldingRecord] = []
  ) {
    self.results = results
    self.failures = failures
    self.bystanders = bystanders
    self.holdings = holdings
  }

  var isEmpty: Bool { results.isEmpty && failures.isEmpty && bystanders.isEmpty && holdings.isEmpty }
}

/// What a worker has and may be lost over, for the next coordinator if this one ends.
public struct HoldingRecord: Sendable, Hashable {
  /// The worker's identity, 32 hexadecimal digits.
  public var worker: String
  /// `host:pid`.
  public var name: String
  /// The machine.
  public var host: String
  /// The process.
  public var pid: Int64
  /// The trials, in the order of execution; a record without any is forgotten.
  public var trials: [TrialID]
  /// Whether the coordinator started it, so that it ends with it.
  public var isLocal: Bool
  /// A record from its parts.
  public init(worker: String, name: String, host: String, pid: Int64, trials: [TrialID], isLocal: Bool) {
    self.worker = worker
    self.name = name
    self.host = host
    self.pid = pid
    self.trials = trials
    self.isLocal = isLocal
  }
}
