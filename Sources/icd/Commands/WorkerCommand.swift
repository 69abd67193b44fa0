import ArgumentParser
import Foundation
import Reports
import Scheduling

/// `icd worker`: processes that execute the trials of a coordinator.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Join a run and execute its trials.",
    discussion: """
      The join file holds the coordinator's addresses and the keys; `icd coordinator` writes it. Whoever has the file \
      may join, so copy it over a safe channel and keep its mode at 0600. Ctrl-C leaves in good order.

      The exit code is 0 when the sweep is done; 130 when the worker was told to leave, or the coordinator stops, before \
      it is (start the worker again, and it waits for the next coordinator); 3 when none answers; 4 when it refuses; 75 \
      when a trial did not stop and the process had to end.

      ICD_MEMORY_BUDGET is how many MiB the contexts of a trial may take in a process (default 1024). Contexts beyond \
      it are drawn anew whenever they are read: slower, with the same results.

      EXAMPLES:
        icd worker --join join.json
        icd worker --join join.json --processes auto
        icd worker --join join.json --patience 10m --until +3h50m

      With --join - the file comes over standard input, as one line of JSON, and is in no directory. The workers end at \
      once when standard input does, and 30 s after the last of any bytes that follow: so does `icd launch` hold on to \
      those on other machines.
      """)

  @Option(name: .customLong("join"), help: ArgumentHelp("The join file.", valueName: "file"), completion: .file())
  var joinFile: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Worker processes to start on this machine: a number, or auto.",
      discussion: """
        auto is the number of processors that this process may use: by its affinity, the quota of its control group, \
        and what Slurm gave to the task.
        """,
      valueName: "count"))
  var processes = ProcessCount.fixed(1)

  @OptionGroup var end: EndOption

  @Option(
    help: ArgumentHelp(
      "How long to wait for a coordinator that does not answer: 90s, 10m, 2h.",
      discussion: """
        Also for a join file that is not there yet. By default 8 s at the start, and 10 min when it was lost later.
        """,
      valueName: "time"))
  var patience: String?

  @OptionGroup var log: LogOptions

  @Flag(help: "Print only errors.")
  var quiet = false

  @Option(help: .hidden)
  var control = WorkerControl.signals

  @Option(help: .hidden)
  var slot: Int?

  /// Who tells the process to end.
  enum WorkerControl: String, ExpressibleByArgument, CaseIterable {
    /// The user.
    case signals
    /// The run that started it, and that speaks for it.
    case parent
    /// The `icd worker --processes N` that started it.
    case group
    /// The same, with a join file that came from `icd launch`.
    case launch

    /// Whether a coordinator has the log of it.
    var isOfCoordinator: Bool { self == .parent || self == .launch }
  }

  func validate() throws {
    if let patience, EndTime.duration(patience) == nil {
      throw ValidationError("--patience '\(patience)' is no time; give 90s, 10m or 2h")
    }
  }

  func run() throws {
    let count = processes.count
    if case .automatic = processes, !quiet { printError("icd: \(Self.explanation(of: ProcessorShare.current))") }
    guard joinFile != "-" else {
      let received = try ReceivedJoinFile(from: STDIN_FILENO)
      return try withExtendedLifetime(received) {
        try runGroup(of: count, joinFile: received.path, lifeline: STDIN_FILENO)
      }
    }
    guard count == 1 else { return try runGroup(of: count, joinFile: joinFile, lifeline: nil) }
    let isSilent = quiet || control == .parent
    let log = try log.open(slot: slot)
    var configuration = WorkerConfiguration(
      joinFile: joinFile, build: Version.description, control: control == .signals ? .signals : .parent)
    configuration.patience = patience.flatMap { EndTime.duration($0) }.map { .seconds($0) }
    configuration.end = end.end
    configuration.slot = slot
    let exit = try runWorker(
      configuration,
      observer: {
        log.write(Self.entry(for: $0))
        if !log.ownsStandardError && ($0.isForCoordinator ? control.isOfCoordinator : !isSilent) { Self.show($0) }
      }, execute: WorkerProgram.execute)
    // Whoever starts workers has to know that there is more to do.
    switch exit {
    case .drained, .released: throw SilentExit(status: .interrupted)
    default: break
    }
  }

  private static func show(_ notice: WorkerNotice) {
    switch notice {
    case .joined(let worker, let sweepName, let endpoint):
      printError("icd: worker \(worker) joined the sweep '\(sweepName)' at \(endpoint)")
    case .ended(let worker, let executed, let exit):
      printError("icd: worker \(worker) executed \(executed) \(executed == 1 ? "trial" : "trials"); \(exit)")
    case .lastWords(_, let text): printError("icd: \(text)")
    }
  }

  private static func entry(for notice: WorkerNotice) -> LogEntry {
    switch notice {
    case .joined(let worker, let sweepName, let endpoint):
      LogEntry(
        level: .info, event: "joined", message: "joined the sweep '\(sweepName)' at \(endpoint)",
        fields: [("worker", .text(worker)), ("sweep", .text(sweepName)), ("endpoint", .text(endpoint))])
    case .ended(let worker, let executed, let exit):
      LogEntry(
        level: .info, event: "ended", message: "\(exit)",
        fields: [("worker", .text(worker)), ("executed", .count(executed))])
    case .lastWords(let worker, let text):
      LogEntry(level: .info, event: "last_words", message: text, fields: [("worker", .text(worker))])
    }
  }

  private static func explanation(of share: ProcessorShare) -> String {
    "\(share.count) worker \(share.count == 1 ? "process" : "processes"), since \(share.reason)"
  }

  private func runGroup(of count: Int, joinFile: String, lifeline: Int32?) throws {
    var arguments = [WorkerProgram.path, "worker", "--join", joinFile, "--control"]
    arguments.append((lifeline == nil ? WorkerControl.group : .launch).rawValue)
    arguments += end.end?.arguments ?? ["--until", "none"]
    if let patience { arguments += ["--patience", patience] }
    if quiet { arguments.append("--quiet") }
    arguments += log.arguments
    let failures = try runWorkerProcesses(
      count: count, arguments: arguments, slotOption: LocalRun.slotOption, lifeline: lifeline)
    guard !failures.isEmpty else { return }
    // Each has said why.
    let status = [ExitStatus.refused, .interrupted].first { status in failures.allSatisfy { $0 == status.rawValue } }
    throw SilentExit(status: status ?? .environment)
  }
}

extension WorkerNotice {
  /// Whether it is for the next coordinator, which looks into the logs, and not for people.
  fileprivate var isForCoordinator: Bool { if case .lastWords = self { true } else { false } }
}
