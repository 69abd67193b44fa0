import Foundation
import Testing

/// A coordinator and workers as separate programs, over TCP on the loopback address.
@Suite struct NetworkTests {
  static func coordinator(_ scratch: Scratch, output: String = "out") throws -> Program.Running {
    let coordinator = try Program.Running(
      [
        "coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:*", "--join-file", "join.json", "--output", output,
      ], in: scratch)
    guard eventually(within: 30, { FileManager.default.fileExists(atPath: "\(scratch.path)/join.json") }) else {
      throw Failure("no join file: \(coordinator.standardError)")
    }
    return coordinator
  }

  /// The tables of a run over TCP, with one worker and a group of two, are those of a local run.
  @Test func aRunOverTheNetworkGivesTheSameBytes() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(epochs: 1000), to: "sweep.yaml")
    let coordinator = try Self.coordinator(scratch)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/join.json")[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)
    let worker = try Program.Running(["worker", "--join", "join.json"], in: scratch)
    let group = try Program.Running(["worker", "--join", "join.json", "--processes", "2"], in: scratch)
    let output = try coordinator.wait(deadline: 120)
    #expect(output.status == 0, "\(output.standardError)")
    #expect(output.standardError.contains("tcp://127.0.0.1:"))
    let said = try [worker.wait(deadline: 30), group.wait(deadline: 30)].map { output in
      #expect(output.status == 0, "\(output.standardError)")
      return output.standardError.split(separator: "\n")
    }
    // Each process says that it joined, and what it did; together they did everything.
    #expect(said.map(\.count) == [2, 4], "\(said)")
    let joined = said.map { $0.count { $0.contains(" joined the sweep 'small' at tcp://127.0.0.1:") } }
    #expect(joined == [1, 2], "\(said)")
    let executed = said.joined().compactMap { line -> Int? in
      guard line.contains("; finished: "), let word = line.range(of: " executed ") else { return nil }
      return Int(line[word.upperBound...].prefix { $0.isNumber })
    }
    #expect(executed.count == 3 && executed.reduce(0, +) == 12, "\(said)")
    let local = try Program.run(["run", "sweep.yaml", "--output", "local", "--workers", "2"], in: scratch)
    #expect(local.status == 0, "\(local.standardError)")
    #expect(try RunTests.tables("out", scratch) == RunTests.tables("local", scratch))
    #expect(eventually(within: 20) { RunTests.processes(mentioning: scratch.path).isEmpty }, "orphans")
  }

  /// A wrong key is refused with a message, soon; the run is not disturbed.
  @Test func aWrongKeyIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let coordinator = try Self.coordinator(scratch)
    let stolen = try Self.joinFileWithOtherWorkerKey(scratch)
    let begin = Date()
    let intruder = try Program.run(["worker", "--join", stolen], in: scratch, deadline: 60)
    #expect(intruder.status == 4)
    #expect(intruder.standardError.contains("does not admit the key in"), "\(intruder.standardError)")
    #expect(Date().timeIntervalSince(begin) < 10)
    // A group of workers ends as its members did.
    let group = try Program.run(["worker", "--join", stolen, "--processes", "2"], in: scratch, deadline: 60)
    #expect(group.status == 4)
    let worker = try Program.run(["worker", "--join", "join.json", "--quiet"], in: scratch, deadline: 120)
    #expect(worker.status == 0 && worker.standardError.isEmpty, "\(worker.standardError)")
    #expect(try coordinator.wait(deadline: 60).status == 0)
  }

  /// A copy of the join file in which the worker's key pair is that of another run.
  private static func joinFileWithOtherWorkerKey(_ scratch: Scratch) throws -> String {
    let other = try Scratch()
    try other.write(RunTests.sweep(), to: "sweep.yaml")
    let coordinator = try coordinator(other)
    defer { coordinator.signal(SIGKILL) }
    func object(_ path: String) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
    var file = try object("\(scratch.path)/join.json")
    let stranger = try object("\(other.path)/join.json")
    file["client"] = stranger["client"]
    let path = "\(scratch.path)/stranger.json"
    try JSONSerialization.data(withJSONObject: file).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  /// An endpoint that is none is a usage error, and nothing is made.
  @Test(arguments: [["tcp://*:80000"], ["udp://*:1"], ["tcp://127.0.0.1:*", "ipc:///tmp/icd-mixture"]])
  func aWrongEndpointIsAUsageError(listen: [String]) throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let output = try Program.run(
      ["coordinator", "sweep.yaml", "--output", "out"] + listen.flatMap { ["--listen", $0] }, in: scratch,
      deadline: 30)
    #expect(output.status == 2 && output.standardError.contains("--listen: "), "\(output.standardError)")
    #expect(scratch.contents == ["sweep.yaml"])
  }

  /// A worker whose coordinator is not there says so and ends.
  @Test func anAbsentCoordinatorIsNamed() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let coordinator = try Self.coordinator(scratch)
    coordinator.signal(SIGKILL)
    _ = try coordinator.wait()
    let begin = Date()
    let worker = try Program.run(["worker", "--join", "join.json"], in: scratch, deadline: 60)
    #expect(worker.status == 3)
    #expect(worker.standardError.contains(": nothing listens there"), "\(worker.standardError)")
    #expect(Date().timeIntervalSince(begin) < 10)
    let none = try Program.run(["worker", "--join", "absent.json"], in: scratch, deadline: 60)
    #expect(none.status == 3 && none.standardError.contains("absent.json"))
  }

  /// Keys and join files that are there before the coordinator: workers wait for it, with the worker's secret only.
  @Test func workersMayStartBeforeTheCoordinator() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let port = try Self.freePort()
    let keygen = ["keygen", "sweep.yaml", "--to", "keys", "--advertise", "127.0.0.1:\(port)"]
    let made = try Program.run(keygen, in: scratch)
    #expect(made.status == 0, "\(made.standardError)")
    let names = ["coordinator.key", "join.json", "status.json"]
    for name in names {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/keys/\(name)")[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/keys").sorted() == names)
    // Keys are not replaced by accident.
    #expect(try Program.run(keygen, in: scratch).status == 2)

    let worker = try Program.Running(
      ["worker", "--join", "keys/join.json", "--patience", "60", "--until", "+10m"], in: scratch)
    let status = try Program.run(["worker", "--join", "keys/status.json"], in: scratch, deadline: 30)
    #expect(status.status == 3 && status.standardError.contains("icd status` only"), "\(status.standardError)")
    let coordinator = try Program.run(
      [
        "coordinator", "sweep.yaml", "--keys", "keys/coordinator.key", "--listen", "tcp://127.0.0.1:\(port)",
        "--output", "out", "--quiet",
      ], in: scratch, deadline: 90)
    #expect(coordinator.status == 0, "\(coordinator.standardError)")
    let output = try worker.wait(deadline: 60)
    #expect(output.status == 0, "\(output.standardError)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/keys").sorted() == names)

    // They are for that sweep only, and an earlier epoch is shut out by a later one.
    try scratch.write(RunTests.sweep(seeds: 5), to: "sweep.yaml")
    let other = try Program.run(
      ["coordinator", "sweep.yaml", "--keys", "keys/coordinator.key", "--output", "out"], in: scratch, deadline: 30)
    #expect(other.status == 3 && other.standardError.contains("icd keygen"), "\(other.standardError)")
  }

  /// Trials of several seconds each: nothing ends by itself while a test looks on.
  private static func longSweep(_ scratch: Scratch) throws {
    try scratch.write(RunTests.sweep(seeds: 6, epochs: 20_000), to: "sweep.yaml")
  }

  /// The processes of a group end with the one that started them, however that ends; the run goes on without them.
  @Test func aGroupOfWorkersDiesWithItsParent() throws {
    let scratch = try Scratch()
    try Self.longSweep(scratch)
    let coordinator = try Self.coordinator(scratch)
    let group = try Program.Running(["worker", "--join", "join.json", "--processes", "2"], in: scratch)
    #expect(eventually(within: 30) { coordinator.standardError.components(separatedBy: " joined").count == 3 })
    let members = RunTests.children(of: group.process.processIdentifier)
    #expect(members.count == 2)
    group.signal(SIGKILL)
    #expect(try group.wait().status == 128 + SIGKILL)
    #expect(eventually(within: 10) { members.allSatisfy { kill($0, 0) != 0 } }, "orphans")
    #expect(coordinator.process.isRunning)
    coordinator.signal(SIGTERM)
    #expect(try coordinator.wait(deadline: 30).status == 130)
  }

  /// The first signal lets what runs come to an end or be put back, the second one ends everything at once.
  @Test func aSecondSignalStopsAtOnce() throws {
    let scratch = try Scratch()
    try Self.longSweep(scratch)
    let coordinator = try Self.coordinator(scratch)
    let worker = try Program.Running(["worker", "--join", "join.json"], in: scratch)
    #expect(eventually(within: 30) { coordinator.standardError.contains(" joined") })
    let begin = Date()
    for process in [coordinator, worker] { process.signal(SIGINT) }
    usleep(20_000)
    for process in [coordinator, worker] { process.signal(SIGINT) }
    let outputs = try [coordinator, worker].map { try $0.wait(deadline: 30) }
    #expect(Date().timeIntervalSince(begin) < 5)
    // The worker may have been let go by its coordinator before its second signal came.
    #expect(outputs[0].status == 130 && [0, 130].contains(outputs[1].status), "\(outputs)")
  }

  /// A coordinator that is killed and started again is found by the workers that go on; every trial has one result, and
  /// what was committed before is not run again.
  @Test func aCoordinatorThatComesBackIsFound() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 12, epochs: 1_000), to: "sweep.yaml")
    let port = try Self.freePort()
    let arguments = [
      "coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:\(port)", "--join-file", "join.json", "--output", "out",
    ]
    let first = try Program.Running(arguments, in: scratch)
    #expect(eventually(within: 30) { FileManager.default.fileExists(atPath: "\(scratch.path)/join.json") })
    let group = try Program.Running(
      ["worker", "--join", "join.json", "--processes", "2"], in: scratch, environment: RunTests.trace)
    #expect(eventually { (try? RunTests.results("out", scratch).count >= 5) ?? false })
    first.signal(SIGKILL)
    _ = try first.wait()
    let before = try RunTests.results("out", scratch)
    // The workers go on with what they hold meanwhile.
    usleep(500_000)
    let second = try Program.run(arguments, in: scratch, deadline: 120)
    #expect(second.status == 0, "\(second.standardError)")
    let output = try group.wait(deadline: 30)
    #expect(output.status == 0, "\(output.standardError)")
    let after = try RunTests.results("out", scratch)
    #expect(after.count == 36)
    let lines = output.standardError.split(separator: "\n").filter { $0.hasPrefix("start ") }
    let starts = Dictionary(lines.map { (String($0.dropFirst(6)), 1) }, uniquingKeysWith: +)
    for (trial, result) in before { #expect(after[trial] == result && starts[trial] == 1, "\(trial) ran again") }
  }

  /// A port of the loopback address on which nothing listened a moment ago.
  static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
