import ArgumentParser
import Foundation
import Reports
import Scheduling

/// `icd status`: how far a sweep is.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how many trials are done, failed, running and queued, who runs them, and why some failed.",
    discussion: """
      Asks the coordinator of a directory, if one runs, and reads the store. With --join it needs no directory: the \
      join file may be the workers', or the status.json of the coordinator's output directory, whose key is good for \
      nothing else.

      EXAMPLES:
        icd status results/figure-4a
        icd status results/figure-4a --watch
        icd status --join status.json --format json
        icd status results/figure-4a --watch --every 10 --format json     one line each time, when it is not a terminal
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String?

  @Option(
    name: .customLong("join"), help: ArgumentHelp("A join file of a running coordinator.", valueName: "file"),
    completion: .file())
  var joinFile: String?

  @OptionGroup var choice: SweepChoice

  @Option(help: "How to print it: text or json.")
  var format = StatusFormat.text

  @Flag(help: "Go on until the run is over: redrawn on a terminal, a line each time elsewhere.")
  var watch = false

  @Option(help: ArgumentHelp("Seconds between two looks of --watch.", valueName: "seconds"))
  var every: Double = 2

  /// The forms that a status is printed in.
  enum StatusFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    guard (directory == nil) != (joinFile == nil) else {
      throw ValidationError("name the directory of the results, or a join file with --join")
    }
    if joinFile != nil, choice.sweep != nil { throw ValidationError("--sweep goes with a directory") }
    guard (0.1...86_400).contains(every) else { throw ValidationError("--every must be between 0.1 and 86400 seconds") }
  }

  func run() throws {
    let source = try StatusSource(directory: directory, joinFile: joinFile, sweep: choice.sweep)
    guard watch else { return try show(source.read()) }
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var hasSeenOne = false
    while true {
      let status: SweepStatus
      do { status = try source.read() } catch let error as RunError where hasSeenOne {
        // A coordinator that was there and is gone has ended.
        return printError("icd: \(error)")
      }
      hasSeenOne = true
      if isTerminal { try StandardOutput.write(Self.clearScreen) }
      try isTerminal ? show(status) : StandardOutput.write(line(status) + "\n")
      if status.isOver { return }
      Thread.sleep(forTimeInterval: every)
    }
  }

  private func show(_ status: SweepStatus) throws {
    switch format {
    case .text: try StandardOutput.write(TerminalText.printableLines(status.text) + "\n")
    case .json: try StandardOutput.write(jsonText(status) + "\n")
    }
  }

  private func line(_ status: SweepStatus) throws -> String {
    switch format {
    case .text: TerminalText.printable(status.line)
    case .json: try jsonText(status, isIndented: false)
    }
  }

  /// Cursor home, and everything behind it gone (ECMA-48, CUP and ED).
  private static let clearScreen = "\u{1B}[H\u{1B}[J"
}
