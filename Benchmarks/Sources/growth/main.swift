// Prints how the time of an epoch grows with one size at a time, as tab-separated lines:
// axis, value, series, milliseconds of computing for an epoch and for all that comes before the first batch, nanoseconds
// for a training token.
//
// All points are measured in turn, several rounds; the median is printed. Usage: growth [AXIS …]

import Denoising
import Workloads

let rounds = 5
// Epochs of a point: enough batches for a steady mean, at most this much computing where an epoch is short.
let tokensPerPoint = 16_000_000

/// One point of a figure.
struct Point {
  var axis: String
  var value: Int
  var task: PaperTask
  var kind: AttentionConfiguration.Kind
  var sizes = PaperSizes()
  var epochSeconds: [Double] = []
  var preparationSeconds: [Double] = []

  mutating func measure() throws {
    let tokens = sizes.trainPrompts * sizes.contextLength
    let epochs = kind == .linear ? 50 : max(1, min(50, tokensPerPoint / tokens))
    let run = try TimedRun(sizes.experiment(task, kind, epochs: epochs, evaluationInterval: epochs, seed: 5))
    epochSeconds.append(run.epoch.cpu)
    preparationSeconds.append(run.preparation.cpu)
  }

  var line: String {
    let epoch = median(epochSeconds)
    let perToken = epoch * 1e9 / Double(sizes.trainPrompts * sizes.contextLength)
    return
      "\(axis)\t\(value)\t\(task.rawValue)-\(kind.rawValue)\t\(epoch * 1e3)\t\(median(preparationSeconds) * 1e3)\t\(perToken)"
  }
}

/// Points along one axis for three layers on their tasks; `change` sets the size.
func points(_ axis: String, _ values: [Int], change: (inout PaperSizes, Int) -> Void) -> [Point] {
  let series: [(PaperTask, AttentionConfiguration.Kind)] = [
    (.mixture, .softmax), (.linear, .softmax), (.linear, .linear),
  ]
  return series.flatMap { task, kind in
    values.map { value in
      var point = Point(axis: axis, value: value, task: task, kind: kind)
      change(&point.sizes, value)
      return point
    }
  }
}

var all =
  points("L", [16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000]) { $0.contextLength = $1 }
  + points("n", [8, 16, 32, 64, 128]) {
    $0.n = $1
    $0.d = min(8, $1)
  }
  + points("d", [1, 2, 4, 8, 12, 16]) { $0.d = $1 }.filter { $0.task == .linear }
  + points("prompts", [80, 160, 400, 800, 1600, 3200]) { $0.trainPrompts = $1 }
let axes = CommandLine.arguments.dropFirst()
if !axes.isEmpty { all = all.filter { axes.contains($0.axis) } }
for _ in 0..<rounds {
  for index in all.indices { try all[index].measure() }
}
print("axis\tvalue\tseries\tepoch_ms\tpreparation_ms\tns_per_token")
for point in all { print(point.line) }
