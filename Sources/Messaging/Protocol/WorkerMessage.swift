/// A message from a worker to the coordinator; `docs/protocol.md` says what each means.
public enum WorkerMessage: Sendable, Hashable {
  /// First message on a connection, and the answer to `rejoin`.
  case hello(Hello)
  /// A trial started, or nothing else was to be said for a while.
  case heartbeat(running: Identifier?, held: Int)
  /// Finished trials, and the one that runs now.
  case results([TrialReport], running: Identifier?)
  /// A planned leave.
  case goodbye(reason: String)

  /// Who a worker is and what it holds.
  public struct Hello: Sendable, Hashable {
    /// Drawn when the process starts.
    public var worker: Identifier
    /// Rises with every `hello`.
    public var session: UInt64
    /// For people: `host:pid`.
    public var name: String
    /// The machine it runs on.
    public var host: String
    /// Its process.
    public var pid: UInt64
    /// Version of its program.
    public var build: String
    /// The hash of the sweep that it came for.
    public var sweep: String
    /// Trials that it can hold, with the one that runs.
    public var capacity: Int
    /// Trials that it holds and has not finished, in the order of execution.
    public var held: [Identifier]
    /// The one that runs.
    public var running: Identifier?
    /// Trials whose results wait in its outbox.
    public var finished: [Identifier]
    /// How long it goes on executing trials, if its time is limited.
    public var remainingMilliseconds: UInt64?

    /// A greeting from its parts.
    public init(
      worker: Identifier, session: UInt64, name: String, host: String, pid: UInt64, build: String, sweep: String,
      capacity: Int, held: [Identifier] = [], running: Identifier? = nil, finished: [Identifier] = [],
      remainingMilliseconds: UInt64? = nil
    ) {
      self.worker = worker
      self.session = session
      self.name = name
      self.host = host
      self.pid = pid
      self.build = build
      self.sweep = sweep
      self.capacity = capacity
      self.held = held
      self.running = running
      self.finished = finished
      self.remainingMilliseconds = remainingMilliseconds
    }
  }
}

/// How one execution of a trial ended.
public struct TrialReport: Sendable, Hashable {
  /// A result, or why there is none.
  public enum Outcome: Sendable, Hashable {
    /// What the trial returned, in the form that the two shells agree on.
    case result(MessagePackValue)
    /// The kind of failure in one word, and a sentence for people.
    case failure(kind: String, message: String)
  }

  /// Kind of the failure of a trial that was stopped on request.
  public static let cancelledKind = "cancelled"
  /// Kind of the failure of a trial that ran longer than it may.
  public static let timeoutKind = "timeout"

  /// Whether the trial took longer than it may.
  public var isTimeout: Bool {
    if case .failure(Self.timeoutKind, _) = outcome { true } else { false }
  }

  /// Whether the trial was stopped on request.
  public var isCancelled: Bool {
    if case .failure(Self.cancelledKind, _) = outcome { true } else { false }
  }

  /// Which trial.
  public var trial: Identifier
  /// Which attempt at it, from 1.
  public var attempt: Int
  /// When it started, in Unix seconds by the worker's clock.
  public var startedAt: Double
  /// How long it took.
  public var seconds: Double
  /// How it ended.
  public var outcome: Outcome

  /// A report from its parts.
  public init(trial: Identifier, attempt: Int, startedAt: Double, seconds: Double, outcome: Outcome) {
    self.trial = trial
    self.attempt = attempt
    self.startedAt = startedAt
    self.seconds = seconds
    self.outcome = outcome
  }
}
