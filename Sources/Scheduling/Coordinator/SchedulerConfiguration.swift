public import Messaging

/// The times and limits of the coordinator's machine; `docs/protocol.md` lists them.
public struct SchedulerConfiguration: Sendable, Hashable {
  /// A worker says something at least this often.
  public var heartbeatInterval: Span = .seconds(2)
  /// A worker that says nothing for so long is lost.
  public var silenceLimit: Span = .seconds(30)
  /// A worker that had trials when the coordinator ended, and does not come back to the next one for so long, is lost. It
  /// looks for a new address when it has heard nothing for ``silenceLimit``.
  public var returnLimit: Span = .seconds(60)
  /// Predicted time of work that a worker is supplied with.
  public var prefetchHorizon: Span = .seconds(0.5)
  /// A trial that cost so many workers is quarantined.
  public var attemptsMax = 3
  /// How long a trial may run before its worker stops it, which costs it a strike; nothing for as long as it takes.
  public var trialTimeLimit: Span?
  /// The run is stopped in good order when so many trials have failed; nothing for never.
  public var failuresMax: Int?
  /// When nothing is queued, stragglers are looked for so often.
  public var hedgeInterval: Span = .seconds(0.5)
  /// A trial is handed to a second worker if its end is expected so many times as late as the second would end it,
  public var hedgeFactor = 2.0
  /// and that saves so much at least.
  public var hedgeGainMin: Span = .seconds(1)
  /// A machine with so many faults, and no success in between,
  public var hostFaultsMax = 5
  /// within this time,
  public var hostFaultWindow: Span = .seconds(60)
  /// is paused for so long; doubles up to the maximum, until something succeeds.
  public var hostPause: Span = .seconds(10)
  /// The longest such pause.
  public var hostPauseMax: Span = .seconds(600)
  /// A trial that is predicted to end within this time is let finish when the run is stopped.
  public var drainGrace: Span = .seconds(5)
  /// How long a farewell is waited for.
  public var farewellTimeout: Span = .seconds(2)
  /// Wait before a failed commit is tried again; doubles up to the maximum.
  public var storeRetryDelay: Span = .seconds(0.5)
  /// The longest such wait.
  public var storeRetryDelayMax: Span = .seconds(30)
  /// Workers that may be registered at once.
  public var workersMax = 10_000
  /// Version of the program; workers of another are refused.
  public var build: String
  /// Hash of the sweep; workers that came for another are refused.
  public var sweepHash: String
  /// Of this process.
  public var incarnation: Identifier

  /// The defaults, for a program and a sweep.
  public init(build: String, sweepHash: String, incarnation: Identifier = .random()) {
    self.build = build
    self.sweepHash = sweepHash
    self.incarnation = incarnation
  }
}
