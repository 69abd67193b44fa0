import Foundation
import Sweeps

extension FuzzTarget {
  /// What is accepted as a trial is exactly the canonical bytes of that trial.
  static let trials = FuzzTarget(
    name: "trials", casesInTests: 40_000,
    seeds: (try? SweepFile.parse(text: everything, path: "everything.yaml")).map {
      SweepPlan($0).trials.map(\.canonicalBytes)
    } ?? []
  ) { bytes in
    let parameters: ParameterSet
    do { parameters = try ParameterSet(canonicalBytes: bytes) } catch {
      try FuzzFailure.requireReadable("\(error)")
      return false
    }
    try FuzzFailure.require(parameters.canonicalBytes == bytes, "parameters with two canonical forms")
    let trial: Trial
    do { trial = try Trial(parameters: parameters) } catch {
      try FuzzFailure.requireReadable("\(error)")
      return true
    }
    try FuzzFailure.require(trial.canonicalBytes == bytes, "a trial with two canonical forms")
    try FuzzFailure.require(trial.cost.isFinite && trial.cost > 0, "a trial that costs \(trial.cost)")
    _ = trial.study
    return true
  }

  /// Every section and every kind of value that a sweep file may have.
  private static let everything = """
    name: everything
    description: |
      Two lines
      of text.
    parameters:
      signal_variance: 2
      noise_variance: 0.5
      train_prompts: 30
      test_prompts: 20
      batch_size: 40
      epochs: 9
      optimizer: sgd
      learning_rate: 0.5
      momentum: 0.75
      decay_at: [0.5, 0.75]
      decay_factor: 0.25
      initial_scale: 3
      evaluation_interval: 4
      n: 4
    cases:
      - {task: linear, attention: linear, d: {uniform: [2, 3]}}
      - {task: linear, attention: softmax, d: 2, transform: [[0, 1, 0, 0], [2, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}
      - {task: sphere, attention: gaussian, d: 2, radius: 1.5}
      - {task: mixture, attention: softmax, component_count: 2, component_weights: [1, 3]}
      - {study: landscape, task: sphere, attention: softmax, d: 2, alpha_bounds: [-2, 2], grid_points: 5}
    axes:
      L: [7, {range: [10, 20, 5]}]
      weights: [full, scaled_identity]
    exclude:
      - {L: [10, 15], attention: linear}
    seeds: {count: 2, root: 7, first: 3, shared_data: true}
    report: {title: "Everything"}

    """

  /// A larger plan is not made for every case; its first trials are as good.
  private static let trialsPlannedMax = 2_000

  /// What is refused says where and what to do; what is accepted is a plan of valid trials.
  static func sweepFiles() throws -> FuzzTarget {
    let directory = try FuzzDirectory()
    let path = directory.path + "/sweep.yaml"
    let small = "name: a\naxes: {L: [20, 50], d: {range: [2, 8, 2]}}\nseeds: 3\n"
    // A grid of millions of points is allowed, and takes its time.
    return FuzzTarget(
      name: "sweep-files", casesInTests: 3_000, secondsMax: 20, seeds: [Array(everything.utf8), Array(small.utf8)],
      mutate: { input, other, generator in
        var text = TextMutation.apply(to: input, &generator)
        if generator.once(in: 8) { ByteMutation.apply(to: &text, from: other, &generator) }
        return text
      },
      check: { bytes in
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { withExtendedLifetime(directory) {} }
        do {
          try check(SweepFile.load(path: path))
          return true
        } catch let error as SweepFileError {
          try check(error, of: bytes)
          return false
        }
      })
  }

  private static func check(_ sweep: Sweep) throws {
    try FuzzFailure.require(sweep.trialCount > 0, "a sweep without trials")
    guard sweep.trialCount <= trialsPlannedMax else { return }
    let plan = SweepPlan(sweep)
    try FuzzFailure.require(plan.trials.count == sweep.trialCount, "the plan has \(plan.trials.count) trials")
    try FuzzFailure.require(Set(plan.trials.map(\.id)).count == plan.trials.count, "a trial twice")
    for trial in plan.trials.prefix(20) {
      let again = try Trial(canonicalBytes: trial.canonicalBytes)
      let isSame = again.id == trial.id && again.cost == trial.cost
      try FuzzFailure.require(isSame, "trial \(trial.id) comes back as another")
      _ = again.study
    }
  }

  private static func check(_ error: SweepFileError, of bytes: [UInt8]) throws {
    try FuzzFailure.require(!error.diagnostics.isEmpty, "a file is refused without a reason")
    // YAML 1.1 counts these as ends of lines; a place may be the end of the file, on the line after the last.
    let isLineEnd: (Unicode.Scalar) -> Bool = { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
    let lines = String(decoding: bytes, as: UTF8.self).unicodeScalars.count(where: isLineEnd) + 2
    for diagnostic in error.diagnostics {
      try FuzzFailure.requireReadable(diagnostic.message)
      try FuzzFailure.requireReadable(diagnostic.hint)
      guard let line = diagnostic.line, let column = diagnostic.column else {
        throw FuzzFailure(description: "no place: \(diagnostic)")
      }
      try FuzzFailure.require(
        (1...lines).contains(line) && (1...bytes.count + 1).contains(column), "an impossible place: \(diagnostic)")
    }
  }
}
