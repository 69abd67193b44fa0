import Foundation
import Messaging

/// What a worker tells its user.
public enum WorkerNotice: Sendable, Hashable {
  /// It was welcomed for the first time.
  case joined(worker: String, sweepName: String, endpoint: String)
  /// It ended in order.
  case ended(worker: String, executed: Int, WorkerExit)
  /// It ends, and not over a trial; the text belongs into the log of one that a coordinator started, where the next
  /// coordinator looks for it.
  case lastWords(worker: String, text: String)
}

/// What a worker process needs to know.
public struct WorkerConfiguration: Sendable {
  /// Who tells a worker to end.
  public enum Control: Sendable, Hashable {
    /// The user: SIGINT or SIGTERM drain, a second one ends it at once.
    case signals
    /// The process that started it: SIGINT is ignored, SIGTERM drains, and the end of file on standard input, which is
    /// the end of that process, ends it at once.
    case parent
    /// Nobody but the coordinator: for workers inside a test.
    case coordinatorOnly
  }

  /// The join file.
  public var joinFile: String
  /// Version of the program.
  public var build: String
  /// Who tells it to end.
  public var control: Control
  /// How long it waits for a coordinator that does not answer, at the start and after it was lost, and at the start for
  /// a join file that is not there yet; nothing for the defaults of its machine, and no wait for the file.
  public var patience: Span?
  /// When it must have ended, if there is such a time.
  public var end: EndTime?
  /// Which of several workers that were started together, from 1: for people.
  public var slot: Int?
  /// Trials that it may hold: enough of the shortest to have work while the coordinator stores results.
  public var capacity = MessageLimits.capacityMax
  /// Times of its machine; nothing for the defaults.
  public var adjust: @Sendable (inout WorkerMachineConfiguration) -> Void = { _ in }

  /// A worker for a run.
  public init(joinFile: String, build: String, control: Control) {
    self.joinFile = joinFile
    self.build = build
    self.control = control
  }
}
