import Foundation
import Results
import Sweeps
import Testing

/// Trials that fail, runs that stop because of them, and `icd retry`.
@Suite struct RetryTests {
  /// Twelve trials, none of which can run: the memory budget is no number.
  static let broken = ["ICD_MEMORY_BUDGET": "plenty"]

  @Test func whatFailedIsNotRunAgainBeforeItIsPutBack() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "s.yaml")
    let first = try Program.run(
      ["run", "s.yaml", "--workers", "2", "--output", "r", "--quiet"], in: scratch, environment: Self.broken)
    #expect(first.status == 1, "\(first.standardError)")
    #expect(first.standardError.contains("12 trials failed"))
    #expect(first.standardError.contains("`icd retry r` puts them back"))
    // Nothing is wrong any more, but they were given up.
    let again = try Program.run(["run", "s.yaml", "--workers", "2", "--output", "r", "--quiet"], in: scratch)
    #expect(again.status == 1 && again.standardError.contains("12 trials failed"))
    let plan = try Program.run(["plan", "s.yaml", "--output", "r"], in: scratch).standardOutput
    #expect(plan.contains("failed    12 trials, not run again before `icd retry r`"))
    #expect(plan.contains("to run    0 trials"))
    let name = try #require(try failed(scratch).first)
    let one = try Program.run(["retry", "r", "--trial", name], in: scratch)
    #expect(one.status == 0 && one.standardOutput == "put 1 trial back; 11 failed ones stay\n")
    let other = try Program.run(["retry", "r", "--trial", name], in: scratch)
    #expect(other.status == 2 && other.standardError.contains("`icd status r` names those that failed"))
    #expect(try Program.run(["run", "s.yaml", "--output", "r", "--quiet"], in: scratch).status == 1)
    #expect(try failed(scratch).count == 11)
    let all = try Program.run(["retry", "r"], in: scratch)
    #expect(all.status == 0 && all.standardOutput == "put 11 trials back; 0 failed ones stay\n")
    #expect(try Program.run(["run", "s.yaml", "--output", "r", "--quiet"], in: scratch).status == 0)
    #expect(try Program.run(["retry", "r"], in: scratch).standardOutput == "no trial of r failed\n")
  }

  @Test func maxFailuresStopsTheRun() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 400), to: "s.yaml")
    let run = try Program.run(
      ["run", "s.yaml", "--workers", "1", "--output", "r", "--quiet", "--max-failures", "3"], in: scratch,
      environment: Self.broken)
    #expect(run.status == 5, "\(run.standardError)")
    #expect(run.standardError.contains("stopped by --max-failures"))
    #expect(try failed(scratch).count >= 3)
    #expect(try failed(scratch).count < 1_200)
  }

  private func failed(_ scratch: Scratch) throws -> [String] {
    let store = try ResultStore(directory: "\(scratch.path)/r", access: .readOnly)
    defer { try? store.close() }
    return try store.failures().map(\.trial)
  }
}
