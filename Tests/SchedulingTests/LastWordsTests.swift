import Foundation
import Messaging
import Scheduling
import Testing

@Suite struct LastWordsTests {
  @Test func areFoundInTheLogs() throws {
    let directory = try TemporaryDirectory()
    let workers = (0..<4).map { _ in Identifier.random() }
    let noise = String(repeating: "a line of a trial\n", count: 10_000)
    func words(_ number: Int) -> String { LastWords.text(of: workers[number], because: "left: Terminated") }
    let logs = [
      "worker-1.log": "icd: \(words(0))\nicd: \(words(1))\n",
      "node.log.1": noise + "{\"message\":\"\(words(2))\"}\n",
      // Long ago.
      "worker-2.log": "icd: \(words(3))\n" + noise + noise,
      "worker-3.log": "icd: worker 0123 ends, for\nworker \(workers[3]) joined\n\(workers[3]) ends, \n",
    ]
    for (name, text) in logs { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory.path)/\(name)")) }
    var found = LastWords(directory: directory.path)
    #expect(found.workers() == Set(workers[..<3]) && found.workers() == Set(workers[..<3]))
    // What is written later is found, too.
    let file = try #require(FileHandle(forWritingAtPath: "\(directory.path)/worker-3.log"))
    _ = try file.seekToEnd()
    try file.write(contentsOf: Data("icd: \(words(3))\n".utf8))
    #expect(found.workers() == Set(workers))
    var none = LastWords(directory: directory.path + "/none")
    #expect(none.workers().isEmpty)
  }

  @Test func aProcessIsLookedAt() throws {
    #expect(ProcessLook.isRunning(UInt64(getpid())))
    #expect(!ProcessLook.isRunning(0) && !ProcessLook.isRunning(.max))
    let child = try Process.run(URL(fileURLWithPath: "/bin/cat"), arguments: ["/dev/null"])
    child.waitUntilExit()
    #expect(!ProcessLook.isRunning(UInt64(child.processIdentifier)))
  }

  /// One that has ended and that nobody has waited for is in the table of processes, and does not run.
  @Test func aProcessThatHasEndedDoesNotRun() throws {
    let workers = try LocalWorkers(
      LocalWorkersConfiguration(count: 1, arguments: ["/bin/sh", "-c", "exit 0"], logDirectory: nil))
    let pid = UInt64(try #require(workers.pids.first))
    let end = Date(timeIntervalSinceNow: 20)
    while ProcessLook.isRunning(pid), Date() < end { usleep(5_000) }
    #expect(!ProcessLook.isRunning(pid) && kill(pid_t(pid), 0) == 0)
  }

  /// Whoever is ended is not lost; whoever was killed before is.
  @Test func theEndOfARunTellsWhoWasLostBefore() throws {
    let workers = try LocalWorkers(
      LocalWorkersConfiguration(count: 2, arguments: ["/bin/sleep", "600"], logDirectory: nil))
    let pids = workers.pids
    kill(pids[0], SIGKILL)
    let end = Date(timeIntervalSinceNow: 20)
    while ProcessLook.isRunning(UInt64(pids[0])), Date() < end { usleep(5_000) }
    let ends = workers.end()
    #expect(ends.map(\.0.pid) == pids && ends.map(\.isStopped) == [false, true])
    #expect(workers.isExhausted && workers.end().isEmpty)
  }

  /// A worker that exits says by its status whether it was told to; any other status may be its trial's.
  @Test(arguments: [(0, true), (130, true), (75, false), (3, false), (1, false)])
  func theStatusOfAProcessTells(status: Int, isOrderly: Bool) throws {
    let workers = try LocalWorkers(
      LocalWorkersConfiguration(count: 1, arguments: ["/bin/sh", "-c", "exit \(status)"], logDirectory: nil))
    let pid = UInt64(try #require(workers.pids.first))
    let end = Date(timeIntervalSinceNow: 20)
    while ProcessLook.isRunning(pid), Date() < end { usleep(5_000) }
    #expect(workers.end().map(\.isStopped) == [isOrderly])
  }
}
