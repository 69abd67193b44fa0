import Foundation
import Messaging
import Scheduling
import Testing

/// What a worker says that cannot join, with the patience that it has by default: soon, clearly, and with its exit code.
@Suite(.serialized) struct JoinMessageTests {
  /// To a clear message.
  private static let secondsMax = 10.0

  /// Runs a worker, and expects it to give up in time.
  private func worker(_ joinFile: String, in scratch: Scratch, while isUp: () throws -> Void) throws
    -> Program.Output
  {
    let begin = Date()
    let worker = try Program.Running(["worker", "--join", joinFile], in: scratch)
    while worker.process.isRunning && Date().timeIntervalSince(begin) < 60 { try isUp() }
    let output = try worker.wait(deadline: 1)
    #expect(Date().timeIntervalSince(begin) < Self.secondsMax)
    return output
  }

  /// The file of an earlier run, whose coordinator had the same address and other keys.
  @Test func aJoinFileOfAnEarlierEpochIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let port = try NetworkTests.freePort()
    func coordinator(_ name: String) throws -> Program.Running {
      let coordinator = try Program.Running(
        [
          "coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:\(port)", "--join-file", "\(name).json", "--output",
          name,
        ], in: scratch)
      #expect(eventually(within: 30) { FileManager.default.fileExists(atPath: "\(scratch.path)/\(name).json") })
      return coordinator
    }
    let earlier = try coordinator("earlier")
    earlier.signal(SIGKILL)
    _ = try earlier.wait()
    let later = try coordinator("later")
    let output = try worker("earlier.json", in: scratch) { usleep(10_000) }
    #expect(output.status == 3)
    #expect(output.standardError.contains("refuses the keys in earlier.json"), "\(output.standardError)")
    #expect(output.standardError.contains("of an earlier epoch"), "\(output.standardError)")
    later.signal(SIGKILL)
  }

  /// The file of another sweep, with the keys of this one's coordinator.
  @Test func aJoinFileOfAnotherSweepIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(), to: "sweep.yaml")
    let coordinator = try NetworkTests.coordinator(scratch)
    var file = try JoinFile.load(from: "\(scratch.path)/join.json")
    file.sweepHash = String(file.sweepHash.reversed())
    try file.write(to: "\(scratch.path)/other.json")
    let output = try worker("other.json", in: scratch) { usleep(10_000) }
    #expect(output.status == 4)
    #expect(output.standardError.contains("join file belongs to another sweep"), "\(output.standardError)")
    coordinator.signal(SIGKILL)
  }

  /// A coordinator of another version of the program, which is this process.
  @Test func anotherVersionOfTheProgramIsRefused() throws {
    let scratch = try Scratch()
    var configuration = CoordinatorConfiguration(
      outputDirectory: "\(scratch.path)/out", listen: ["tcp://127.0.0.1:*"], joinFile: "\(scratch.path)/join.json",
      sweepName: "s", scheduler: SchedulerConfiguration(build: "0.0.1", sweepHash: "abc"))
    configuration.handlesSignals = false
    let items = [WorkItem(id: .random(), cost: 1)]
    let coordinator = try Coordinator(
      configuration: configuration, items: items, payload: { _ in [] }, sink: NoResults())
    let output = try worker("join.json", in: scratch) { try coordinator.step() }
    #expect(output.status == 4)
    #expect(output.standardError.contains("refused by the coordinator: this worker is version "))
    #expect(output.standardError.contains(", and the coordinator is version 0.0.1"), "\(output.standardError)")
  }

  /// A coordinator of another version of the protocol: all that is certain of its answer is the version.
  @Test func anotherVersionOfTheProtocolIsNamed() throws {
    let scratch = try Scratch()
    let router = try Socket(try Context(), .router)
    let file = JoinFile(
      endpoints: [try router.bind("ipc://\(scratch.path)/s")], server: nil, client: nil, sweepName: "s",
      sweepHash: "abc", epoch: .random(), build: "1")
    try file.write(to: "\(scratch.path)/join.json")
    let answer = MessagePackValue.array([.uint(3), .string("refuse"), .map([])]).encoded()
    let output = try worker("join.json", in: scratch) {
      var poller = Poller(sockets: [router])
      _ = try poller.wait(milliseconds: 10)
      if case .message(let frames) = try router.receive(framesMax: 2) { _ = try router.send([frames[0], answer]) }
    }
    #expect(output.status == 4)
    #expect(output.standardError.contains("protocol version 3, while this program speaks 2"))
  }
}

/// A store that is never asked for anything.
private final class NoResults: ResultSink {
  func prior() throws -> PriorWork { PriorWork() }
  func digest(of index: Int) throws -> String? { nil }
  func store(_ records: RunRecords) throws { throw Failure("nobody has a result") }
  func check() throws {}
}
