/// How far a run is and who works on it: what the coordinator answers to those who look on.
public struct RunStatus: Sendable, Hashable {
  /// What a run is doing.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// It hands out trials.
    case running
    /// It was asked to stop, and waits for what runs.
    case draining
    /// The store fails, and it waits for that to pass.
    case storeTrouble = "store_trouble"
    /// It is over.
    case finished
  }

  /// Name of the sweep.
  public var sweepName: String
  /// What it is doing.
  public var state: State
  /// Version of the coordinator's program.
  public var build: String
  /// The coordinator's machine.
  public var host: String
  /// The coordinator's process.
  public var pid: UInt64
  /// Trials of the grid: the sum of the five counts that follow.
  public var planned: Int
  /// Trials with a committed result.
  public var done: Int
  /// Trials that were given up because they fail.
  public var failed: Int
  /// Trials that were given up because they cost too many workers.
  public var quarantined: Int
  /// Trials that are with a worker, or about to be committed.
  public var running: Int
  /// Trials not yet handed out.
  public var queued: Int
  /// Seconds since the coordinator started.
  public var elapsedSeconds: Double
  /// Trials committed in a second, over the last minute.
  public var ratePerSecond: Double
  /// Predicted seconds to the end, once there is something to predict from.
  public var remainingSeconds: Double?
  /// Connections that were turned away since the start.
  public var refusals: Int
  /// Who is registered, by name.
  public var workers: [WorkerStatus]

  /// A status from its parts.
  public init(
    sweepName: String, state: State, build: String, host: String, pid: UInt64, planned: Int, done: Int, failed: Int,
    quarantined: Int, running: Int, queued: Int, elapsedSeconds: Double, ratePerSecond: Double,
    remainingSeconds: Double?, refusals: Int, workers: [WorkerStatus]
  ) {
    self.sweepName = sweepName
    self.state = state
    self.build = build
    self.host = host
    self.pid = pid
    self.planned = planned
    self.done = done
    self.failed = failed
    self.quarantined = quarantined
    self.running = running
    self.queued = queued
    self.elapsedSeconds = elapsedSeconds
    self.ratePerSecond = ratePerSecond
    self.remainingSeconds = remainingSeconds
    self.refusals = refusals
    self.workers = workers
  }
}

/// One registered worker.
public struct WorkerStatus: Sendable, Hashable {
  /// `host:pid`, and behind a slash its number among those that were started together.
  public var name: String
  /// Its machine.
  public var host: String
  /// Its process.
  public var pid: UInt64
  /// The trial that it runs, in a few words.
  public var trial: String?
  /// Seconds since it began that trial.
  public var runningSeconds: Double
  /// Trials that it holds, with the one that runs.
  public var held: Int
  /// Results that it delivered.
  public var results: Int
  /// Seconds since it was last heard of.
  public var silentSeconds: Double

  /// A worker from its parts.
  public init(
    name: String, host: String, pid: UInt64, trial: String?, runningSeconds: Double, held: Int, results: Int,
    silentSeconds: Double
  ) {
    self.name = name
    self.host = host
    self.pid = pid
    self.trial = trial
    self.runningSeconds = runningSeconds
    self.held = held
    self.results = results
    self.silentSeconds = silentSeconds
  }
}
