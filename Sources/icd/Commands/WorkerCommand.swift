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

      ICD_MEMORY_BUDGET is how many MiB the contexts of a trial may take in a process (default 1024). Contexts beyond \
      it are drawn anew whenever they are read: slower, with the same results.

      EXAMPLES:
        icd worker --join join.json
        icd worker --join join.json --processes 16
      """)

  @Option(name: .customLong("join"), help: ArgumentHelp("The join file.", valueName: "file"), completion: .file())
  var joinFile: String

  @Option(help: .hidden)
  var control = WorkerControl.signals

  /// Who tells the process to end.
  enum WorkerControl: String, ExpressibleByArgument, CaseIterable {
    case signals, parent
  }

  func run() throws {
    try runWorker(
      WorkerConfiguration(
        joinFile: joinFile, build: Version.description, control: control == .parent ? .parent : .signals),
      execute: WorkerProgram.execute)
  }
}
