// Answers measurement requests on standard input, one JSON line for each, until the input ends.
//
// A request is `CASE EPOCHS`; the driver (`peers/drive.py`) asks all peers in turn.

import Foundation
import Workloads

while let line = readLine() {
  let words = line.split(separator: " ")
  guard words.count == 2, let measurement = Measurement(rawValue: String(words[0])), let epochs = Int(words[1]) else {
    FileHandle.standardError.write(Data("compare-swift: not a request: \(line)\n".utf8))
    exit(2)
  }
  let answer = try JSONEncoder().encode(measurement.answer(epochs: epochs))
  FileHandle.standardOutput.write(answer + Data("\n".utf8))
}
