public import Sweeps

/// What the coordinator tells its user while it runs.
public enum RunNotice: Sendable {
  /// It listens there.
  case listening([String])
  /// How far it is; at most four times a second.
  case progress(RunProgress)
  /// A worker registered.
  case workerJoined(WorkerIdentity)
  /// A worker is gone.
  case workerLeft(WorkerIdentity, reason: String)
  /// A machine, where too much went wrong, is given nothing for so many seconds.
  case hostPaused(String, seconds: Double, reason: String)
  /// It is given trials again.
  case hostResumed(String)
  /// A trial failed, at one attempt or for good.
  case fault(TrialFault)
  /// The store fails, for this reason, or works again.
  case storeTrouble(String?)
  /// A signal asked to stop: first in good order, then at once.
  case stopping(atOnce: Bool)
  /// Peers were turned away.
  case rejected(PeerRejection)
  /// So many workers of the run before this one are waited for, at most for so long: they may still have trials.
  case expecting(workers: Int, secondsMax: Int)
  /// Something that may be of interest.
  case information(String)
  /// The time by which the run must have ended is near, and it drains.
  case timeIsUp(EndTime)
  /// A local worker's process ended unexpectedly, and no ``fault(_:)`` says so.
  case processTrouble(String)
}

/// What a run came to.
public struct RunSummary: Sendable, Hashable {
  /// Trials that had a result when it began.
  public var committedBefore: Int
  /// Trials whose results it committed.
  public var committedNow: Int
  /// Trials that it gave up.
  public var failed: Int
  /// Trials that have neither.
  public var remaining: Int
  /// Second results whose bits were not those of the first.
  public var mismatches: Int
  /// How it ended.
  public var outcome: Scheduler.Outcome
  /// The final faults, the first ``faultsMax`` of them.
  public var faults: [TrialFault]

  /// Faults that are kept for the summary; all of them are in the store.
  public static let faultsMax = 1_000
}
