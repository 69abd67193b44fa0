// Measures what one core can do and what the kernels make of it, in turn in the same run, and prints a table, or with
// `--json` a record that the documentation is made from.
//
// The attainable time of a pass is the larger of the time to bring its bytes once from where they lie (the read
// bandwidth measured on a working set of the same size) and the time to compute (flops at the FMA peak plus
// exponentials at the measured rate of the vector exponential).

import Foundation
import Workloads

let rounds = 7
let report = Roofline.measure(rounds: rounds)
if CommandLine.arguments.dropFirst().contains("--json") {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  FileHandle.standardOutput.write(try encoder.encode(report) + Data("\n".utf8))
} else {
  print(report.text)
}
