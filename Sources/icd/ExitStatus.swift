import ArgumentParser
import Foundation
import Results
import Scheduling
import Sweeps

/// The exit codes of `icd`, listed in its help.
enum ExitStatus: Int32 {
  case done = 0
  case trialsFailed = 1
  case usage = 2
  case environment = 3
  case refused = 4
  case tooManyFailures = 5
  case interrupted = 130
}

/// An end of the program that has already said why.
struct SilentExit: Error {
  let status: ExitStatus
}

/// A wrong combination of arguments, found after they were parsed.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// Prints what an error has to say and ends the program with the code that belongs to it: the only place that does.
func exit(with error: any Error) -> Never {
  switch error {
  case let silent as SilentExit:
    Foundation.exit(silent.status.rawValue)
  case let file as SweepFileError:
    printError(file.description)
    Foundation.exit(ExitStatus.usage.rawValue)
  case let usage as UsageError:
    printError("icd: \(usage.description)")
    Foundation.exit(ExitStatus.usage.rawValue)
  case let run as RunError where run.isRefusal:
    printError("icd: \(run)")
    Foundation.exit(ExitStatus.refused.rawValue)
  case WorkerExit.hung:
    printError("icd: \(error)")
    // Not exit(3): a trial still runs, and nothing is left to clean up.
    _exit(WorkerExit.hungStatus)
  case let export as ExportError where export.isRefusal:
    printError("icd: \(export)")
    Foundation.exit(ExitStatus.usage.rawValue)
  default:
    if isArgumentError(error) { exitAsArgumentParserDoes(error) }
    printError("icd: \(error)")
    Foundation.exit(ExitStatus.environment.rawValue)
  }
}

/// Whether the error, or the request for help or the version, comes from the parsing of arguments.
private func isArgumentError(_ error: any Error) -> Bool {
  ICD.exitCode(for: error) != ExitCode.failure
}

private func exitAsArgumentParserDoes(_ error: any Error) -> Never {
  let text = ICD.fullMessage(for: error)
  guard ICD.exitCode(for: error) != ExitCode.success else {
    do { try StandardOutput.write(text + "\n") } catch { exit(with: error) }
    Foundation.exit(ExitStatus.done.rawValue)
  }
  printError(text)
  Foundation.exit(ExitStatus.usage.rawValue)
}
