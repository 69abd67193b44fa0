import Foundation
import Testing

/// `icd launch` with a stand-in for ssh that runs the command for the host on this machine. cluster/test.sh has the real
/// ssh, and hosts with addresses of their own.
@Suite struct LaunchTests {
  private static func scratch(hosts: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(hosts, to: "hosts")
    // The last word is the command; the one before is the host.
    try scratch.write(
      """
      #!/bin/bash
      printf '%s\\n' "$*" >>ssh-calls
      [[ ${@: -2:1} == unreachable ]] && { echo 'no route to host' >&2; exit 255; }
      exec sh -c "${@: -1}"

      """, to: "ssh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(scratch.path)/ssh")
    return scratch
  }

  private static func launch(_ scratch: Scratch) throws -> Program.Running {
    try Program.Running(
      [
        "launch", "--hosts", "hosts", "--ssh", "./ssh", "--listen", "tcp://127.0.0.1:*", "--output", "out",
        "sweep.yaml",
      ],
      in: scratch)
  }

  @Test func hostsGiveTheSameBytesAndNothingIsLeft() throws {
    let scratch = try Self.scratch(
      hosts: "one slots=1 icd=\(Program.path)\ntwo slots=2 icd=\(Program.path)\nunreachable slots=1\n")
    try scratch.write(RunTests.sweep(epochs: 1000), to: "sweep.yaml")
    let output = try Self.launch(scratch).wait(deadline: 120)
    #expect(output.status == 0, "\(output.standardError)")
    #expect(output.standardError.contains("host unreachable: no connection: no route to host; tried again in 1 s"))
    let local = try Program.run(["run", "sweep.yaml", "--output", "local", "--workers", "2"], in: scratch)
    #expect(local.status == 0, "\(local.standardError)")
    #expect(try RunTests.tables("out", scratch) == RunTests.tables("local", scratch))
    // Output of the hosts is brought back.
    let logs = try ["one", "two"].map {
      try String(contentsOfFile: "\(scratch.path)/out/logs/\($0).log", encoding: .utf8)
    }
    #expect(logs.map { $0.components(separatedBy: " joined the sweep 'small'").count - 1 } == [1, 2])
    // No secret is in a command line, and no join file is left anywhere.
    let calls = try String(contentsOfFile: "\(scratch.path)/ssh-calls", encoding: .utf8)
    #expect(calls.contains("worker --join - --processes 2") && !calls.contains("SecretKey"))
    #expect(!scratch.contents.contains("join.json"))
    #expect(eventually(within: 20) { RunTests.processes(mentioning: scratch.path).isEmpty }, "orphans")
  }

  /// Whatever happens to the launcher, its workers end.
  @Test func aKilledLauncherTakesItsWorkersAlong() throws {
    let scratch = try Self.scratch(hosts: "one slots=2 icd=\(Program.path)\n")
    try scratch.write(RunTests.sweep(seeds: 50, epochs: 3000), to: "sweep.yaml")
    let launcher = try Self.launch(scratch)
    #expect(eventually { launcher.standardError.components(separatedBy: " joined").count > 2 })
    launcher.signal(SIGKILL)
    _ = try launcher.wait()
    #expect(eventually(within: 10) { RunTests.processes(mentioning: scratch.path).isEmpty }, "orphans")
    // The same command goes on, and a signal ends it in good order.
    let second = try Self.launch(scratch)
    #expect(eventually { second.standardError.components(separatedBy: " joined").count > 2 })
    second.signal(SIGTERM)
    let output = try second.wait(deadline: 60)
    #expect(output.status == 130 && output.standardError.contains("icd launch"), "\(output.standardError)")
    // The first workers wrote into the log of their host why they ended, so none of them counts as lost.
    #expect(try RunTests.rows("SELECT kind, message FROM failures", of: "out", scratch).isEmpty)
    #expect(try RunTests.rows("SELECT count(*) FROM holdings", of: "out", scratch) == [["0"]])
    #expect(eventually(within: 10) { RunTests.processes(mentioning: scratch.path).isEmpty }, "orphans")
  }

