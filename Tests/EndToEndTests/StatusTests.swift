import Foundation
import Testing

/// `icd status`, logs and metrics of real runs.
@Suite struct StatusTests {
  /// The status as `--format json` gives it, by name.
  private static func status(_ arguments: [String], in scratch: Scratch) throws -> [String: Any] {
    let output = try Program.run(["status", "--format", "json"] + arguments, in: scratch, deadline: 30)
    guard output.status == 0 else { throw Failure(output.standardError) }
    return try object(output.standardOutput)
  }

  private static func object(_ text: some StringProtocol) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// The five counts, which add up to the grid.
  private static func counts(_ status: [String: Any]) -> [Int] {
    let counts = ["done", "failed", "quarantined", "running", "queued"].compactMap { status[$0] as? Int }
    #expect(counts.count == 5 && counts.reduce(0, +) == status["planned"] as? Int, "\(status)")
    return counts
  }

  /// A local run tells how far it is and who works; after a kill the store tells; at the end all is done.
  @Test func aLocalRunTellsHowFarItIs() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 12, epochs: 2_000), to: "sweep.yaml")
    let arguments = ["run", "sweep.yaml", "--workers", "2", "--output", "out"]
    let run = try Program.Running(arguments, in: scratch)
    #expect(eventually { (try? RunTests.results("out", scratch).count >= 3) ?? false })
    let live = try Self.status(["out"], in: scratch)
    let counts = Self.counts(live)
    #expect(live["planned"] as? Int == 36 && counts[0] >= 3 && counts[3] >= 1, "\(live)")
    let coordinator = try #require(live["coordinator"] as? [String: Any])
    #expect(coordinator["pid"] as? Int == Int(run.process.processIdentifier))
    #expect(coordinator["state"] as? String == "running")
    let workers = try #require(live["workers"] as? [[String: Any]])
    let pids = RunTests.children(of: run.process.processIdentifier).map(Int.init)
    #expect(workers.count == 2 && workers.allSatisfy { pids.contains($0["pid"] as? Int ?? 0) }, "\(workers)")
    // Each says which of the run's workers it is, and what it runs.
    let slots = workers.compactMap { ($0["name"] as? String)?.split(separator: "/").last }
    #expect(Set(slots) == ["1", "2"])
    #expect(workers.contains { ($0["trial"] as? String)?.contains("seed=") ?? false }, "\(workers)")
    let text = try Program.run(["status", "out"], in: scratch)
    #expect(text.standardOutput.contains("2 workers on 1 host") && text.standardOutput.contains("RESULTS"))

    run.signal(SIGKILL)
    _ = try run.wait()
    let stored = try Self.status(["out"], in: scratch)
    #expect(stored["coordinator"] == nil && Self.counts(stored)[3] == 0 && Self.counts(stored)[0] >= counts[0])
    #expect(try Program.run(["status", "out"], in: scratch).standardOutput.contains("no coordinator answers"))
    #expect(try Program.run(arguments, in: scratch).status == 0)
    #expect(Self.counts(try Self.status(["out"], in: scratch)) == [36, 0, 0, 0, 0])
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/out/status.json"))
  }

  /// Over the network, with a key that is good for nothing else; --watch follows to the end; events and metrics say the
  /// same.
  @Test func aCoordinatorIsWatchedFromAfar() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 12, epochs: 500), to: "sweep.yaml")
    let port = try NetworkTests.freePort()
    let coordinator = try Program.Running(
      [
        "coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:*", "--output", "out", "--join-file", "join.json",
        "--metrics", "127.0.0.1:\(port)", "--log-format", "json", "--log-file", "run.log",
      ], in: scratch)
    #expect(eventually(within: 30) { FileManager.default.fileExists(atPath: "\(scratch.path)/out/status.json") })
    // A copy elsewhere is all that it takes.
    try FileManager.default.copyItem(atPath: "\(scratch.path)/out/status.json", toPath: "\(scratch.path)/copy.json")
    let idle = try Self.status(["--join", "copy.json"], in: scratch)
    #expect(Self.counts(idle) == [0, 0, 0, 0, 36] && (idle["workers"] as? [Any])?.isEmpty == true)
    let watch = try Program.Running(
      ["status", "--join", "copy.json", "--watch", "--every", "0.2", "--format", "json"], in: scratch)
    let worker = try Program.Running(
      ["worker", "--join", "join.json", "--processes", "2", "--log-file", "worker.log"], in: scratch)
    let output = try coordinator.wait(deadline: 120)
    #expect(output.status == 0, "\(output.standardError)")
    #expect(try worker.wait(deadline: 30).status == 0)
    let lines = try watch.wait(deadline: 30)
    #expect(lines.status == 0, "\(lines.standardError)")
    let snapshots = try lines.standardOutput.split(separator: "\n").map { try Self.counts(Self.object($0)) }
    #expect(snapshots.count >= 2 && snapshots.map { $0[0] } == snapshots.map { $0[0] }.sorted(), "\(snapshots)")

    // Standard error and the file have the same events, and nothing but events.
    let events = try output.standardError.split(separator: "\n").map { try Self.object($0) }
    let logged = try String(contentsOfFile: "\(scratch.path)/run.log", encoding: .utf8).split(separator: "\n")
    #expect(logged.count == events.count)
    let names = events.compactMap { $0["event"] as? String }
    #expect(names.first == "listening" && names.count { $0 == "worker_joined" } == 2, "\(names)")
    #expect(events.last { $0["event"] as? String == "progress" }?["done"] as? Int == 36)
    for slot in 1...2 {
      let text = try String(contentsOfFile: "\(scratch.path)/worker-\(slot).log", encoding: .utf8)
      #expect(text.contains(" info joined: ") && text.contains("/\(slot) "), "\(text)")
    }
  }

  /// A limit of descriptors that is too low for the workers that are asked for is an error at the start.
  @Test func tooFewDescriptorsAreRefused() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      "ulimit -n 300; exec '\(Program.path)' coordinator sweep.yaml --listen 'tcp://127.0.0.1:*' --max-workers 1000",
    ]
    shell.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    let pipe = Pipe()
    shell.standardError = pipe
    shell.standardInput = FileHandle.nullDevice
    try shell.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 3)
    #expect(text.contains("1000 workers need") && text.contains("this process may open 300"), "\(text)")
  }

  @Test func asManyProcessesAsTheMachineGives() throws {
    let scratch = try Scratch()
    let output = try Program.run(
      ["worker", "--join", "absent.json", "--processes", "auto"], in: scratch,
      environment: ["SLURM_CPUS_PER_TASK": "1", "SLURM_JOB_END_TIME": "4102444800"], deadline: 30)
    #expect(output.standardError.contains("1 worker process, since "), "\(output.standardError)")
    #expect(output.status == 3 && output.standardError.contains("absent.json"))
    let none = try Program.run(["worker", "--join", "absent.json", "--processes", "0"], in: scratch, deadline: 30)
    #expect(none.status == 2)
  }

  /// A run that must have ended by some time ends before it, says how to go on, and keeps what it has.
  @Test func aRunEndsInTime() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 400, epochs: 2_000), to: "sweep.yaml")
    let begin = Date()
    let run = try Program.run(
      ["run", "sweep.yaml", "--workers", "2", "--output", "out", "--until", "+16s"], in: scratch, deadline: 60)
    #expect(run.status == 130 && run.standardError.contains("to have ended by"), "\(run.standardError)")
    #expect(Date().timeIntervalSince(begin) < 16)
    #expect(try RunTests.results("out", scratch).count > 0)
    let past = try Program.run(["run", "sweep.yaml", "--until", "@1"], in: scratch, deadline: 30)
    #expect(past.status == 2 && past.standardError.contains("is past"))
  }
}
