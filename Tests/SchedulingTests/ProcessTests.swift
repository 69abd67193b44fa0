import Foundation
import Scheduling
import Testing

@Suite(.serialized) struct ProcessTests {
  /// Polls until the condition holds.
  func wait(_ workers: LocalWorkers, seconds: Double = 60, until condition: ([LocalWorkers.Ended]) -> Bool)
    -> [LocalWorkers.Ended]
  {
    var ended: [LocalWorkers.Ended] = []
    for _ in 0..<Int(seconds * 200) {
      ended += workers.poll(at: Clock.now)
      if condition(ended) { break }
      usleep(5_000)
    }
    return ended
  }

  func isAlive(_ pid: pid_t) -> Bool { kill(pid, 0) == 0 }

  @Test func replacesAWorkerThatWasKilled() throws {
    let directory = try TemporaryDirectory()
    // `cat` lives as long as its standard input, which is what a worker does.
    let workers = try LocalWorkers(
      LocalWorkersConfiguration(count: 2, arguments: ["/bin/cat"], logDirectory: directory.path + "/logs"))
    let before = workers.pids
    #expect(before.count == 2)
    kill(before[0], SIGKILL)
    let ended = wait(workers) { !$0.isEmpty && workers.pids.count == 2 }
    #expect(ended.map(\.pid) == [before[0]])
    #expect(ended.first?.detail.contains("killed by signal 9") == true)
    #expect(workers.pids.contains(before[1]) && !workers.pids.contains(before[0]))
    let after = workers.pids
    workers.kill()
    for pid in after { #expect(!isAlive(pid)) }
    #expect(workers.isExhausted)
  }

  @Test func givesUpWhatDoesNotStartAndQuotesItsLastWords() throws {
    let directory = try TemporaryDirectory()
    let workers = try LocalWorkers(
      LocalWorkersConfiguration(
        count: 1, arguments: ["/bin/sh", "-c", "echo earlier; echo oops >&2; exit 3"],
        logDirectory: directory.path + "/logs"))
    let ended = wait(workers) { $0.count == 3 }
    #expect(ended.count == 3 && workers.isExhausted)
    // Each quotes its own words only.
    for end in ended {
      #expect(end.detail.contains(" exited with status 3 after 0."))
      #expect(end.detail.hasSuffix(" MiB of memory; its last words:\nearlier\noops"))
    }
  }

  @Test func restartsAreLimited() throws {
    let directory = try TemporaryDirectory()
    var configuration = LocalWorkersConfiguration(
      count: 1, arguments: ["/bin/sh", "-c", "exit 0"], logDirectory: directory.path + "/logs")
    configuration.startFailuresMax = 1_000
    configuration.restartsPerMinuteMax = 4
    let workers = try LocalWorkers(configuration)
    // One start and four restarts; the next is due a minute after the first of them, and not before.
    let ended = wait(workers) { $0.count == 5 }
    #expect(ended.count == 5 && workers.pids.isEmpty && !workers.isExhausted)
    #expect(wait(workers, seconds: 0.3) { !$0.isEmpty }.isEmpty && workers.pids.isEmpty)
    _ = workers.poll(at: Clock.now + .seconds(60))
    #expect(workers.pids.count == 1)
  }

  /// A place that waits for its next process is not waited for at the end.
  @Test func closingClosesPlacesThatWait() throws {
    let directory = try TemporaryDirectory()
    var configuration = LocalWorkersConfiguration(
      count: 2, arguments: ["/bin/sh", "-c", "exit 0"], logDirectory: directory.path + "/logs")
    configuration.startFailuresMax = 1_000
    configuration.restartsPerMinuteMax = 1
    let workers = try LocalWorkers(configuration)
    #expect(wait(workers) { $0.count == 4 }.count == 4)
    #expect(workers.pids.isEmpty && !workers.isExhausted)
    workers.beginClosing()
    #expect(workers.isExhausted)
    #expect(workers.poll(at: Clock.now + .seconds(120)).isEmpty && workers.pids.isEmpty)
  }

  @Test func childrenEndWithTheirParentsDescriptors() throws {
    let directory = try TemporaryDirectory()
    var workers: LocalWorkers? = try LocalWorkers(
      LocalWorkersConfiguration(count: 1, arguments: ["/bin/cat"], logDirectory: directory.path + "/logs"))
    let pid = try #require(workers?.pids.first)
    // Standard input, output and error, and nothing that this process has open without meaning to pass it on.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap { Int($0) }
    let inherited = open.filter { $0 > 2 }.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")
    }
    #expect(!inherited.contains { $0.contains(directory.path) || $0.hasPrefix("anon_inode") })
    // A process group of its own, which the terminal's Ctrl-C does not reach.
    #expect(getpgid(pid) == pid)
    workers = nil
    #expect(!isAlive(pid))
  }

  @Test func aRunWhoseWorkersDoNotStartEndsWithTheirWords() throws {
    let rig = try Rig(trials: 3)
    rig.configuration.localWorkers = LocalWorkersConfiguration(
      count: 2, arguments: ["/bin/sh", "-c", "echo no such option >&2; exit 2"],
      logDirectory: rig.directory.path + "/logs")
    #expect {
      _ = try rig.start().wait()
    } throws: {
      "\($0)".contains("no worker process could be kept running") && "\($0)".contains("no such option")
    }
  }

  @Test func missingProgramIsReported() throws {
    let directory = try TemporaryDirectory()
    #expect {
      _ = try LocalWorkers(
        LocalWorkersConfiguration(count: 1, arguments: ["/no/such/program"], logDirectory: directory.path))
    } throws: {
      "\($0)".contains("cannot start /no/such/program")
    }
  }

  @Test func privateDirectoryIsPrivateAndGoes() throws {
    var directory: PrivateDirectory? = try PrivateDirectory()
    let path = try #require(directory?.path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect((path + "/socket").utf8.count <= 107)
    directory = nil
    #expect(stat(path, &status) != 0)
  }

  @Test func removesWhatAKilledRunLeft() throws {
    let output = try TemporaryDirectory()
    let left = try PrivateDirectory()
    try left.takeOver(from: output.path)
    let next = try PrivateDirectory()
    try next.takeOver(from: output.path)
    #expect(!FileManager.default.fileExists(atPath: left.path))
    try next.takeOver(from: output.path)
    #expect(FileManager.default.fileExists(atPath: next.path))
    // A record that names something else removes nothing.
    let other = try TemporaryDirectory()
    try other.path.write(toFile: output.path + "/private-directory", atomically: true, encoding: .utf8)
    try next.takeOver(from: output.path)
    #expect(FileManager.default.fileExists(atPath: other.path))
  }

  @Test func lockIsReleased() throws {
    let directory = try TemporaryDirectory()
    var lock: DirectoryLock? = try DirectoryLock(directory.path)
    let remedies = "Wait for it, stop it with `kill -INT \(getpid())`, or choose another --output."
    #expect(
      throws: RunError("\(directory.path) is in use by process \(getpid()) on \(HostName.current). \(remedies)")
    ) { _ = try DirectoryLock(directory.path) }
    // A file without a readable line holds as well.
    try Data("\n".utf8).write(to: URL(fileURLWithPath: directory.path + "/coordinator.lock"))
    #expect(
      throws: RunError(
        "\(directory.path) is in use by another coordinator. Wait for it, or choose another --output.")
    ) { _ = try DirectoryLock(directory.path) }
    withExtendedLifetime(lock) {}
    lock = nil
    #expect(throws: Never.self) { _ = try DirectoryLock(directory.path) }
  }
}