  /// On a host whose connection is lost nobody reads any more why the workers end.
  @Test func workersEndWithTheirConnection() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 50, epochs: 3000), to: "sweep.yaml")
    let coordinator = try Program.Running(
      ["coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:*", "--join-file", "join.json", "--output", "out"],
      in: scratch)
    #expect(eventually { FileManager.default.fileExists(atPath: "\(scratch.path)/join.json") })
    let joinFile = try String(contentsOfFile: "\(scratch.path)/join.json", encoding: .utf8)
    let (lifeline, errors) = (Pipe(), Pipe())
    let group = try Program.Running(
      ["worker", "--join", "-", "--processes", "2"], in: scratch, input: lifeline.fileHandleForReading,
      errors: errors.fileHandleForWriting)
    try errors.fileHandleForWriting.close()
    try lifeline.fileHandleForReading.close()
    try lifeline.fileHandleForWriting.write(contentsOf: Data((joinFile.filter { !$0.isNewline } + "\n").utf8))
    #expect(eventually { coordinator.standardError.components(separatedBy: " joined").count > 2 })
    try errors.fileHandleForReading.close()
    try lifeline.fileHandleForWriting.close()
    #expect(try group.wait(deadline: 30).status == 3)
    coordinator.signal(SIGTERM)
    _ = try coordinator.wait(deadline: 60)
    #expect(eventually(within: 10) { RunTests.processes(mentioning: scratch.path).isEmpty }, "orphans")
  }

  /// Without a usable host a launch ends, and says why.
  @Test func noUsableHostIsAnError() throws {
    let scratch = try Self.scratch(hosts: "one slots=1 icd=/no/such/icd\n")
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let output = try Self.launch(scratch).wait(deadline: 60)
    #expect(output.status == 3)
    #expect(output.standardError.contains("host one is given up: the program cannot be started there"))
    #expect(output.standardError.contains("none of the hosts can be used"))
  }

  @Test func aBadHostsFileIsAUsageError() throws {
    let scratch = try Self.scratch(hosts: "one slots=many\n")
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let output = try Self.launch(scratch).wait(deadline: 30)
    #expect(output.status == 2 && output.standardError.contains("hosts:1:5: slots=many: give a number"))
    #expect(!scratch.contents.contains("out"))
  }

  /// A cluster's scheduler signals all processes of a job, and the group passes it on: still an end in good order.
  @Test func aSignalToEveryProcessIsAnOrderlyEnd() throws {
    let scratch = try Self.scratch(hosts: "")
    try scratch.write(RunTests.sweep(seeds: 50, epochs: 3000), to: "sweep.yaml")
    let coordinator = try Program.Running(
      ["coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:*", "--join-file", "join.json", "--output", "out"],
      in: scratch)
    #expect(eventually { FileManager.default.fileExists(atPath: "\(scratch.path)/join.json") })
    let group = try Program.Running(["worker", "--join", "join.json", "--processes", "2"], in: scratch)
    #expect(eventually { group.standardError.components(separatedBy: " joined").count > 2 })
    let workers = RunTests.children(of: group.process.processIdentifier)
    #expect(workers.count == 2)
    // Also while they say goodbye, and after that.
    for round in 0..<100 {
      for pid in workers { kill(pid, SIGTERM) }
      if round == 2 { group.signal(SIGTERM) }
      usleep(1_000)
    }
    let output = try group.wait(deadline: 30)
    #expect(output.status == 130, "\(output.standardError)")
    #expect(output.standardError.components(separatedBy: "left: Terminated").count == 3, "\(output.standardError)")
    coordinator.signal(SIGTERM)
    #expect(try coordinator.wait(deadline: 30).standardError.components(separatedBy: "left: Terminated").count == 3)
  }
}
