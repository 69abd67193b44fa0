import Foundation
import Messaging

/// Joins a run and executes its trials until it is over; returns how it ended.
///
/// The calling thread does the talking, also to the observer; a second one executes. Throws a `PrivateFileError` if the
/// join file cannot be used, a ``RunError`` if the coordinator cannot be reached, is lost, or refuses, and
/// ``WorkerExit/hung(_:)``, after which the process must end, for a trial still has one of its threads.
@discardableResult
public func runWorker(
  _ configuration: WorkerConfiguration, observer: @escaping (WorkerNotice) -> Void = { _ in },
  execute: @escaping TrialExecutor
) throws -> WorkerExit {
  let shell = try WorkerShell(configuration, observer: observer, execute: execute)
  return try shell.run()
}

/// The worker's shell: one thread with a socket around the ``WorkerMachine``, one that computes.
final class WorkerShell {
  /// The longest wait of the poll.
  static let pollInterval = Span.milliseconds(500)
  /// How long a trial may take to notice that it is to stop when the worker ends.
  static let cancelGrace = Span.seconds(2)
  /// Exit status when the parent is gone: nobody is there to read it.
  static let orphanStatus: Int32 = 70
  /// How long it may take to say so in the log.
  static let lastWordsSecondsMax: UInt32 = 2
  /// Between two looks for a join file that is not there yet.
  static let fileInterval = Span.milliseconds(250)

  private let configuration: WorkerConfiguration
  private let signals: SignalPipe?
  private let compute: ComputeThread
  private var machine: WorkerMachine
  private let connection: PeerConnection
  private var exit: WorkerExit?
  private var signalCount = 0
  private let observer: (WorkerNotice) -> Void
  private var hasJoined = false
  /// Trials that ended, well or not, other than because they were told to.
  private var executed = 0

  init(
    _ configuration: WorkerConfiguration, observer: @escaping (WorkerNotice) -> Void, execute: @escaping TrialExecutor
  ) throws {
    self.configuration = configuration
    self.observer = observer
    switch configuration.control {
    case .signals: signals = try SignalPipe([SIGINT, SIGTERM])
    case .parent:
      signal(SIGINT, SIG_IGN)
      // Which it is again when this ends: one that comes later must not make a good end a bad one.
      signal(SIGTERM, SIG_IGN)
      signals = try SignalPipe([SIGTERM])
    case .coordinatorOnly: signals = nil
    }
    let file = try Self.loadJoinFile(configuration, signals)
    let pid = UInt64(getpid())
    let host = MessageLimits.clip(HostName.current, toBytes: 200)
    var machineConfiguration = WorkerMachineConfiguration(
      identity: WorkerIdentity(
        id: .random(), name: "\(host):\(pid)" + (configuration.slot.map { "/\($0)" } ?? ""), host: host, pid: pid),
      build: configuration.build, sweepHash: file.sweepHash)
    machineConfiguration.capacity = configuration.capacity
    if let patience = configuration.patience {
      machineConfiguration.joinTimeout = patience
      machineConfiguration.coordinatorPatience = patience
      machineConfiguration.joinFilePatience = max(machineConfiguration.joinFilePatience, patience)
    }
    machineConfiguration.deadline = configuration.end?.instant
    configuration.adjust(&machineConfiguration)
    connection = try PeerConnection(joinFile: configuration.joinFile, contents: file)
    compute = try ComputeThread(execute)
    machine = WorkerMachine(configuration: machineConfiguration, at: Clock.now)
  }

  /// Reads the join file; one that is not there yet is waited for if the worker has patience.
  private static func loadJoinFile(_ configuration: WorkerConfiguration, _ signals: SignalPipe?) throws -> JoinFile {
    let deadline = Clock.now + (configuration.patience ?? .seconds(0))
    while true {
      do {
        let file = try JoinFile.load(from: configuration.joinFile)
        guard file.role == .worker else {
          throw PrivateFileError(
            path: configuration.joinFile,
            reason: "it admits to `icd status` only; workers need the other join file of the coordinator")
        }
        return file
      } catch let error as PrivateFileError where error.isMissing && Clock.now < deadline {
        var item = pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
        if poll(&item, 1, Int32(fileInterval.milliseconds)) > 0 { throw error }
      }
    }
  }

