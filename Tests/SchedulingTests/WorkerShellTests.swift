import Foundation
import Messaging
import Scheduling
import Sweeps
import Synchronization
import Testing

@Suite(.serialized) struct WorkerShellTests {
  /// What a worker says that gives up soon, but not before libzmq had its time for a handshake on a busy machine.
  func failure(joinFile: String) -> String? {
    var configuration = WorkerConfiguration(joinFile: joinFile, build: "1", control: .coordinatorOnly)
    configuration.adjust = {
      $0.joinTimeout = .seconds(2.5)
      $0.welcomeTimeout = .seconds(1.2)
    }
    do {
      _ = try runWorker(configuration) { payload, _ in TestWork.result(TestWork.index(payload)) }
      return nil
    } catch { return "\(error)" }
  }

  func write(_ file: JoinFile, in directory: TemporaryDirectory) throws -> String {
    let path = directory.path + "/other.json"
    try file.write(to: path)
    return path
  }

  @Test func saysThatNothingListens() throws {
    let directory = try TemporaryDirectory()
    let path = try write(
      JoinFile(
        endpoints: ["tcp://127.0.0.1:1"], server: try CurveKeyPair.generate().publicKey, client: try .generate(),
        sweepName: "s", sweepHash: "abc", epoch: .random(), build: "1"), in: directory)
    let text = try #require(failure(joinFile: path))
    #expect(text.contains("tcp://127.0.0.1:1") && text.contains("nothing listens there"), "\(text)")
  }

  /// Every address is tried at once, and each failure is named.
  @Test func saysWhatIsWrongWithEachAddress() throws {
    let directory = try TemporaryDirectory()
    let path = try write(
      JoinFile(
        endpoints: ["tcp://127.0.0.1:1", "tcp://no-such-host.invalid:7"], server: try CurveKeyPair.generate().publicKey,
        client: try .generate(), sweepName: "s", sweepHash: "abc", epoch: .random(), build: "1"), in: directory)
    let lines = try #require(failure(joinFile: path)).split(separator: "\n")
    #expect(lines.count == 3 && lines[0].contains("at any address of \(path)"), "\(lines)")
    #expect(lines[1].contains("tcp://127.0.0.1:1: nothing listens there"), "\(lines)")
    #expect(lines[2].contains("tcp://no-such-host.invalid:7: "), "\(lines)")
  }

  /// An address that leads nowhere does not keep a worker from one that leads there, in whatever order they stand.
  @Test func findsTheAddressThatWorks() throws {
    let rig = try Rig(trials: 3, listen: "tcp://127.0.0.1:*")
    let run = rig.start()
    waitForFile(rig.joinFile)
    var file = try JoinFile.load(from: rig.joinFile)
    let good = file.endpoints[0]
    file.endpoints = ["tcp://127.0.0.1:1", "tcp://no-such-host.invalid:7", good]
    let path = try write(file, in: rig.directory)
    let notices = Box<[WorkerNotice]> {
      var notices: [WorkerNotice] = []
      let configuration = WorkerConfiguration(joinFile: path, build: "1", control: .coordinatorOnly)
      _ = try runWorker(configuration, observer: { notices.append($0) }) { payload, _ in
        TestWork.result(TestWork.index(payload))
      }
      return notices
    }
    #expect(try run.wait()?.committedNow == 3)
    guard case .joined(_, _, let endpoint)? = try notices.wait()?.first else {
      Issue.record("it did not join")
      return
    }
    #expect(endpoint == good)
  }

  /// With patience, a worker waits for a join file that is not there yet.
  @Test func waitsForTheFileIfItIsPatient() throws {
    let rig = try Rig(trials: 3)
    let (joinFile, flag) = (rig.joinFile, Flag())
    let worker = Box<WorkerExit> {
      var configuration = WorkerConfiguration(joinFile: joinFile, build: "1", control: .coordinatorOnly)
      configuration.patience = .seconds(30)
      flag.raise()
      return try runWorker(configuration) { payload, _ in TestWork.result(TestWork.index(payload)) }
    }
    while !flag.isRaised { usleep(1_000) }
    usleep(50_000)
    #expect(try rig.start().wait()?.committedNow == 3)
    #expect(try worker.wait()?.isOrderly == true)
  }

