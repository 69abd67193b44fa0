import Foundation
import Testing

/// Sweeps of several studies through the real program: planned, run, stored, verified, exported, reported.
@Suite struct StudyTests {
  private static let sweep = """
    name: mixed
    cases:
      - {study: landscape, alpha_bounds: [-1, 3], beta_bounds: [-10, 30], grid_points: 9}
      - {study: training, epochs: 20, evaluation_interval: 10}
    parameters: {task: sphere, attention: softmax, n: 6, d: 2, L: 50, train_prompts: 100, test_prompts: 40}
    seeds: 2

    """

  @Test func aSweepMayMixStudies() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep, to: "sweep.yaml")
    let plan = try Program.run(["plan", "sweep.yaml", "--trials"], in: scratch).standardOutput.split(separator: "\n")
    #expect(plan.count == 4 && plan.count { $0.contains("study=landscape") } == 2)

    let run = try Program.run(["run", "sweep.yaml", "--workers", "2", "--output", "out"], in: scratch)
    #expect(run.status == 0, "\(run.standardError)")
    for title in ["loss against context length", "weight scales against context length", "loss landscape"] {
      #expect(run.standardOutput.contains(title), "\(run.standardOutput)")
    }
    let verify = try Program.run(["verify", "out", "--sample", "all"], in: scratch)
    #expect(verify.status == 0 && verify.standardOutput.contains("4 run again, every bit the same"))

    let losses = try PaperTests.table("loss", "out", scratch).rows
    #expect(losses.count == 1)
    let landscape = try #require(try PaperTests.table("landscape", "out", scratch).rows.first)
    #expect(landscape["task"] == "sphere" && landscape["seeds"] == "2")
    #expect(try landscape.number("heuristic_beta") == 10 && landscape.number("heuristic_alpha") == 1)
    for point in ["node", "heuristic"] {
      #expect(try landscape.number("minimum_train_loss") <= landscape.number("\(point)_train_loss"))
    }
    #expect(try landscape.number("trained_train_loss") == losses[0].number("train_loss"))
    #expect(try landscape.number("bayes_loss") > 0)

    let csv = try Program.run(["report", "out", "--format", "csv"], in: scratch)
    #expect(csv.status == 2 && csv.standardError.contains("this is loss and weights and landscape"))
  }

  /// Every further study is stored, found the same when it is run again, and has its table and its files.
  @Test func theOtherStudiesAreStoredAndChecked() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      name: others
      cases:
        - {study: transfer, epochs: 5, train_prompts: 40, transfer_L: 30, transfer_d: 4}
        - {study: convergence}
        - {study: training, epochs: 5, train_prompts: 40, transform: random}
      parameters: {n: 6, d: 2, L: 20, test_prompts: 20}
      seeds: 2

      """, to: "sweep.yaml")
    let run = try Program.run(["run", "sweep.yaml", "--workers", "2", "--output", "out"], in: scratch)
    #expect(run.status == 0, "\(run.standardError)")
    let verify = try Program.run(["verify", "out", "--sample", "all"], in: scratch)
    #expect(verify.status == 0 && verify.standardOutput.contains("6 run again, every bit the same"))
    for (table, column) in [
      ("transfer", "ratio"), ("convergence", "deviation_90_ratio"), ("structure", "structure_kq"),
      ("loss", "test_loss"),
    ] {
      let rows = try PaperTests.table(table, "out", scratch).rows
      #expect(rows.count == 1)
      #expect(try rows.first.map { try $0.number(column) > 0 } == true, "\(table)")
    }
    let plan = try Program.run(["plan", "sweep.yaml", "--trials"], in: scratch).standardOutput
    let line = try #require(plan.split(separator: "\n").first { $0.contains("study=transfer") })
    let trial = String(line.split(separator: "\t")[1])
    #expect(try Program.run(["export", "out", "--trial", trial, "--to", "files"], in: scratch).status == 0)
    func file(_ name: String) throws -> NPYFile { try NPYFile("\(scratch.path)/files/\(name).npy") }
    #expect(try file("contexts_train").shape == [40, 20, 6] && file("contexts_used").shape == [20, 30, 6])
  }

  @Test func aLandscapeIsExported() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep, to: "sweep.yaml")
    let plan = try Program.run(["plan", "sweep.yaml", "--trials"], in: scratch).standardOutput
    let line = try #require(plan.split(separator: "\n").first { $0.contains("study=landscape") })
    let trial = String(line.split(separator: "\t")[1])
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    let export = try Program.run(["export", "out", "--trial", trial, "--to", "files"], in: scratch)
    #expect(export.status == 0, "\(export.standardError)")
    func file(_ name: String) throws -> NPYFile { try NPYFile("\(scratch.path)/files/\(name).npy") }
    #expect(try file("contexts_train").shape == [100, 50, 6] && file("targets_test").shape == [40, 6])
    #expect(try file("landscape_train_loss").shape == [9, 9])
    #expect(try file("curve_grid_alpha").doubles == [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3])
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/files/batch_order.npy"))
  }
}
