// Hands out trials that do nothing, through the coordinator, workers and store that `icd` runs, and prints how long it
// took, as one JSON line.
//
//   dispatch run TRIALS WORKERS DIRECTORY [--real-results]
//   dispatch worker JOIN-FILE [RESULT]                       started by the first
//
// CURVE over loopback TCP, every result synchronised to the disk in DIRECTORY before it is acknowledged. With
// --real-results each trial returns what a real one of the sweep returned: 19 numbers, five curves and four matrices.

import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch (arguments.first, arguments.count) {
  case ("run", 4), ("run", 5):
    guard let trials = Int(arguments[1]), let workers = Int(arguments[2]),
      arguments.count == 4 || arguments[4] == "--real-results"
    else { throw UsageError() }
    let run = DispatchRun(
      trials: trials, workers: workers, directory: arguments[3], hasRealResults: arguments.count == 5)
    print(try run.perform())
  case ("worker", 2): try runEmptyWorker(joinFile: arguments[1], hasRealResults: false)
  case ("worker", 3): try runEmptyWorker(joinFile: arguments[1], hasRealResults: true)
  default: throw UsageError()
  }
} catch {
  FileHandle.standardError.write(Data("dispatch: \(error)\n".utf8))
  exit(2)
}

/// Wrong arguments.
struct UsageError: Error, CustomStringConvertible {
  let description = "usage: dispatch run TRIALS WORKERS DIRECTORY [--real-results]"
}
