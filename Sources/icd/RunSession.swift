import Foundation
import Messaging
import Reports
import Results
import Scheduling
import Sweeps

/// A run from the reading of the sweep file to the tables: what all commands with a coordinator share.
final class RunSession {
  let plan: SweepPlan
  let directory: String
  private let options: RunOptions
  private let store: ResultStore
  private let sink: RunSink
  private let display: RunDisplay
  private let log: EventLog

  /// Reads the sweep file, and opens, or makes, the store. `workers` is how many this process starts; the display
  /// announces those that come from elsewhere.
  init(_ options: RunOptions, workers: Int) throws {
    self.options = options
    plan = SweepPlan(try SweepFile.load(path: options.sweep))
    directory = options.output.resolved(for: plan.sweep.name)
    log = try options.log.open()
    store = try ResultStore(directory: directory, access: .create)
    sink = RunSink(store, plan: plan, sweepPath: options.sweep, workers: workers)
    display = RunDisplay(
      plan: plan, directory: directory, isQuiet: options.quiet, announcesWorkers: workers == 0, log: log)
  }

  /// What travels to a worker for the trial of a number.
  var payload: (Int) -> [UInt8] { { [plan] in plan.trials[$0].canonicalBytes } }

  /// A coordinator for the plan's trials.
  func coordinator(_ configuration: CoordinatorConfiguration, _ sink: any ResultSink) throws -> Coordinator {
    try Coordinator(configuration: configuration, items: plan.workItems, payload: payload, sink: sink)
  }

  /// Runs a coordinator on the store and writes down how it ended.
  func perform(
    _ run: (_ sink: any ResultSink, _ observer: @escaping (RunNotice) -> Void) throws -> RunSummary
  ) throws -> RunSummary {
    defer { display.finish() }
    let summary = try run(sink) { [display] in display.show($0) }
    try sink.end(summary.outcome)
    return summary
  }

  /// Prints the tables, and ends the program with the exit code that the summary asks for.
  func conclude(_ summary: RunSummary) throws {
    defer { try? store.close() }
    let resumeCommand = ShellWords.joined(CommandLine.arguments)
    if summary.mismatches > 0 {
      say(
        .error, "mismatches",
        "\(summary.mismatches) second executions found other bits than the first; `icd verify \(directory)` "
          + "and the failures of kind mismatch in its store say where")
    }
    if summary.outcome == .tooManyFailures {
      say(
        .error, "too_many_failures",
        """
        stopped by --max-failures with \(summary.remaining) of \(plan.trials.count) trials to go; \
        `icd status \(directory)` says what failed
        icd: go on with: \(resumeCommand)
        """)
      throw SilentExit(status: .tooManyFailures)
    }
    guard summary.outcome == .complete else {
      say(
        .warning, "interrupted",
        """
        stopped with \(summary.remaining) of \(plan.trials.count) trials to go; everything finished is stored in \
        \(directory)
        icd: go on with: \(resumeCommand)
        """)
      throw SilentExit(status: .interrupted)
    }
    let report = try SweepReport(of: plan, from: store, programVersion: Version.description)
    if !options.quiet {
      try StandardOutput.write(report.defaultTables.map { report.table($0).formatted(.text) }.joined(separator: "\n"))
    }
    if options.figures { try FigureWriting(report: report, plan: plan, store: store).draw(into: directory) }
    if summary.failed > 0 {
      say(
        .error, "trials_failed",
        """
        \(summary.failed) trials failed; `icd status \(directory)` says why, and `icd retry \(directory)` puts them \
        back
        """)
      throw SilentExit(status: .trialsFailed)
    }
    if summary.mismatches > 0 { throw SilentExit(status: .trialsFailed) }
  }

  /// Tells people, and the log.
  private func say(_ level: LogLevel, _ event: String, _ text: String) {
    log.write(LogEntry(level: level, event: event, message: text))
    if !log.ownsStandardError { printError("icd: \(text)") }
  }
}

extension SweepPlan {
  /// The trials as the scheduler sees them.
  var workItems: [WorkItem] { trials.map { WorkItem(id: Identifier($0.id), cost: $0.cost) } }
}
