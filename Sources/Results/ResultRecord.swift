public import Sweeps

/// A finished trial on its way into the store: what was run, what came out, and who computed it.
public struct ResultRecord: Sendable {
  /// What was run.
  public var trial: Trial
  /// What it returned.
  public var result: TrialResult
  /// Which attempt succeeded, counted from 1.
  public var attempt: Int
  /// Name of the worker that computed it.
  public var worker: String
  /// Host of that worker.
  public var host: String
  /// When the worker began, in Unix seconds.
  public var startedAt: Double
  /// Wall time of the computation, in seconds.
  public var seconds: Double
  /// Version of the worker's program.
  public var workerVersion: String

  /// A finished trial.
  public init(
    trial: Trial, result: TrialResult, attempt: Int, worker: String, host: String, startedAt: Double, seconds: Double,
    workerVersion: String
  ) {
    self.trial = trial
    self.result = result
    self.attempt = attempt
    self.worker = worker
    self.host = host
    self.startedAt = startedAt
    self.seconds = seconds
    self.workerVersion = workerVersion
  }
}

/// One attempt of a trial that ended without a result.
public struct FailureRecord: Sendable {
  /// What was run.
  public var trial: Trial
  /// Which attempt failed, counted from 1.
  public var attempt: Int
  /// A word for the kind of failure: `error`, `worker_lost`, `timeout`, ….
  public var kind: String
  /// What was reported, for the user.
  public var message: String
  /// Name of the worker that had the trial.
  public var worker: String
  /// Host of that worker.
  public var host: String
  /// When the failure was noticed, in Unix seconds.
  public var at: Double
  /// Whether the trial was given up after this attempt.
  public var isFinal: Bool

  /// A failed attempt.
  public init(
    trial: Trial, attempt: Int, kind: String, message: String, worker: String, host: String, at: Double, isFinal: Bool
  ) {
    self.trial = trial
    self.attempt = attempt
    self.kind = kind
    self.message = message
    self.worker = worker
    self.host = host
    self.at = at
    self.isFinal = isFinal
  }
}
