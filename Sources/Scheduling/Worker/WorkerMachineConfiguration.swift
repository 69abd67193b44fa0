public import Messaging

/// The times and limits of a worker's machine; `docs/protocol.md` lists them.
public struct WorkerMachineConfiguration: Sendable, Hashable {
  /// Wait for `welcome` before a fresh connection is tried.
  public var welcomeTimeout: Span = .seconds(3)
  /// A worker that was never welcomed gives up after this.
  public var joinTimeout: Span = .seconds(8)
  /// A worker that lost its coordinator gives up after this.
  public var coordinatorPatience: Span = .seconds(600)
  /// A worker that lost its coordinator, and finds that the join file was removed, gives up after this.
  public var joinFilePatience: Span = .seconds(30)
  /// A result that is not acknowledged is sent again after this.
  public var resendInterval: Span = .seconds(30)
  /// Wait for the last acknowledgements when leaving.
  public var farewellTimeout: Span = .seconds(2)
  /// A trial that was told to stop and runs on for so long does not stop at all: the process has to end.
  public var hangGrace: Span = .seconds(30)
  /// When the process will be ended from outside, if that is known: the end of a cluster job.
  public var deadline: Instant?
  /// So long before that it stops executing, to deliver and to leave.
  public var deadlineMargin: Span = .seconds(10)
  /// Trials that may be held.
  public var capacity = 512
  /// Who this is.
  public var identity: WorkerIdentity
  /// Version of the program.
  public var build: String
  /// Hash of the sweep in the join file.
  public var sweepHash: String

  /// The defaults, for one worker.
  public init(identity: WorkerIdentity, build: String, sweepHash: String) {
    self.identity = identity
    self.build = build
    self.sweepHash = sweepHash
  }
}

/// Why a worker ended.
public enum WorkerExit: Error, Sendable, Hashable, CustomStringConvertible {
  /// The run is over.
  case finished(reason: String)
  /// It was asked to leave here.
  case drained(reason: String)
  /// The coordinator stops before the run is over, and may come back.
  case released
  /// A trial did not stop when it was told to, so the process, whose thread it holds, must end, and may be replaced.
  case hung(Identifier)
  /// The coordinator does not want it.
  case refused(CoordinatorMessage.RefusalCode, message: String)
  /// It never reached a coordinator.
  case cannotJoin
  /// It lost its coordinator and did not find it again.
  case coordinatorLost
  /// It lost its coordinator, which then removed the join file: it ended in good order, and this worker missed it.
  case coordinatorEnded

  /// Exit status of the process for ``hung(_:)``, which says to who started it that another may take its place:
  /// EX_TEMPFAIL of sysexits(3).
  public static let hungStatus: Int32 = 75
  /// Exit statuses of a process that ended as its worker was told to: the sweep is done, or there is more to do.
  public static let orderlyStatuses: Set<Int32> = [0, 130]
  /// Whether this is how a worker is meant to end.
  public var isOrderly: Bool {
    switch self {
    case .finished, .drained, .released: true
    case .hung, .refused, .cannotJoin, .coordinatorLost, .coordinatorEnded: false
    }
  }

  /// A sentence for the user.
  public var description: String {
    switch self {
    case .finished(let reason): "finished: \(reason)"
    case .drained(let reason): "left: \(reason)"
    case .released: "left: the coordinator stops"
    case .hung(let trial): "left: trial \(trial) does not stop when it is told to"
    case .refused(_, let message): "refused by the coordinator: \(message)"
    case .cannotJoin: "no coordinator answered"
    case .coordinatorLost: "the coordinator was lost and did not come back"
    case .coordinatorEnded: "lost its coordinator, which has ended: it removed the join file"
    }
  }
}
