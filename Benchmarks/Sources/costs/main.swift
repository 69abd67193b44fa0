// Runs trials of many kinds and sizes and compares the computing time of each with what `TrialCost` predicts: what its
// constants are taken from. Of three runs the quickest counts: memory that a process touches first may have to be found by
// the host of a virtual machine. Prints a table; takes about a minute.

import Foundation
import Sweeps
import Workloads

/// Parameters of one trial each, as a sweep file writes them.
let trials = [
  "task: linear, attention: linear, L: 50, epochs: 100",
  "task: linear, attention: linear, L: 500, epochs: 100",
  "task: linear, attention: linear, L: 20000, epochs: 1",
  "task: linear, attention: linear, n: 64, L: 500, epochs: 10",
  "task: linear, attention: linear, L: 100000, epochs: 100, context_sampling: wishart",
  "task: mixture, attention: linear, L: 500, epochs: 100",
  "task: linear, attention: softmax, L: 50, epochs: 100",
  "task: linear, attention: softmax, L: 500, epochs: 20",
  "task: linear, attention: softmax, L: 5000, epochs: 3",
  "task: linear, attention: softmax, L: 500, epochs: 20, evaluation_interval: 20",
  "task: linear, attention: softmax, n: 64, L: 500, epochs: 10",
  "task: linear, attention: softmax, n: 64, d: 48, L: 500, epochs: 5",
  "task: sphere, attention: softmax, L: 500, epochs: 20",
  "task: mixture, attention: softmax, L: 50, epochs: 100",
  "task: mixture, attention: softmax, L: 500, epochs: 20",
  "task: mixture, attention: softmax, L: 5000, epochs: 2",
  "task: mixture, attention: softmax, n: 64, L: 500, epochs: 3",
  "task: linear, attention: gaussian, L: 500, epochs: 10",
  "task: mixture, attention: gaussian, L: 500, epochs: 5",
  "task: mixture, attention: gaussian, n: 48, L: 500, epochs: 1",
]

func padded(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }

print(padded("trial", 84), "measured, s  predicted, s  ratio")
var ratios: [Double] = []
for parameters in trials {
  let text = "{name: costs, parameters: {\(parameters)}, seeds: {count: 1, root: 1}}"
  guard let trial = SweepPlan(try SweepFile.parse(text: text, path: "costs")).trials.first else { continue }
  var measured = Double.infinity
  for _ in 0..<3 {
    let start = Instant.now
    _ = try trial.run { false }
    measured = min(measured, start.elapsed(to: .now).cpu)
  }
  let predicted = trial.cost / TrialCost.operationsPerSecond
  ratios.append(predicted / measured)
  print(padded(parameters, 84), String(format: "%11.4f  %12.4f  %5.2f", measured, predicted, predicted / measured))
}
let (least, most) = (ratios.min() ?? 1, ratios.max() ?? 1)
print(String(format: "predicted / measured: median %.2f, from %.2f to %.2f", median(ratios), least, most))