  func run() throws -> WorkerExit {
    try perform(machine.start(at: Clock.now))
    while exit == nil { try step() }
    let ending = exit ?? .drained(reason: "ended")
    let hasHung = if case .hung = ending { true } else { false }
    // First, for whoever waits for the end does not wait for ever, and the coordinator may not hear, or store, the goodbye.
    if !hasHung { sayLastWords("\(ending)") }
    // Here, and not on release: a signal that comes while the last messages are sent must not end the process.
    connection.end()
    _ = compute.stop(timeout: Self.cancelGrace)
    if hasHung { throw ending }
    guard ending.isOrderly else { throw explain(ending) }
    observer(.ended(worker: machine.configuration.identity.name, executed: executed, ending))
    return ending
  }

  private func step() throws {
    var descriptors = [compute.wakeDescriptor]
    if let signals { descriptors.append(signals.descriptor) }
    if configuration.control == .parent { descriptors.append(STDIN_FILENO) }
    let wait = min(max(machine.nextTick - Clock.now, .milliseconds(1)), Self.pollInterval)
    try connection.wait(descriptors: descriptors, milliseconds: Int(wait.milliseconds))
    if configuration.control == .parent { endIfOrphaned() }
    for signal in signals?.take() ?? [] { try handle(signal: signal) }
    while exit == nil, let message = try receive() {
      try perform(machine.handle(.message(message), at: Clock.now))
      noteWelcome()
    }
    for event in compute.takeEvents() {
      if case .ended(let report) = event, !report.isCancelled { executed += 1 }
      try perform(machine.handle(event, at: Clock.now))
    }
    try perform(machine.handle(.tick, at: Clock.now))
  }

  /// The next message that can be read.
  private func receive() throws -> CoordinatorMessage? {
    while let frame = try connection.receive() {
      do { return try CoordinatorMessage(decoding: frame) } catch {
        if case .otherVersion(let version) = error { connection.failures.otherVersion = version }
      }
    }
    return nil
  }

  /// What to tell the user about an end that was not in order.
  private func explain(_ exit: WorkerExit) -> RunError {
    switch exit {
    case .cannotJoin: connection.explanation
    case .refused: RunError("\(exit.description) (joined with \(connection.joinFile))", isRefusal: true)
    default: RunError(exit.description)
    }
  }

  private func noteWelcome() {
    guard machine.wasWelcomed, !hasJoined else { return }
    hasJoined = true
    let place = connection.place
    observer(
      .joined(
        worker: machine.configuration.identity.name, sweepName: place.sweepName, endpoint: place.endpoint))
  }

  private func handle(signal: Int32) throws {
    signalCount += 1
    // A cluster's scheduler signals every process of a job, and the parent passes it on. A parent that wants an end at
    // once has other means.
    if signalCount > 1 && configuration.control == .parent { return }
    if signalCount > 1 {
      exit = .drained(reason: "stopped by a second signal")
    } else {
      try perform(machine.handle(.leave(reason: String(cString: strsignal(signal))), at: Clock.now))
    }
  }

  private func sayLastWords(_ reason: String) {
    let identity = machine.configuration.identity
    observer(.lastWords(worker: identity.name, text: LastWords.text(of: identity.id, because: reason)))
  }

  /// Standard input is the lifeline: its end of file is the end of the process that started this one.
  private func endIfOrphaned() {
    var item = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&item, 1, 0) > 0 else { return }
    var byte: UInt8 = 0
    let count = read(STDIN_FILENO, &byte, 1)
    // Not exit(3): a trial may run, and there is nothing to clean up that the kernel does not.
    guard count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) else { return }
    // Whoever reads may have stopped reading.
    alarm(Self.lastWordsSecondsMax)
    sayLastWords("for the process that started it has ended")
    _exit(Self.orphanStatus)
  }

  private func perform(_ effects: [WorkerMachine.Effect]) throws {
    for effect in effects {
      switch effect {
      case .connect:
        try connection.connect()
        try perform(machine.handle(.joinFile(exists: !connection.isJoinFileGone), at: Clock.now))
      case .send(let message): try connection.send(message.encoded())
      case .execute(let assignments): compute.enqueue(assignments)
      case .withdraw(let trials): compute.withdraw(trials)
      case .exit(let exit): self.exit = exit
      }
    }
  }
}
