import Foundation
import Messaging
import Scheduling
import Sweeps
import Synchronization

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
    /// Workers that registered.
    var joined: Int { all.count { if case .workerJoined = $0 { true } else { false } } }
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

  func finished(_ index: Int) -> FinishedTrial {
    FinishedTrial(
      index: index, result: TestWork.result(index), attempt: 1, startedAt: 0, seconds: 0,
      worker: WorkerIdentity(id: .random(), name: "w", host: "h", pid: 1))
  }

  /// Starts the coordinator on a thread of its own.
  func start() -> Box<RunSummary> {
    let (configuration, items, sink, notices) = (configuration, items, sink, notices)
    return Box {
      try Coordinator(configuration: configuration, items: items, payload: TestWork.payload, sink: sink)
        .run { notices.add($0) }
    }
  }

  /// Starts a worker on a thread of its own, once there is a coordinator.
  func startWorker(
    build: String = "1",
    execute: @escaping TrialExecutor = { payload, _ in TestWork.result(TestWork.index(payload)) }
  ) -> Box<WorkerExit> {
    let joinFile = joinFile
    return Box {
      waitForFile(joinFile)
      let configuration = WorkerConfiguration(joinFile: joinFile, build: build, control: .coordinatorOnly)
      return try runWorker(configuration, execute: execute)
    }
  }
}

/// What a thread returns, once it does.
final class Box<Value: Sendable>: Sendable {
  private let ending = Mutex<Result<Value, any Error>?>(nil)
  private let semaphore = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      let result = Result { try body() }
      ending.withLock { $0 = result }
      semaphore.signal()
    }
    thread.start()
  }

  /// Nothing if it takes longer.
  func wait(seconds: Double = 60) throws -> Value? {
    guard semaphore.wait(timeout: .now() + seconds) == .success else { return nil }
    return try ending.withLock { $0 }?.get()
  }
}

/// Waits until the file is there.
func waitForFile(_ path: String) {
  for _ in 0..<12_000 where !FileManager.default.fileExists(atPath: path) { usleep(5_000) }
}