  /// A worker whose time is over leaves in good order, and what it held goes back.
  @Test func leavesBeforeItsTimeIsOver() throws {
    let rig = try Rig(trials: 4)
    let run = rig.start()
    waitForFile(rig.joinFile)
    var configuration = WorkerConfiguration(joinFile: rig.joinFile, build: "1", control: .coordinatorOnly)
    configuration.end = EndTime(unixSeconds: Date().timeIntervalSince1970 + 1)
    let short = configuration
    let first = Box<WorkerExit> {
      try runWorker(short) { _, isCancelled in
        while !isCancelled() { usleep(1_000) }
        throw StoreFailure()
      }
    }
    #expect(try first.wait() == .drained(reason: "its time is nearly over"))
    _ = rig.startWorker()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 4 && summary.failed == 0)
    #expect(rig.sink.contents.withLock { $0.faults.isEmpty })
  }

  @Test func saysThatTheFileIsMissing() {
    #expect(failure(joinFile: "/no/such/join.json")?.contains("/no/such/join.json: cannot be read") == true)
  }

  @Test(arguments: ["server", "worker"]) func saysThatTheKeysAreWrong(which: String) throws {
    let rig = try Rig(trials: 1, listen: "tcp://127.0.0.1:*")
    let run = rig.start()
    waitForFile(rig.joinFile)
    var file = try JoinFile.load(from: rig.joinFile)
    if which == "server" {
      file.server = try CurveKeyPair.generate().publicKey
    } else {
      file.client = try CurveKeyPair.generate()
    }
    let text = try #require(failure(joinFile: try write(file, in: rig.directory)))
    #expect(text.contains(which == "server" ? "refuses the keys in" : "does not admit the key in"), "\(text)")
    _ = rig.startWorker()
    #expect(try run.wait()?.committedNow == 1)
  }

  /// It says where it joined and what it did.
  @Test func tellsThatItJoinedAndWhatItDid() throws {
    let rig = try Rig(trials: 12)
    let run = rig.start()
    let notices = Box<[WorkerNotice]> { [joinFile = rig.joinFile] in
      waitForFile(joinFile)
      var notices: [WorkerNotice] = []
      let configuration = WorkerConfiguration(joinFile: joinFile, build: "1", control: .coordinatorOnly)
      _ = try runWorker(configuration, observer: { notices.append($0) }) { payload, _ in
        TestWork.result(TestWork.index(payload))
      }
      return notices
    }
    #expect(try run.wait()?.committedNow == 12)
    let name = "\(HostName.current):\(getpid())"
    var told = try notices.wait() ?? []
    try #require(told.count == 3)
    let lastWords = told.remove(at: 1)
    #expect(
      told == [
        .joined(worker: name, sweepName: "test", endpoint: rig.configuration.listen[0]),
        .ended(worker: name, executed: 12, .finished(reason: "all trials are done")),
      ])
    guard case .lastWords(name, let text) = lastWords else { throw UnexpectedNotice(notice: lastWords) }
    #expect(text.hasPrefix("worker ") && text.hasSuffix(" ends, finished: all trials are done"))
  }

  private struct UnexpectedNotice: Error { let notice: WorkerNotice }
  /// One trial stops when it is told to, the other never does: both time out, and only the second costs its worker.
  @Test func endsTrialsThatTakeTooLong() throws {
    let rig = try Rig(trials: 40)
    rig.configuration.scheduler.trialTimeLimit = .seconds(0.4)
    rig.configuration.scheduler.attemptsMax = 1
    let run = rig.start()
    let release = Flag()
    let execute: TrialExecutor = { payload, isCancelled in
      let index = TestWork.index(payload)
      while index == 3 && !isCancelled() { usleep(1_000) }
      if index == 3 { throw TrialExecutionError(kind: "error", message: "stopped") }
      while index == 5 && !release.isRaised { usleep(1_000) }
      return TestWork.result(index)
    }
    let workers = (0..<2).map { _ in
      Box<WorkerExit> { [joinFile = rig.joinFile] in
        waitForFile(joinFile)
        var configuration = WorkerConfiguration(joinFile: joinFile, build: "1", control: .coordinatorOnly)
        configuration.adjust = { $0.hangGrace = .seconds(0.4) }
        do { return try runWorker(configuration, execute: execute) } catch let exit as WorkerExit { return exit }
      }
    }
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 38)
    #expect(summary.faults.map(\.index).sorted() == [3, 5])
    #expect(summary.faults.allSatisfy { $0.kind == "timeout" && $0.message.contains("time limit of 0.4 s") })
    let exits = try workers.map { try $0.wait() }
    release.raise()
    #expect(exits.contains(.hung(rig.items[5].id)))
    #expect(exits.contains(.finished(reason: "all trials are done")))
  }

  @Test func reportsResultsThatNoMessageCanCarry() throws {
    let rig = try Rig(trials: 2)
    let run = rig.start()
    _ = rig.startWorker { payload, _ in
      let index = TestWork.index(payload)
      guard index == 1 else { return TestWork.result(index) }
      return .init(
        metrics: [], curves: [.init(name: "epoch", values: [Double](repeating: 0, count: 1 << 21))], arrays: [])
    }
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 1)
    #expect(summary.faults.map(\.kind) == ["result_too_large"])
  }

  /// A coordinator that comes back finds its workers, which kept what they had finished.
  @Test func findsACoordinatorThatCameBack() throws {
    let rig = try Rig(trials: 200, listen: "tcp://127.0.0.1:0")
    rig.configuration.scheduler.heartbeatInterval = .seconds(0.1)
    rig.configuration.scheduler.silenceLimit = .seconds(1.5)
    rig.configuration.handlesSignals = false
    let (configuration, items, sink) = (rig.configuration, rig.items, rig.sink)
    // The first one ends by an error that its store throws for ever, with results on the way.
    sink.contents.withLock { $0.failuresToCome = .max }
    let first = Box<Bool> {
      let coordinator = try Coordinator(
        configuration: configuration, items: items, payload: TestWork.payload, sink: sink)
      for _ in 0..<10 { try coordinator.step() }
      return true
    }
    let worker = rig.startWorker { payload, _ in
      usleep(1_000)
      return TestWork.result(TestWork.index(payload))
    }
    #expect(try first.wait() == true)
    sink.contents.withLock { $0.failuresToCome = 0 }
    #expect(try rig.start().wait()?.outcome == .complete)
    #expect(try worker.wait()?.isOrderly == true)
    sink.contents.withLock { #expect($0.results.count == 200 && $0.storedTwice == 0) }
  }

  @Test func resultsKeepTheirBitsOnTheWay() throws {
    let result = TestWork.result(3)
    var odd = result
    odd.metrics = [.init(name: "nan", value: .nan), .init(name: "minus zero", value: -0.0)]
    odd.arrays = [.init(name: "empty", shape: [0, 4], values: []), .init(name: "scalar", shape: [], values: [1])]
    #expect(try ResultCoding.decode(ResultCoding.encode(result)) == result)
    let back = try ResultCoding.decode(MessagePackValue(decoding: ResultCoding.encode(odd).encoded()))
    #expect(back.metrics.map(\.value.bitPattern) == odd.metrics.map(\.value.bitPattern))
    #expect(back.arrays == odd.arrays)
    let malformed: [MessagePackValue] = [
      .null, .map([]), .fields(["metrics": .array([]), "curves": .array([]), "arrays": .array([])]),
      .fields([
        "metrics": .array([.array([]), .binary([])]), "curves": .array([]),
        "arrays": .array([.array([.string("a"), .array([.uint(1 << 40)]), .binary([])])]),
      ]),
      .fields([
        "metrics": .array([.array([]), .binary([])]), "curves": .array([]),
        "arrays": .array([.array([.string("a"), .array([.uint(2)]), .binary([0, 0, 0, 0])])]),
      ]),
    ]
    for value in malformed { #expect(throws: ResultCoding.Malformed.self) { try ResultCoding.decode(value) } }
  }
}
