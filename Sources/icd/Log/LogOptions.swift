import ArgumentParser
import Foundation
import Reports

/// How and where a command writes what happens.
struct LogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How events are written: text, or json for one JSON object on each line.",
      discussion: "With json, standard error has nothing but such lines: no bar, no colours."))
  var logFormat = LogFormat.text

  @Option(help: "What is logged: debug, info, warning or error, and what matters more.")
  var logLevel = LogLevel.info

  @Option(
    help: ArgumentHelp("Also write events into this file.", valueName: "file"), completion: .file())
  var logFile: String?

  @Option(
    help: ArgumentHelp(
      "Size at which the log file is renamed to FILE.1 and begun anew, in MiB.", valueName: "mebibytes"))
  var logFileSize: Int = 16

  func validate() throws {
    guard (1...65_536).contains(logFileSize) else {
      throw ValidationError("--log-file-size must be between 1 and 65536 MiB")
    }
  }

  /// Opens the log; throws a `LogError`. Each of several processes has a file of its own: `worker.log` is
  /// `worker-2.log` for the second.
  func open(slot: Int? = nil) throws -> EventLog {
    let file = try logFile.map { try LogFile(path: Self.path($0, slot: slot), bytesMax: logFileSize << 20) }
    return EventLog(format: logFormat, level: logLevel, file: file)
  }

  /// The words that make another `icd` log in the same way.
  var arguments: [String] {
    var words = ["--log-format", logFormat.rawValue, "--log-level", logLevel.rawValue]
    if let logFile { words += ["--log-file", logFile, "--log-file-size", "\(logFileSize)"] }
    return words
  }

  private static func path(_ path: String, slot: Int?) -> String {
    guard let slot else { return path }
    let text = path as NSString
    let stem = "\(text.deletingPathExtension)-\(slot)"
    return text.pathExtension.isEmpty ? stem : "\(stem).\(text.pathExtension)"
  }
}
