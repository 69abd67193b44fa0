public import Messaging

/// One connection of the coordinator's socket, as long as it lasts.
public struct Route: Sendable, Hashable {
  /// The number that libzmq gave it.
  public var number: UInt32

  /// A connection by its number.
  public init(_ number: UInt32) { self.number = number }
}

/// One unit of work as the scheduler sees it. It refers to trials by their position in the list of these.
public struct WorkItem: Sendable, Hashable {
  /// Identity of the trial.
  public var id: Identifier
  /// Estimate of the work, in floating-point operations or any other unit; only ratios matter.
  public var cost: Double

  /// A unit of work.
  public init(id: Identifier, cost: Double) {
    self.id = id
    self.cost = cost
  }
}

/// Who a worker is, for people and for the record.
public struct WorkerIdentity: Sendable, Hashable {
  /// Drawn when its process started.
  public var id: Identifier
  /// `host:pid`.
  public var name: String
  /// The machine.
  public var host: String
  /// The process.
  public var pid: UInt64

  /// Who a worker is.
  public init(id: Identifier, name: String, host: String, pid: UInt64) {
    self.id = id
    self.name = name
    self.host = host
    self.pid = pid
  }
}

/// A trial that could not be done, at one attempt or for good.
public struct TrialFault: Sendable, Hashable {
  /// The trial's position.
  public var index: Int
  /// The attempt that failed, from 1.
  public var attempt: Int
  /// Kind of a fault that cost the worker.
  public static let workerLostKind = "worker_lost"
  /// Kind of a fault that is a second result of other bits than the first.
  public static let mismatchKind = "mismatch"

  /// One word: `worker_lost`, `timeout`, `malformed_result`, `mismatch`, or what the trial itself reported.
  public var kind: String
  /// A sentence for people.
  public var message: String
  /// Where it happened.
  public var worker: WorkerIdentity
  /// Whether the trial is given up.
  public var isFinal: Bool

  /// A fault from its parts.
  public init(index: Int, attempt: Int, kind: String, message: String, worker: WorkerIdentity, isFinal: Bool) {
    self.index = index
    self.attempt = attempt
    self.kind = kind
    self.message = message
    self.worker = worker
    self.isFinal = isFinal
  }
}

extension Scheduler {
  /// What can happen to the coordinator.
  public enum Event: Sendable {
    /// A worker's message arrived.
    case message(WorkerMessage, from: Route)
    /// A frame arrived that is no message.
    case malformedFrame(MessageError, from: Route)
    /// A message could not be sent.
    case unreachable(Route)
    /// A local worker's process ended; the text says how.
    case processEnded(pid: UInt64, host: String, detail: String)
    /// A local worker's process was ended, for no fault of its own.
    case processStopped(pid: UInt64, host: String, detail: String)
    /// A worker of an earlier coordinator will not come back: it was lost, or it ended for no fault of its own.
    case absentEnded(Identifier, detail: String, isLost: Bool)
    /// All that effects had to be stored before is durable: results, faults, suspicions and holdings. Settled are the
    /// trials of the results and of the final faults.
    case stored([Int])
    /// They are not; they will be tried again at ``Effect/retryStore``.
    case storeFailed(String)
    /// The result of a trial that is to be committed has the wrong shape.
    case malformedResult(Int, reason: String, by: WorkerIdentity)
    /// A second result of a trial, which was handed out as ``Effect/compare(index:_:by:)``, is not the same as the first.
    case mismatch(Int, reason: String, by: WorkerIdentity)
    /// Time went by.
    case tick
    /// End the run in good order.
    case drain
    /// End the run now.
    case stop
  }

  /// What the coordinator has to do.
  public enum Effect: Sendable, Hashable {
    /// Send a message.
    case send(CoordinatorMessage, to: Route)
    /// Send these trials, with their payloads, as an `assign`.
    case assign([Lease], to: Route)
    /// Store a result, then report ``Event/stored(_:)``.
    case commit(index: Int, TrialReport, by: WorkerIdentity)
    /// Compare a second result with the one that is stored or about to be; if they differ, report
    /// ``Event/mismatch(_:reason:by:)``.
    case compare(index: Int, TrialReport, by: WorkerIdentity)
    /// Store a fault, then report ``Event/stored(_:)``.
    case record(TrialFault)
    /// Store that a worker was lost with this trial, and over another one as far as could be known.
    case suspect(index: Int)
    /// Store that this is all that a worker has and may be lost over, in the order of execution, then report
    /// ``Event/stored(_:)``. What is stored of it before is replaced; a worker that has nothing is forgotten.
    case hold(WorkerIdentity, [Int])
    /// Try again to store what could not be stored.
    case retryStore
    /// The store fails (for this reason), or works again (nothing).
    case storeTrouble(String?)
    /// A worker registered.
    case workerJoined(WorkerIdentity)
    /// A worker is gone, for this reason.
    case workerLeft(WorkerIdentity, reason: String)
    /// The workers of a machine are given nothing for a while, for this reason.
    case hostPaused(String, for: Span, reason: String)
    /// They are given trials again.
    case hostResumed(String)
    /// The run is over, but for farewells.
    case finished(Outcome)
  }

  /// One trial in an `assign`.
  public struct Lease: Sendable, Hashable {
    /// The trial's position.
    public var index: Int
    /// Which attempt, from 1.
    public var attempt: Int
  }

  /// How a run ended.
  public enum Outcome: Sendable, Hashable {
    /// Every trial is committed or failed.
    case complete
    /// It was stopped before.
    case interrupted
    /// It was stopped because as many trials had failed as may.
    case tooManyFailures
  }
}
