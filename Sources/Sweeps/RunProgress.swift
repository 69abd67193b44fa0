/// How far a run is. planned = committed before + committed now + failed + running + queued.
public struct RunProgress: Sendable, Hashable {
  /// Trials of the grid.
  public var planned: Int
  /// Trials that had a committed result when the run began.
  public var committedBefore: Int
  /// Trials committed by this run.
  public var committedNow: Int
  /// Trials given up after their last attempt.
  public var failed: Int
  /// Trials handed to workers and not yet back.
  public var running: Int
  /// Trials not yet handed out.
  public var queued: Int
  /// Connected workers.
  public var workers: Int
  /// Seconds since the run began.
  public var elapsedSeconds: Double
  /// Predicted seconds to the end, once there is something to predict from.
  public var remainingSeconds: Double?

  /// A snapshot of a run.
  public init(
    planned: Int, committedBefore: Int, committedNow: Int, failed: Int, running: Int, queued: Int, workers: Int,
    elapsedSeconds: Double, remainingSeconds: Double?
  ) {
    self.planned = planned
    self.committedBefore = committedBefore
    self.committedNow = committedNow
    self.failed = failed
    self.running = running
    self.queued = queued
    self.workers = workers
    self.elapsedSeconds = elapsedSeconds
    self.remainingSeconds = remainingSeconds
  }
}
