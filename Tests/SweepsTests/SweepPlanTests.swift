import Foundation
import Sweeps
import Testing

/// A plan from the text of a sweep file.
func plan(_ text: String) throws -> SweepPlan { SweepPlan(try SweepFile.parse(text: text, path: "test.yaml")) }

/// Files of the repository, found from this source file.
func repositoryFile(_ path: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: path).path
}

struct SweepPlanTests {
  @Test func gridOrderIsCasesThenAxesThenSeeds() throws {
    let plan = try plan(
      """
      name: order
      cases:
        - {task: linear, signal_variance: 1}
        - {task: sphere, radius: 2}
      axes:
        d: [2, 3]
        L: [10, 20]
      seeds: {count: 2, first: 5}
      """)
    let rows = plan.trials.map { trial -> [String] in
      ["task", "d", "L", "seed"].map { trial.parameters[$0]?.description ?? "" }
    }
    var expected: [[String]] = []
    for task in ["linear", "sphere"] {
      for d in ["2", "3"] {
        for L in ["10", "20"] { for seed in ["5", "6"] { expected.append([task, d, L, seed]) } }
      }
    }
    #expect(rows == expected)
    #expect(plan.cells.map(\.trials) == (0..<8).map { $0 * 2..<$0 * 2 + 2 })
    #expect(plan.varying == ["L", "d", "epochs", "noise_variance", "radius", "signal_variance", "task"])
    #expect(Set(plan.trials.map(\.id)).count == 16)
  }

  @Test func moreSeedsAndOneMoreLengthKeepAllIdentities() throws {
    let before = try plan("{name: a, axes: {L: [20, 50]}, seeds: 3}")
    let after = try plan("{name: b, description: more, axes: {L: [20, 35, 50]}, seeds: 5}")
    let old = Set(before.trials.map(\.id))
    let new = Set(after.trials.map(\.id))
    #expect(old.isSubset(of: new))
    #expect(new.count == 15 && old.count == 6)
  }

  @Test func identityDoesNotDependOnHowTheFileIsWritten() throws {
    let one = try plan("{name: a, parameters: {L: 50, d: 8, noise_variance: 1}, seeds: 1}")
    let other = try plan(
      "{name: b, axes: {noise_variance: [1.0], L: {range: [50, 50, 10]}}, seeds: {count: 1, root: 0}}")
    #expect(one.trials.map(\.id) == other.trials.map(\.id))
  }

  @Test func pointsThatCoincideAreMerged() throws {
    let plan = try plan(
      "{name: merge, axes: {task: [linear, mixture], d: [2, 4, 8], L: [10, 10]}, parameters: {n: 8}, seeds: 3}")
    // Linear: three d; mixture: one, for d has no meaning; the second L = 10 is the first.
    #expect(plan.cells.count == 4)
    #expect(plan.trials.count == 12)
    #expect(plan.mergedDuplicates == (12 - 4) * 3)
    #expect(plan.sweep.trialCount == 12)
    #expect(plan.cells.map { $0.parameters["d"] } == [.integer(2), .integer(4), .integer(8), nil])
  }

  @Test func excludedPointsAreLeftOut() throws {
    let plan = try plan(
      """
      name: exclude
      axes: {d: [4, 8, 16], L: [10, 20, 40], n: [8, 16]}
      exclude:
        - {n: 8, d: 16}
        - {n: 16, L: [10, 20]}
      """)
    let points = plan.cells.map { cell in ["d", "L", "n"].map { cell.parameters[$0]?.description ?? "" } }
    #expect(
      points == [
        ["4", "10", "8"], ["4", "20", "8"], ["4", "40", "8"], ["4", "40", "16"],
        ["8", "10", "8"], ["8", "20", "8"], ["8", "40", "8"], ["8", "40", "16"],
        ["16", "40", "16"],
      ])
    #expect(plan.excludedPoints == 9)
  }

  @Test(arguments: [
    ("examples/paper/figure-4a.yaml", 114, 19), ("examples/three-tasks.yaml", 144, 24),
    ("examples/grid.yaml", 180, 45), ("examples/quickstart.yaml", 48, 12),
  ])
  func examplesAreValid(path: String, trials: Int, cells: Int) throws {
    let sweep = try SweepFile.load(path: repositoryFile(path))
    let plan = SweepPlan(sweep)
    #expect(plan.trials.count == trials)
    #expect(plan.cells.count == cells)
    #expect(plan.mergedDuplicates == 0)
    #expect(sweep.text.contains("icd run \(path)"))
  }

  @Test func everyExampleIsListedAbove() throws {
    let listed: Set = ["paper/figure-4a.yaml", "three-tasks.yaml", "grid.yaml", "quickstart.yaml"]
    let found = FileManager.default.enumerator(atPath: repositoryFile("examples"))?.compactMap { $0 as? String } ?? []
    for path in found where path.hasSuffix(".yaml") && !listed.contains(path) {
      // Another sweep of the repository: it has at least to be valid.
      _ = try SweepFile.load(path: repositoryFile("examples/" + path))
    }
    #expect(listed.isSubset(of: found))
  }

  @Test func figure4aHasThePaperContextLengths() throws {
    let plan = SweepPlan(try SweepFile.load(path: repositoryFile("examples/paper/figure-4a.yaml")))
    let lengths = Array(stride(from: 20, through: 90, by: 10)) + Array(stride(from: 100, through: 500, by: 40))
    #expect(plan.cells.map { $0.parameters["L"] } == lengths.map { .integer($0) })
    #expect(plan.varying == ["L"])
  }

  @Test func costOrdersTrialsByTheirWork() throws {
    let plan = try plan("{name: cost, axes: {attention: [linear, softmax], L: [50, 500]}}")
    let costs = plan.trials.map(\.cost)
    #expect(costs[0] < costs[1] && costs[1] < costs[2] && costs[2] < costs[3])
    #expect(plan.cost == costs.reduce(0, +))
  }

  /// By Python, from the formulas of TrialCost's comment; the defaults are n 16, d 8, 800 + 200 prompts.
  @Test(arguments: [
    ("{task: linear, L: 500}", 1_219_008_000.0),
    ("{task: sphere, attention: softmax, L: 50, epochs: 10, evaluation_interval: 4}", 323_300_000),
    ("{task: mixture, attention: gaussian, L: 100, n: 8, epochs: 3}", 232_339_200),
  ])
  func costIsAsDocumented(parameters: String, operations: Double) throws {
    #expect(try plan("{name: cost, parameters: \(parameters)}").trials.map(\.cost) == [operations])
  }

  @Test func aMillionTrialsArePlannedInSeconds() throws {
    let clock = ContinuousClock()
    let text = """
      name: million
      axes:
        signal_variance: {linspace: [0.5, 4, 50]}
        noise_variance: {linspace: [0.1, 2, 50]}
        L: {range: [10, 500, 10]}
      seeds: 8
      """
    var sweep: Sweep?
    let reading = try clock.measure { sweep = try SweepFile.parse(text: text, path: "million.yaml") }
    var trials = 0
    let planning = clock.measure { trials = sweep.map { SweepPlan($0).trials.count } ?? 0 }
    print("1e6 trials in 125,000 cells: checked in \(reading), planned in \(planning)")
    #expect(trials == 1_000_000)
    #expect(reading + planning < .seconds(60))
  }
}
