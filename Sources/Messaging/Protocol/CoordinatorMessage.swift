/// A message from the coordinator to a worker; `docs/protocol.md` says what each means.
public enum CoordinatorMessage: Sendable, Hashable {
  /// The worker is registered.
  case welcome(Welcome)
  /// The worker is not registered and never will be.
  case refuse(code: RefusalCode, message: String)
  /// The coordinator does not know the sender on this connection.
  case rejoin
  /// Trials to execute, in this order, after those that the worker holds.
  case assign([TrialAssignment])
  /// Trials whose results the worker may forget.
  case acknowledge([Identifier])
  /// Trials not to start, or to stop.
  case cancel([Identifier])
  /// The coordinator lives.
  case heartbeat
  /// Start nothing more, finish within that time, deliver, leave.
  case drain(finishWithinMilliseconds: UInt64)
  /// The run is over: leave.
  case stop(reason: String)

  /// Why a worker is not registered.
  public enum RefusalCode: String, Sendable, Hashable, CaseIterable {
    /// It speaks another version of the protocol.
    case `protocol`
    /// It is another version of the program.
    case build
    /// It came for another sweep.
    case sweep
    /// Its worker identity is in use, or there are too many workers.
    case worker
  }

  /// What a registered worker is told.
  public struct Welcome: Sendable, Hashable {
    /// Of the coordinator; drawn when its process starts.
    public var incarnation: Identifier
    /// The session of the `hello` that this answers.
    public var session: UInt64
    /// Say something at least this often.
    public var heartbeatMilliseconds: UInt64
    /// Who says nothing for so long is taken for lost, on both sides.
    public var silenceLimitMilliseconds: UInt64
    /// How long one trial may run, if that is limited.
    public var trialTimeLimitMilliseconds: UInt64?
    /// Held trials that are not wanted any more.
    public var drop: [Identifier]

    /// A welcome from its parts.
    public init(
      incarnation: Identifier, session: UInt64, heartbeatMilliseconds: UInt64, silenceLimitMilliseconds: UInt64,
      trialTimeLimitMilliseconds: UInt64? = nil, drop: [Identifier] = []
    ) {
      self.incarnation = incarnation
      self.session = session
      self.heartbeatMilliseconds = heartbeatMilliseconds
      self.silenceLimitMilliseconds = silenceLimitMilliseconds
      self.trialTimeLimitMilliseconds = trialTimeLimitMilliseconds
      self.drop = drop
    }
  }
}

/// One trial handed to a worker.
public struct TrialAssignment: Sendable, Hashable {
  /// Which trial.
  public var trial: Identifier
  /// Which attempt at it, from 1.
  public var attempt: Int
  /// The bytes that the worker rebuilds the trial from.
  public var payload: [UInt8]

  /// An assignment from its parts.
  public init(trial: Identifier, attempt: Int, payload: [UInt8]) {
    self.trial = trial
    self.attempt = attempt
    self.payload = payload
  }
}
