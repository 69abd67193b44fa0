import Foundation
import Messaging
import Scheduling
import Sweeps
import Synchronization
import Testing

/// A coordinator on its own thread and workers on theirs, over a real socket.
final class Rig {
  let directory: TemporaryDirectory
  let items: [WorkItem]
  let sink: MemorySink
  var configuration: CoordinatorConfiguration
  let notices = Notices()

  final class Notices: Sendable {
    private let list = Mutex<[RunNotice]>([])
    func add(_ notice: RunNotice) { list.withLock { $0.append(notice) } }
    var all: [RunNotice] { list.withLock { $0 } }
  }

  init(trials: Int, listen: String? = nil, cost: (Int) -> Double = { _ in 1 }) throws {
    directory = try TemporaryDirectory()
    items = TestWork.items(trials, cost: cost)
    sink = MemorySink(items)
    configuration = CoordinatorConfiguration(
      outputDirectory: directory.path + "/out", listen: [listen ?? "ipc://\(directory.path)/s"],
      joinFile: directory.path + "/join.json", sweepName: "test",
      scheduler: SchedulerConfiguration(build: "1", sweepHash: "abc"))
    configuration.handlesSignals = false
  }

  var joinFile: String { configuration.joinFile }

  /// Starts a worker on a thread of its own; its end is told through the returned box.
  func startWorker(
    capacity: Int = 512, build: String = "1",
    execute: @escaping TrialExecutor = { payload, _ in
      TestWork.result(TestWork.index(payload))
    }
  ) -> WorkerBox {
    var worker = WorkerConfiguration(joinFile: joinFile, build: build, control: .coordinatorOnly)
    worker.capacity = capacity
    let configuration = worker
    let box = WorkerBox()
    let thread = Thread {
      box.finish(Result { try runWorker(configuration, execute: execute) })
    }
    thread.start()
    return box
  }

  func run() throws -> RunSummary {
    let coordinator = try Coordinator(
      configuration: configuration, items: items, payload: TestWork.payload, sink: sink)
    return try coordinator.run { [notices] in notices.add($0) }
  }
}

/// How a worker's thread ended.
final class WorkerBox: Sendable {
  private let ending = Mutex<Result<WorkerExit, any Error>?>(nil)
  private let semaphore = DispatchSemaphore(value: 0)

  func finish(_ result: Result<WorkerExit, any Error>) {
    ending.withLock { $0 = result }
    semaphore.signal()
  }

  func wait(seconds: Double = 20) throws -> WorkerExit? {
    guard semaphore.wait(timeout: .now() + seconds) == .success else { return nil }
    return try ending.withLock { $0 }?.get()
  }
}

/// Waits until the file is there.
func waitForFile(_ path: String) {
  for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: path) { usleep(5_000) }
}

@Suite(.serialized) struct CoordinatorTests {
  @Test(arguments: ["ipc", "tcp"]) func finishesSeveralHundredTrials(transport: String) throws {
    let rig = try Rig(trials: 600, listen: transport == "tcp" ? "tcp://127.0.0.1:*" : nil)
    let coordinator = try Coordinator(
      configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
    let workers = (0..<3).map { _ in rig.startWorker() }
    let summary = try coordinator.run { rig.notices.add($0) }
    #expect(summary.outcome == .complete)
    #expect(summary.committedNow == 600)
    #expect(summary.failed == 0 && summary.remaining == 0)
    for worker in workers { #expect(try worker.wait()?.isOrderly == true) }
    rig.sink.contents.withLock { contents in
      #expect(contents.storedTwice == 0)
      #expect(contents.results.count == 600)
      for (index, stored) in contents.results { #expect(stored.result == TestWork.result(index)) }
    }
  }
}
