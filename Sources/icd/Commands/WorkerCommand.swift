import ArgumentParser
import Foundation
import Scheduling

/// `icd worker`: processes that execute the trials of a coordinator.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Join a run and execute its trials.",
    discussion: """
      The join file holds the coordinator's addresses and the keys; `icd coordinator` writes it. Whoever has the file \
      may join, so copy it over a safe channel and keep its mode at 0600. Ctrl-C leaves in good order.

      EXAMPLES:
        icd worker --join join.json
        icd worker --join join.json --processes 16
      """)

  @Option(name: .customLong("join"), help: ArgumentHelp("The join file.", valueName: "file"), completion: .file())
  var joinFile: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Worker processes to start on this machine.", valueName: "count"))
  var processes: Int = 1

  @Option(help: .hidden)
  var control = WorkerControl.signals

  /// Who tells the process to end.
  enum WorkerControl: String, ExpressibleByArgument, CaseIterable {
    case signals, parent
  }

  func validate() throws {
    guard (1...1024).contains(processes) else { throw ValidationError("--processes must be between 1 and 1024") }
  }

  func run() throws {
    guard processes == 1 else { return try runGroup() }
    try runWorker(
      WorkerConfiguration(
        joinFile: joinFile, build: Version.description, control: control == .parent ? .parent : .signals),
      execute: WorkerProgram.execute)
  }

  private func runGroup() throws {
    let failures = try runWorkerProcesses(
      count: processes, arguments: WorkerProgram.arguments(joinFile: joinFile))
    if failures > 0 { throw SilentExit(status: .environment) }
  }
}
