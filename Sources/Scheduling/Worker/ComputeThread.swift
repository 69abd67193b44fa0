import Foundation
import Messaging
public import Sweeps
import Synchronization

/// Executes a trial: rebuilds it from its payload and returns what it found. It asks from time to time whether it is to
/// stop, and throws if so. A ``TrialExecutionError`` names the kind of a failure; all other errors are of kind `error`.
public typealias TrialExecutor =
  @Sendable (_ payload: [UInt8], _ isCancelled: () -> Bool) throws -> TrialResult

/// A failure of a trial, with its kind in one word.
public struct TrialExecutionError: Error, Sendable, Hashable {
  /// For example `diverged`.
  public var kind: String
  /// A sentence for people.
  public var message: String

  /// A failure.
  public init(kind: String, message: String) {
    self.kind = kind
    self.message = message
  }
}

/// The thread that executes trials, one after the other, and the queue before it.
final class ComputeThread: Sendable {
  /// Stack of the thread: 64 MiB of address space, of which only what is used is taken.
  static let stackBytes = 64 << 20
  /// A result must leave room for the rest of its message.
  static let resultBytesMax = MessageLimits.frameBytesMax - 64 * 1024

  private struct State {
    var queue: [TrialAssignment] = []
    /// Those before it are taken.
    var head = 0
    var running: Identifier?
    var isStopping = false
    var hasEnded = false
    var events: [WorkerMachine.Event] = []
  }

  /// Asked by the running trial at every step, so it is not under the lock.
  private let isCancelled = Atomic<Bool>(false)
  private let state = Mutex(State())
  /// One count for each reason to look at the queue.
  private let work = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let execute: TrialExecutor
  /// Readable when there are events.
  let wakeDescriptor: Int32
  private let wakeEnd: Int32

  init(_ execute: @escaping TrialExecutor) throws {
    self.execute = execute
    (wakeDescriptor, wakeEnd) = try makePipe()
    let thread = Thread { [self] in run() }
    thread.stackSize = Self.stackBytes
    thread.name = "compute"
    thread.start()
  }

  deinit {
    close(wakeDescriptor)
    close(wakeEnd)
  }

  /// Queues trials.
  func enqueue(_ assignments: [TrialAssignment]) {
    state.withLock { $0.queue += assignments }
    work.signal()
  }

  /// Takes trials out of the queue, and asks the one that runs to stop if it is among them.
  func withdraw(_ trials: [Identifier]) {
    let unwanted = Set(trials)
    state.withLock { state in
      state.queue.removeSubrange(..<state.head)
      state.head = 0
      state.queue.removeAll { unwanted.contains($0.trial) }
      if let running = state.running, unwanted.contains(running) { isCancelled.store(true, ordering: .relaxed) }
    }
  }

  /// What happened since the last time.
  func takeEvents() -> [WorkerMachine.Event] {
    var buffer = [UInt8](repeating: 0, count: 64)
    while read(wakeDescriptor, &buffer, buffer.count) > 0 {}
    return state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
  }

  /// Ends the thread; false if what runs did not stop in time.
  func stop(timeout: Span) -> Bool {
    state.withLock {
      $0.isStopping = true
      isCancelled.store(true, ordering: .relaxed)
    }
    work.signal()
    return done.wait(timeout: .now() + timeout.seconds) == .success
  }

  private func run() {
    var finished: TrialReport?
    while true {
      switch advance(after: finished) {
      case .execute(let assignment): finished = report(on: assignment)
      case .wait:
        finished = nil
        work.wait()
      case .stop:
        done.signal()
        return
      }
    }
  }

  private enum Step {
    case execute(TrialAssignment)
    case wait
    case stop
  }

  /// Reports a finished trial and takes the next, both at once, so that the other thread is woken once.
  private func advance(after finished: TrialReport?) -> Step {
    let (step, mustWake) = state.withLock { state -> (Step, Bool) in
      let wasEmpty = state.events.isEmpty
      if let finished {
        state.events.append(.ended(finished))
        state.running = nil
      }
      if state.isStopping { return (.stop, wasEmpty && !state.events.isEmpty) }
      guard state.head < state.queue.count else {
        state.queue.removeAll(keepingCapacity: true)
        state.head = 0
        return (.wait, wasEmpty && !state.events.isEmpty)
      }
      let assignment = state.queue[state.head]
      state.head += 1
      state.running = assignment.trial
      isCancelled.store(false, ordering: .relaxed)
      state.events.append(.started(assignment.trial))
      return (.execute(assignment), wasEmpty)
    }
    if mustWake {
      var byte: UInt8 = 0
      // A full pipe is as good as one more byte.
      _ = write(wakeEnd, &byte, 1)
    }
    return step
  }

  private func report(on assignment: TrialAssignment) -> TrialReport {
    let startedAt = Date().timeIntervalSince1970
    let begin = Clock.now
    let outcome = outcome(of: assignment)
    return TrialReport(
      trial: assignment.trial, attempt: assignment.attempt, startedAt: max(0, startedAt),
      seconds: max(0, (Clock.now - begin).seconds), outcome: outcome)
  }

  private func outcome(of assignment: TrialAssignment) -> TrialReport.Outcome {
    do {
      let result = try execute(assignment.payload) { self.isCancelled.load(ordering: .relaxed) }
      let value = ResultCoding.encode(result)
      let size = value.encodedSize
      guard size.bytes <= Self.resultBytesMax, size.values <= MessageLimits.reportValuesMax else {
        return .failure(
          kind: "result_too_large",
          message: "the result has \(size.bytes) bytes in \(size.values) values, more than a message can carry")
      }
      return .result(value)
    } catch {
      // Whatever a trial throws once it was asked to stop, it threw because of that.
      if isCancelled.load(ordering: .relaxed) { return .failure(kind: TrialReport.cancelledKind, message: "stopped") }
      let failure = error as? TrialExecutionError ?? TrialExecutionError(kind: "error", message: "\(error)")
      return .failure(
        kind: MessageLimits.clip(failure.kind.isEmpty ? "error" : failure.kind, toBytes: MessageLimits.wordBytesMax),
        message: MessageLimits.clip(failure.message, toBytes: MessageLimits.textBytesMax))
    }
  }
}
