package import Foundation

/// Keeps a number of worker processes running, and ends them all.
///
/// Each has as standard input the read end of one pipe, its lifeline. Only this process holds the write end, so when it
/// ends, in whatever way, every worker reads the end of file and ends too. (PR_SET_PDEATHSIG would add nothing: it
/// follows the thread that started the child, and it is a variadic call, which Swift does not import.)
package final class LocalWorkers {
  /// An ending is reported this long after it was noticed, so that what the process sent last arrives before.
  static let settleTime = Span.milliseconds(100)
  /// How long processes may take to write why they end when this one does.
  static let lastWordsTime = Span.seconds(1)

  /// A process that ended.
  package struct Ended: Sendable, Hashable {
    package var pid: pid_t
    package var detail: String
  }

  /// A place for one worker.
  private struct Slot {
    enum State {
      case running(ChildProcess)
      case waiting(until: Instant)
      /// Its processes do not start.
      case givenUp
      /// It ended, and no other is wanted.
      case closed
    }
    var state: State
    var log: ProcessLog?
    var hasRegistered = false
    var startFailures = 0
    var restarts: [Instant] = []
  }

  private let configuration: LocalWorkersConfiguration
  private var lifeline: (read: Int32, write: Int32)
  private var slots: [Slot]
  private var endings: [(Ended, at: Instant, isOrderly: Bool)] = []
  private var isClosing = false
  /// How the last process that ended did.
  package private(set) var lastDetail: String?
  /// Exit statuses of the processes that did not end with zero; 128 and the signal for those that were killed.
  package private(set) var failures: [Int32] = []

  /// Starts all of them; throws a ``RunError`` if one cannot be started at all.
  package init(_ configuration: LocalWorkersConfiguration) throws {
    self.configuration = configuration
    // Blocking, as a program may expect of its standard input; nobody here reads or writes it.
    lifeline = try makePipe(isBlocking: true)
    if let directory = configuration.logDirectory {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
    slots = (1...max(configuration.count, 1)).map { number in
      Slot(state: .closed, log: configuration.logDirectory.map { ProcessLog(path: "\($0)/worker-\(number).log") })
    }
    do { for index in slots.indices { try start(index) } } catch {
      kill()
      throw error
    }
  }

  deinit {
    kill()
    close(lifeline.read)
    cutLifeline()
  }

  private func cutLifeline() {
    if lifeline.write >= 0 { close(lifeline.write) }
    lifeline.write = -1
  }

  /// Processes that run.
  package var pids: [pid_t] {
    slots.compactMap { if case .running(let process) = $0.state { process.pid } else { nil } }
  }

  /// Whether no process runs and none ever will.
  package var isExhausted: Bool {
    slots.allSatisfy {
      switch $0.state {
      case .givenUp, .closed: true
      case .running, .waiting: false
      }
    }
  }

  /// A process has registered with the coordinator; false if it is none of these.
  package func noteRegistered(_ pid: UInt64) -> Bool {
    for index in slots.indices {
      guard case .running(let process) = slots[index].state, UInt64(process.pid) == pid else { continue }
      slots[index].hasRegistered = true
      slots[index].startFailures = 0
      return true
    }
    return false
  }

  /// From now on, a process that ends is not replaced, nor is one that has ended already.
  package func beginClosing() {
    isClosing = true
    for index in slots.indices {
      if case .waiting = slots[index].state { slots[index].state = .closed }
    }
  }

  /// Looks after all places; returns the processes that ended a moment ago.
  package func poll(at now: Instant) -> [Ended] {
    for index in slots.indices {
      switch slots[index].state {
      case .running(let process):
        guard let (ending, usage) = process.poll() else { continue }
        let tail = slots[index].log?.tail ?? ""
        let words = tail.isEmpty ? "" : "; its last words:\n\(tail)"
        let detail = "process \(process.pid) \(ending) after \(usage)\(words)"
        endings.append((Ended(pid: process.pid, detail: detail), at: now, isOrderly: Self.isOrderly(ending)))
        lastDetail = detail
        if ending.status != 0 { failures.append(ending.status) }
        vacate(index, after: ending, at: now)
      case .waiting(let until):
        guard now >= until else { continue }
        slots[index].restarts.append(now)
        do { try start(index) } catch { slots[index].state = .waiting(until: now + .seconds(1)) }
      case .givenUp, .closed: continue
      }
    }
    let settled = endings.prefix { now - $0.at >= Self.settleTime }.map(\.0)
    endings.removeFirst(settled.count)
    return settled
  }

  /// Asks every process to end in good order; none is replaced.
  func terminate() {
    beginClosing()
    for pid in pids { Foundation.kill(pid, SIGTERM) }
  }

  /// Ends every process at once. Returns all that ended and were not returned before, and whether they did because they
  /// were told to.
  package func end() -> [(Ended, isStopped: Bool)] {
    isClosing = true
    var ends = endings.map { ($0.0, isStopped: $0.isOrderly) }
    endings = []
    for index in slots.indices {
      guard case .running(let process) = slots[index].state else { continue }
      let ended = Ended(pid: process.pid, detail: "process \(process.pid) ended with the run")
      if let (ending, _) = process.poll() {
        ends.append((ended, isStopped: Self.isOrderly(ending)))
      } else {
        process.kill()
        ends.append((ended, isStopped: true))
      }
      slots[index].state = .closed
    }
    return ends
  }

  private static func isOrderly(_ ending: ChildProcess.Ending) -> Bool {
    if case .exited(let status) = ending { WorkerExit.orderlyStatuses.contains(status) } else { false }
  }

  /// Ends every process as the end of this one would, so that each can say why it ends.
  func abandon(within time: Span) {
    beginClosing()
    cutLifeline()
    let deadline = Clock.now + time
    while !isExhausted && Clock.now < deadline {
      usleep(10_000)
      _ = poll(at: Clock.now)
    }
    kill()
  }

  /// Ends every process at once.
  package func kill() {
    isClosing = true
    for index in slots.indices {
      if case .running(let process) = slots[index].state { process.kill() }
      slots[index].state = .closed
    }
  }

  private func start(_ index: Int) throws {
    slots[index].hasRegistered = false
    let arguments = configuration.arguments + (configuration.slotOption.map { [$0, "\(index + 1)"] } ?? [])
    let log = try slots[index].log?.open()
    defer { if let log { close(log) } }
    slots[index].state = .running(
      try ChildProcess(arguments, input: lifeline.read, output: log ?? STDERR_FILENO))
  }

  /// A place is free: decides when, and whether, it is filled again.
  private func vacate(_ index: Int, after ending: ChildProcess.Ending, at now: Instant) {
    var isReplaced = !isClosing
    if case .exited(let status) = ending, status != WorkerExit.hungStatus, configuration.replacement == .crashes {
      isReplaced = false
    }
    guard isReplaced else {
      slots[index].state = .closed
      return
    }
    if !slots[index].hasRegistered { slots[index].startFailures += 1 }
    if slots[index].startFailures >= configuration.startFailuresMax {
      slots[index].state = .givenUp
      return
    }
    let minute = Span.seconds(60)
    slots[index].restarts.removeAll { now - $0 > minute }
    let isFast = slots[index].restarts.count >= configuration.restartsPerMinuteMax
    slots[index].state = .waiting(until: isFast ? slots[index].restarts[0] + minute : now)
  }
}
