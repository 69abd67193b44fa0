import Foundation
import Results
import Scheduling
import Sweeps
import Testing

/// Runs of the real program: any number of workers, any interruption, the same bytes.
@Suite struct RunTests {
  /// A sweep of `seeds` seeds over three lengths. Each trial takes `epochs` times about a millisecond.
  static func sweep(seeds: Int = 4, lengths: String = "[10, 20, 40]", epochs: Int = 30) -> String {
    """
    name: small
    parameters:
      task: linear
      attention: softmax
      n: 8
      d: 3
      signal_variance: 2
      noise_variance: 1
      train_prompts: 200
      test_prompts: 50
      batch_size: 30
      epochs: \(epochs)
    axes:
      L: \(lengths)
    seeds: {count: \(seeds), root: 7}

    """
  }

  /// The loss, weight and fit tables, byte for byte.
  static func tables(_ directory: String, _ scratch: Scratch) throws -> String {
    try ["loss", "weights", "fit"].map { table in
      let output = try Program.run(["report", directory, "--table", table, "--format", "csv"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      return output.standardOutput
    }.joined(separator: "\n")
  }

  /// Identity, digest and start of every committed result.
  static func results(_ directory: String, _ scratch: Scratch) throws -> [String: [String]] {
    let store = try ResultStore(directory: "\(scratch.path)/\(directory)", access: .readOnly)
    defer { try? store.close() }
    var results: [String: [String]] = [:]
    for trial in try store.committedTrials() {
      guard let origin = try store.origin(of: trial) else { continue }
      results[trial.description] = [origin.digest, "\(origin.startedAt)", "\(origin.attempt)"]
    }
    return results
  }

  /// How often each trial was started, from the logs of the workers that ran with `ICD_TRACE` set.
  static func starts(_ directory: String, _ scratch: Scratch) throws -> [String: Int] {
    let logs = "\(scratch.path)/\(directory)/logs"
    var starts: [String: Int] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: logs) {
      let text = try String(contentsOfFile: "\(logs)/\(name)", encoding: .utf8)
      for line in text.split(separator: "\n") where line.hasPrefix("start ") {
        starts[String(line.dropFirst(6)), default: 0] += 1
      }
    }
    return starts
  }

  /// What the `sqlite3` shell would show.
  static func rows(_ sql: String, of directory: String, _ scratch: Scratch) throws -> [[String?]] {
    let store = try ResultStore(directory: "\(scratch.path)/\(directory)", access: .readOnly)
    defer { try? store.close() }
    return try store.rows(sql)
  }

  static let trace = ["ICD_TRACE": "1"]

  @Test func oneAndFourWorkersGiveTheSameBytes() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(), to: "sweep.yaml")
    for workers in [1, 4] {
      let run = try Program.run(
        ["run", "sweep.yaml", "--workers", "\(workers)", "--output", "out\(workers)"], in: scratch)
      #expect(run.status == 0, "\(run.standardError)")
      #expect(run.standardOutput.contains("L") && run.standardOutput.contains("αβ"), "the two tables")
    }
    #expect(try Self.tables("out1", scratch) == Self.tables("out4", scratch))
    let digests = try ["out1", "out4"].map { try Self.results($0, scratch).mapValues { $0[0] } }
    #expect(digests[0] == digests[1] && digests[0].count == 12)
  }

  /// `kill -9` of the coordinator in the middle: its workers go, the same command finishes the rest, no committed
  /// trial runs again, and the tables are those of an undisturbed run.
  @Test func aKilledRunResumes() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 12, epochs: 1000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "2", "--output"]
    let undisturbed = try Program.run(arguments + ["whole"], in: scratch)
    #expect(undisturbed.status == 0, "\(undisturbed.standardError)")

    let run = try Program.Running(arguments + ["cut"], in: scratch, environment: Self.trace)
    let running = eventually {
      guard FileManager.default.fileExists(atPath: "\(scratch.path)/cut/results.sqlite") else { return false }
      return (try? Self.results("cut", scratch).count >= 5) ?? false
    }
    #expect(running)
    run.signal(SIGKILL)
    #expect(try run.wait().status == 128 + SIGKILL)
    #expect(eventually(within: 20) { Self.processes(mentioning: scratch.path).isEmpty }, "orphans")
    let before = try Self.results("cut", scratch)
    #expect(before.count >= 5 && before.count < 36, "\(before.count) results before the kill")

    let resumed = try Program.run(arguments + ["cut"], in: scratch, environment: Self.trace)
    #expect(resumed.status == 0, "\(resumed.standardError)")
    let after = try Self.results("cut", scratch)
    let starts = try Self.starts("cut", scratch)
    #expect(after.count == 36 && starts.count == 36)
    for (trial, result) in before { #expect(after[trial] == result && starts[trial] == 1, "\(trial) ran again") }
    #expect(try Self.tables("cut", scratch) == Self.tables("whole", scratch))
    // The workers ended with their coordinator, and said so: their trials had no part in it.
    #expect(try Self.rows("SELECT count(*) FROM failures", of: "cut", scratch) == [["0"]])
    #expect(try Self.rows("SELECT count(*) FROM holdings", of: "cut", scratch) == [["0"]])
  }

  /// A worker is killed, and its coordinator before it can know: the next one does.
  @Test func aWorkerThatWasLostJustBeforeItsCoordinatorIsMissed() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 4, epochs: 2000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "1", "--output", "out"]
    let run = try Program.Running(arguments, in: scratch, environment: Self.trace)
    let running = eventually { (try? Self.starts("out", scratch).count >= 2) ?? false }
    #expect(running)
    run.signal(SIGSTOP)
    for worker in Self.children(of: run.process.processIdentifier) { kill(worker, SIGKILL) }
    run.signal(SIGKILL)
    _ = try run.wait()
    let before = try Self.rows("SELECT pid, length(trials) FROM holdings", of: "out", scratch)
    #expect(before.count == 1)
    let resumed = try Program.run(arguments, in: scratch)
    #expect(resumed.status == 0, "\(resumed.standardError)")
    let faults = try Self.rows("SELECT kind, attempt, is_final, message FROM failures", of: "out", scratch)
    let pid = try #require(before.first?.first ?? nil)
    #expect(
      faults == [
        ["worker_lost", "1", "0", "process \(pid) is gone, and left no word to the coordinator before this one"]
      ])
    #expect(try Self.results("out", scratch).count == 12)
  }

  /// Ctrl-C: exit code 130, a word on how to resume, results kept, no process left; then it resumes.
  @Test func anInterruptedRunSaysHowToResume() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 12, epochs: 1000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "2", "--output", "out"]
    let run = try Program.Running(arguments, in: scratch, environment: Self.trace)
    let running = eventually { (try? Self.results("out", scratch).count >= 3) ?? false }
    #expect(running)
    run.signal(SIGINT)
    let output = try run.wait(deadline: 60)
    #expect(output.status == 130, "\(output.standardError)")
    #expect(output.standardError.contains("icd run sweep.yaml"), "\(output.standardError)")
    #expect(eventually(within: 20) { Self.processes(mentioning: scratch.path).isEmpty }, "orphans")
    let before = try Self.results("out", scratch)
    #expect(before.count < 36)
    #expect(try Program.run(arguments, in: scratch, environment: Self.trace).status == 0)
    let after = try Self.results("out", scratch)
    let starts = try Self.starts("out", scratch)
    #expect(after.count == 36 && starts.count == 36)
    for (trial, result) in before { #expect(after[trial] == result && starts[trial] == 1, "\(trial) ran again") }
  }

  /// `kill -9` of workers: the run goes on with new ones, and every trial gets its result.
  @Test func killedWorkersAreReplaced() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 12, epochs: 800), to: "sweep.yaml")
    let run = try Program.Running(["run", "sweep.yaml", "--workers", "2", "--output", "out"], in: scratch)
    var killed = Set<Int32>()
    while killed.count < 3 && run.process.isRunning {
      for worker in Self.children(of: run.process.processIdentifier) where !killed.contains(worker) {
        usleep(150_000)
        kill(worker, SIGKILL)
        killed.insert(worker)
        break
      }
      usleep(20_000)
    }
    #expect(killed.count == 3)
    let output = try run.wait()
    #expect(output.status == 0, "\(output.standardError)")
    // Each is announced once, if it is: one that had not joined yet took no trial along.
    for worker in killed {
      let mentions = output.standardError.components(separatedBy: "process \(worker) killed by signal 9").count - 1
      #expect(mentions <= 1, "\(output.standardError)")
    }
    #expect(try Self.results("out", scratch).count == 36)
  }

  /// A sweep with two more seeds and one more L runs only the new trials.
  @Test func anExtendedSweepRunsOnlyWhatIsNew() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 3), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--output", "out"]
    #expect(try Program.run(arguments, in: scratch, environment: Self.trace).status == 0)
    let before = try Self.results("out", scratch)
    #expect(before.count == 9)
    try scratch.write(Self.sweep(seeds: 5, lengths: "[10, 20, 30, 40]"), to: "sweep.yaml")
    let plan = try Program.run(["plan", "sweep.yaml", "--output", "out", "--format", "json"], in: scratch)
    #expect(plan.standardOutput.contains("\"missing\" : 11"), "\(plan.standardOutput)")
    #expect(try Program.run(arguments, in: scratch, environment: Self.trace).status == 0)
    let after = try Self.results("out", scratch)
    #expect(after.count == 20)
    for (trial, result) in before { #expect(after[trial] == result, "trial \(trial) ran again") }
    // A third time there is nothing to do. Each of the twenty was started once in all.
    #expect(try Program.run(arguments, in: scratch, environment: Self.trace).status == 0)
    #expect(try Self.results("out", scratch) == after)
    #expect(try Self.starts("out", scratch).values.sorted() == [Int](repeating: 1, count: 20))
  }

  /// A trial that diverges fails, is shown with its reason, and does not stop the others: exit code 1.
  @Test func failedTrialsAreReported() throws {
    let scratch = try Scratch()
    let text =
      Self.sweep(seeds: 2).replacingOccurrences(
        of: "  epochs: 30", with: "  epochs: 30\n  optimizer: sgd") + "\n"
    let axes = text.replacingOccurrences(of: "axes:\n", with: "axes:\n  learning_rate: [0.01, 1.0e+12]\n")
    try scratch.write(axes.replacingOccurrences(of: "softmax", with: "linear"), to: "sweep.yaml")
    let run = try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch)
    #expect(run.status == 1, "\(run.standardError)")
    #expect(run.standardError.contains("diverged"), "\(run.standardError)")
    #expect(try Self.results("out", scratch).count == 6)
    let status = try Program.run(["status", "out"], in: scratch)
    let counts = "6 done + 6 failed + 0 quarantined + 0 running + 0 queued = 12 trials"
    #expect(status.standardOutput.contains(counts), "\(status.standardOutput)")
  }

  /// Results that go into a file which nobody will find again are no results: the run ends at once, with exit code 3.
  @Test(arguments: ["out/results.sqlite", "out"]) func aStoreThatIsRemovedEndsTheRun(victim: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 400, epochs: 1000), to: "sweep.yaml")
    let run = try Program.Running(["run", "sweep.yaml", "--workers", "2", "--output", "out"], in: scratch)
    #expect(eventually { (try? Self.results("out", scratch).count >= 1) ?? false })
    try FileManager.default.removeItem(atPath: "\(scratch.path)/\(victim)")
    let output = try run.wait(deadline: 60)
    #expect(output.status == 3, "\(output.standardError)")
    #expect(output.standardError.contains("out/results.sqlite was removed or replaced"), "\(output.standardError)")
    #expect(!output.standardError.contains("the store fails"), "\(output.standardError)")
    #expect(eventually(within: 20) { Self.processes(mentioning: scratch.path).isEmpty }, "orphans")
    // The workers said into their logs, if these are there still, that they ended with it.
    var lastWords = LastWords(directory: "\(scratch.path)/out/logs")
    #expect(lastWords.workers().count == (victim == "out" ? 0 : 2))
    // What was left of it does not stand in the way.
    try scratch.write(Self.sweep(seeds: 1), to: "sweep.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    #expect(try Self.results("out", scratch).count == 3)
  }

  /// A run that was killed, and whose log somebody removed, is not taken for one that has less.
  @Test func aStoreWithoutItsLogIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 12, epochs: 1_000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "2", "--output", "out"]
    let run = try Program.Running(arguments, in: scratch)
    #expect(eventually { (try? Self.results("out", scratch).count >= 3) ?? false })
    run.signal(SIGKILL)
    _ = try run.wait()
    try FileManager.default.removeItem(atPath: "\(scratch.path)/out/results.sqlite-wal")
    let again = try Program.run(arguments, in: scratch, deadline: 30)
    #expect(again.status == 3 && again.standardError.contains("results.sqlite-wal was removed"), "\(again)")
    try FileManager.default.removeItem(atPath: "\(scratch.path)/out/results.sqlite-commits")
    #expect(try Program.run(arguments, in: scratch).status == 0)
    #expect(try Self.results("out", scratch).count == 36)
  }

  /// A second coordinator on the same directory refuses, and names the first.
  @Test func aDirectoryHasOneCoordinator() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep(seeds: 12, epochs: 1000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "1", "--output", "out"]
    let first = try Program.Running(arguments, in: scratch)
    #expect(eventually { (try? Self.results("out", scratch).count >= 1) ?? false })
    let second = try Program.run(arguments, in: scratch, deadline: 30)
    #expect(second.status == 3)
    #expect(second.standardError.contains("\(first.process.processIdentifier)"), "\(second.standardError)")
    first.signal(SIGTERM)
    #expect(try first.wait(deadline: 60).status == 130)
  }

  // MARK: - Processes

  /// Processes of `icd` whose command line or working directory mentions a text.
  static func processes(mentioning text: String) -> [Int32] {
    allProcesses().filter { pid in
      let directory = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) ?? ""
      let command = commandLine(pid)
      return command.contains("icd") && (command.contains(text) || directory.contains(text))
    }
  }

  static func children(of parent: Int32) -> [Int32] {
    allProcesses().filter { pid in
      guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && fields[1] == "\(parent)" && fields[0] != "Z"
    }
  }

  private static func allProcesses() -> [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }

  private static func commandLine(_ pid: Int32) -> String {
    String(decoding: FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data(), as: UTF8.self)
  }
}
