import Foundation
import Testing

/// Retrieval through the real program: run, stored, verified, exported, reported.
@Suite struct RetrievalTests {
  private static let sweep = """
    name: retrieval
    parameters: {study: retrieval, task: sphere, n: 2, d: 1, L: 25, steps: 8, contexts: 20, queries_per_context: 6}
    axes: {attention: [softmax, gaussian]}
    seeds: 2

    """

  @Test func resultsGoThroughTheWholeProgram() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep, to: "sweep.yaml")
    let run = try Program.run(["run", "sweep.yaml", "--workers", "2", "--output", "out"], in: scratch)
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.contains("one step and iterated retrieval"))
    let verify = try Program.run(["verify", "out", "--sample", "all"], in: scratch)
    #expect(verify.status == 0 && verify.standardOutput.contains("4 run again, every bit the same"))

    let rows = try PaperTests.table("retrieval", "out", scratch).rows
    #expect(rows.map { $0["attention"] } == ["softmax", "gaussian"])
    for row in rows {
      #expect(try row.number("converged_share") == 1 && row.number("unbounded_share") == 0)
      let excess = try row.number("converged_loss") - row.number("one_step_loss")
      #expect(try abs(row.number("converged_excess") - excess) < 1e-12)
      #expect(try row.number("converged_excess_sem") > 0 && row.number("converged_ratio_sem") > 0)
    }
    // All tokens have one norm but for their rounding to single precision, so that both energies are nearly one.
    let difference = try rows[0].number("one_step_loss") - rows[1].number("one_step_loss")
    #expect(abs(difference) < 1e-7)
  }

  @Test func anExportHasEveryQueryAndThePicture() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep, to: "sweep.yaml")
    let plan = try Program.run(["plan", "sweep.yaml", "--trials"], in: scratch).standardOutput
    let trial = String(try #require(plan.split(separator: "\n").first).split(separator: "\t")[1])
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    let export = try Program.run(["export", "out", "--trial", trial, "--to", "files"], in: scratch)
    #expect(export.status == 0, "\(export.standardError)")
    func file(_ name: String) throws -> NPYFile { try NPYFile("\(scratch.path)/files/\(name).npy") }
    #expect(try file("contexts_test").shape == [20, 25, 2])
    #expect(try file("queries_test").shape == [20, 6, 2] && file("targets_test").shape == [20, 6, 2])
    #expect(try file("trajectories").shape == [6, 9, 2] && file("energy").shape == [121, 121])
    #expect(try file("curve_step").doubles == (0...8).map(Double.init))
    // The picture's trajectories start at the queries of the first context.
    let (queries, trajectories) = (try file("queries_test").doubles, try file("trajectories").doubles)
    for query in 0..<6 { #expect(trajectories[query * 18..<query * 18 + 2] == queries[query * 2..<query * 2 + 2]) }
    let targets = try file("targets_test").doubles
    let squares = zip(queries, targets).map { ($0 - $1) * ($0 - $1) }
    let loss = try file("curve_loss").doubles[0]
    #expect(abs(squares.reduce(0, +) / Double(squares.count) - loss) < 1e-6)
  }
}
