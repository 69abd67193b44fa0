import Foundation
import Messaging
import Scheduling
import Sweeps
import Synchronization
import Testing

@Suite(.serialized) struct CoordinatorTests {
  @Test(arguments: ["ipc", "tcp"]) func finishesSeveralHundredTrials(transport: String) throws {
    let rig = try Rig(trials: 600, listen: transport == "tcp" ? "tcp://127.0.0.1:*" : nil)
    let notices = rig.notices
    let run = rig.start()
    let workers = (0..<3).map { _ in
      rig.startWorker { payload, _ in
        // Nobody begins before all are there: on a busy machine, the last would come after the end.
        while notices.joined < 3 { usleep(1_000) }
        return TestWork.result(TestWork.index(payload))
      }
    }
    let summary = try #require(try run.wait())
    #expect(summary.outcome == .complete)
    #expect(summary.committedNow == 600)
    #expect(summary.failed == 0 && summary.remaining == 0)
    for worker in workers { #expect(try worker.wait()?.isOrderly == true) }
    rig.sink.contents.withLock { contents in
      #expect(contents.storedTwice == 0)
      #expect(contents.results.count == 600)
      for (index, stored) in contents.results { #expect(stored.result == TestWork.result(index)) }
    }
    #expect(!FileManager.default.fileExists(atPath: rig.joinFile))
  }

  /// The last snapshot shows the run and not its farewell.
  @Test func showsTheWorkersThatDidTheWork() throws {
    let rig = try Rig(trials: 20)
    let run = rig.start()
    _ = rig.startWorker()
    #expect(try run.wait()?.outcome == .complete)
    let last = rig.notices.all.compactMap { if case .progress(let snapshot) = $0 { snapshot } else { nil } }.last
    #expect(last?.committedNow == 20 && last?.workers == 1)
  }

  @Test func runsOnlyWhatIsNotCommitted() throws {
    let rig = try Rig(trials: 50)
    rig.sink.contents.withLock { contents in
      for index in 0..<30 { contents.results[index] = rig.finished(index) }
    }
    let run = rig.start()
    let worker = rig.startWorker()
    let summary = try #require(try run.wait())
    #expect(summary.committedBefore == 30 && summary.committedNow == 20)
    #expect(rig.sink.contents.withLock { $0.storedTwice } == 0)
    #expect(try worker.wait()?.isOrderly == true)
    // And with nothing left, it needs no worker.
    #expect(try #require(try rig.start().wait()).committedNow == 0)
  }

  @Test func recordsFailuresWithoutRetries() throws {
    let rig = try Rig(trials: 20)
    let run = rig.start()
    _ = rig.startWorker { payload, _ in
      let index = TestWork.index(payload)
      if index == 5 { throw TrialExecutionError(kind: "diverged", message: "at epoch 3") }
      if index == 6 { throw StoreFailure() }
      return TestWork.result(index)
    }
    let summary = try #require(try run.wait())
    #expect(summary.outcome == .complete && summary.committedNow == 18 && summary.failed == 2)
    let faults = rig.sink.contents.withLock { $0.faults }.sorted { $0.index < $1.index }
    #expect(faults.map(\.index) == [5, 6] && faults.allSatisfy { $0.isFinal && $0.attempt == 1 })
    #expect(faults.map(\.kind) == ["diverged", "error"])
    #expect(faults.map(\.message) == ["at epoch 3", "no space left on device"])
  }

  @Test func aWorkerThatVanishesCostsOneStrike() throws {
    let rig = try Rig(trials: 40)
    // Long enough that the other worker is not lost too when the machine is busy.
    rig.configuration.scheduler.silenceLimit = .seconds(2)
    rig.configuration.scheduler.heartbeatInterval = .seconds(0.1)
    // The other worker would have done the trial before its loss is noticed.
    rig.configuration.scheduler.hedgeInterval = .seconds(1e6)
    let run = rig.start()
    let fake = try FakeWorker(joinFile: rig.joinFile)
    try fake.hello()
    let held = try fake.hearAssignments()
    #expect(held.count == 1)
    try fake.say(.heartbeat(running: held[0].trial, held: 1))
    _ = rig.startWorker()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 40 && summary.failed == 0)
    let faults = rig.sink.contents.withLock { $0.faults }
    #expect(faults.map(\.index) == [TestWork.index(held[0].payload)])
    #expect(faults.map(\.kind) == ["worker_lost"] && faults.map(\.isFinal) == [false])
    #expect(rig.sink.contents.withLock { $0.results[faults[0].index]?.attempt } == 2)
  }

  /// The other worker has nothing to do any more, and does the trial of the one that says nothing; the late result of
  /// that one has other bits, which is reported and changes nothing.
  @Test func aStragglerIsHedgedAndItsLateResultCompared() throws {
    let rig = try Rig(trials: 40)
    rig.configuration.scheduler.hedgeInterval = .seconds(0.1)
    rig.configuration.scheduler.hedgeGainMin = .seconds(0.2)
    let run = rig.start()
    let fake = try FakeWorker(joinFile: rig.joinFile)
    try fake.hello()
    let held = try fake.hearAssignments()
    #expect(held.count == 1)
    try fake.say(.heartbeat(running: held[0].trial, held: 1))
    // A second one keeps the run from ending before the first has spoken.
    let last = try FakeWorker(joinFile: rig.joinFile)
    try last.hello()
    let reserved = try last.hearAssignments()
    let slow = Flag()
    let worker = rig.startWorker { payload, isCancelled in
      let index = TestWork.index(payload)
      while index == TestWork.index(reserved[0].payload) && !slow.isRaised && !isCancelled() { usleep(1_000) }
      return TestWork.result(index)
    }
    let isCancel: (CoordinatorMessage) -> Bool = { $0 == .cancel([held[0].trial]) }
    #expect(try fake.hear(where: isCancel) != nil)
    let other = ResultCoding.encode(TestWork.result(99))
    try fake.say(.results([fake.report(held[0], value: other)], running: nil))
    #expect(try fake.hear(where: { $0 == .acknowledge([held[0].trial]) }) != nil)
    // An idle worker would be given the next straggler.
    try fake.say(.goodbye(reason: "done"))
    slow.raise()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 40 && summary.failed == 0 && summary.mismatches == 1)
    #expect(try worker.wait()?.isOrderly == true)
    rig.sink.contents.withLock { contents in
      let index = TestWork.index(held[0].payload)
      #expect(contents.results[index]?.result == TestWork.result(index))
      #expect(contents.faults.map(\.kind) == ["mismatch"] && contents.faults.map(\.isFinal) == [false])
      #expect(contents.faults.allSatisfy { $0.message.contains("other bits") })
    }
  }

  @Test func storesDoubledAndForeignResultsOnce() throws {
    let rig = try Rig(trials: 3)
    let run = rig.start()
    let fake = try FakeWorker(joinFile: rig.joinFile)
    try fake.hello()
    // Trials that it was never given, one of them unknown, and all of them twice.
    let reports = (0..<3).map {
      fake.report(TrialAssignment(trial: rig.items[$0].id, attempt: 1, payload: TestWork.payload($0)))
    }
    var unknown = reports[0]
    unknown.trial = Identifier(high: 99, low: 99)
    try fake.say(.results([reports[0], unknown, reports[0]], running: nil))
    guard case .acknowledge(let first)? = try fake.hear(where: { if case .acknowledge = $0 { true } else { false } })
    else {
      Issue.record("no acknowledgement")
      return
    }
    #expect(first == [unknown.trial])
    try fake.say(.results(reports + reports, running: nil))
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 3)
    rig.sink.contents.withLock { #expect($0.storedTwice == 0 && $0.results.count == 3) }
  }

  @Test func failsMalformedResultsAndSendsMalformedWorkersAway() throws {
    let rig = try Rig(trials: 2)
    let run = rig.start()
    let fake = try FakeWorker(joinFile: rig.joinFile)
    // Before it is registered: garbage is dropped, anything else is answered by `rejoin`.
    try fake.sayBytes([[0xff, 0x00, 0x13]])
    try fake.sayBytes([[1], [2], [3]])
    try fake.say(.heartbeat(running: nil, held: 0))
    #expect(try fake.hear() == .rejoin)
    try fake.hello()
    let held = try fake.hearAssignments()
    try fake.say(.results([fake.report(held[0], value: .string("nonsense"))], running: nil))
    _ = try fake.hear(where: { if case .acknowledge = $0 { true } else { false } })
    try fake.sayBytes([[0xc1]])
    guard case .refuse(.protocol, _)? = try fake.hear(where: { if case .refuse = $0 { true } else { false } }) else {
      Issue.record("not refused")
      return
    }
    _ = rig.startWorker()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 1 && summary.failed == 1)
    #expect(rig.sink.contents.withLock { $0.faults.map(\.kind) } == ["malformed_result"])
  }

  @Test func waitsForTheStoreAndSaysSo() throws {
    let rig = try Rig(trials: 30)
    rig.configuration.scheduler.storeRetryDelay = .seconds(0.05)
    rig.sink.contents.withLock { $0.failuresToCome = 3 }
    let run = rig.start()
    _ = rig.startWorker()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 30)
    let troubles: [String?] = rig.notices.all.compactMap {
      if case .storeTrouble(let reason) = $0 { Optional(reason) } else { nil }
    }
    #expect(troubles == ["no space left on device", nil])
  }

  /// Trouble that no waiting cures ends the run, whether anything is being stored or not.
  @Test(arguments: [true, false]) func endsWhenTheStoreIsGone(whileStoring: Bool) throws {
    let rig = try Rig(trials: 5)
    let sink = rig.sink
    let isOver = Flag()
    defer { isOver.raise() }
    let run = rig.start()
    _ = rig.startWorker { payload, _ in
      sink.contents.withLock {
        $0.isGone = true
        $0.failuresToCome = 1
      }
      while !whileStoring && !isOver.isRaised { usleep(1_000) }
      return TestWork.result(TestWork.index(payload))
    }
    #expect {
      _ = try #require(try run.wait())
    } throws: {
      "\($0)" == "the store is gone"
    }
    #expect(!rig.notices.all.contains { if case .storeTrouble = $0 { true } else { false } })
  }

  @Test func refusesOtherBuildsAndSweeps() throws {
    let rig = try Rig(trials: 1)
    let run = rig.start()
    #expect {
      try rig.startWorker(build: "2").wait()
    } throws: {
      "\($0)".contains("this worker is version 2, and the coordinator is version 1")
    }
    _ = rig.startWorker()
    #expect(try run.wait()?.committedNow == 1)
  }

  @Test func stopsInGoodOrderAtTheFirstSignal() throws {
    let rig = try Rig(trials: 400)
    rig.configuration.handlesSignals = true
    let run = rig.start()
    let worker = rig.startWorker { payload, _ in
      let index = TestWork.index(payload)
      if index == 20 { kill(getpid(), SIGTERM) }
      usleep(3_000)
      return TestWork.result(index)
    }
    let summary = try #require(try run.wait())
    #expect(summary.outcome == .interrupted)
    #expect(summary.committedNow >= 20 && summary.remaining > 0)
    #expect(summary.committedNow + summary.remaining == 400)
    #expect(rig.sink.contents.withLock { $0.results.count } == summary.committedNow)
    #expect(try worker.wait()?.isOrderly == true)
    // The same again finishes it.
    rig.configuration.handlesSignals = false
    let again = rig.start()
    _ = rig.startWorker()
    #expect(try again.wait()?.committedNow == summary.remaining)
    #expect(rig.sink.contents.withLock { $0.storedTwice } == 0)
  }

  @Test func cancelsALongTrialWhenStopped() throws {
    let rig = try Rig(trials: 2)
    rig.configuration.handlesSignals = true
    // Longer than anybody waits here: the run ends in time only if the trial is cancelled without a grace.
    rig.configuration.scheduler.drainGrace = .seconds(3_000)
    let run = rig.start()
    let worker = rig.startWorker { _, isCancelled in
      kill(getpid(), SIGTERM)
      while !isCancelled() { usleep(1_000) }
      throw StoreFailure()
    }
    let summary = try #require(try run.wait())
    #expect(summary.outcome == .interrupted && summary.remaining == 2 && summary.failed == 0)
    #expect(try worker.wait()?.isOrderly == true)
  }

  @Test func keepsASecondCoordinatorOut() throws {
    let rig = try Rig(trials: 1)
    let first = try Coordinator(
      configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
    #expect {
      _ = try Coordinator(
        configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
    } throws: {
      "\($0)".contains("is in use by process \(getpid()) on \(HostName.current)")
    }
    withExtendedLifetime(first) {}
  }

  /// Keys that were made beforehand: the coordinator uses them, says what they were made for, and leaves them.
  @Test func usesPreparedKeys() throws {
    let rig = try Rig(trials: 2, listen: "tcp://127.0.0.1:*")
    let place = rig.directory.path + "/keys"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    let prepared = KeyRing.Preparation(sweepName: "test", sweepHash: "abc", endpoints: ["tcp://service:7700"])
    let ring = try KeyRing.generate(for: prepared)
    try ring.write(to: place + "/coordinator.key")
    // Found beside the join file, or named.
    rig.configuration.joinFile = place + "/join.json"
    for keyFile in [nil, place + "/coordinator.key"] {
      rig.configuration.keyFile = keyFile
      var coordinator: Coordinator? = try Coordinator(
        configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
      let file = try JoinFile.load(from: rig.joinFile)
      #expect(file.endpoints == ["tcp://service:7700"] && file.client == ring.worker && file.epoch == ring.epoch)
      let status = try JoinFile.load(from: rig.configuration.outputDirectory + "/status.json")
      #expect(status.role == .status && status.client == ring.status)
      #expect(coordinator?.endpoints == file.endpoints)
      coordinator = nil
      #expect(FileManager.default.fileExists(atPath: rig.joinFile))
      #expect(!FileManager.default.fileExists(atPath: rig.configuration.outputDirectory + "/status.json"))
    }
    rig.configuration.scheduler.sweepHash = "other"
    #expect {
      _ = try rig.start().wait()
    } throws: {
      "\($0)".contains("these keys were made for the sweep 'test'") && "\($0)".contains("icd keygen")
    }
  }

  /// A run that must have ended by some time drains before.
  @Test func endsBeforeItsTimeIsOver() throws {
    let rig = try Rig(trials: 50)
    rig.configuration.scheduler.drainGrace = .seconds(0.2)
    rig.configuration.scheduler.farewellTimeout = .seconds(0.2)
    let end = EndTime(unixSeconds: Date().timeIntervalSince1970 + 6)
    rig.configuration.end = end
    let run = rig.start()
    let worker = rig.startWorker { payload, _ in
      usleep(200_000)
      return TestWork.result(TestWork.index(payload))
    }
    let summary = try #require(try run.wait())
    #expect(Date().timeIntervalSince1970 < end.unixSeconds)
    #expect(summary.outcome == .interrupted && summary.committedNow > 0 && summary.failed == 0)
    #expect(try worker.wait()?.isOrderly == true)
    #expect(rig.notices.all.contains { if case .timeIsUp(end) = $0 { true } else { false } })
  }

  @Test func refusesToListenOnWhatItCannotGuard() throws {
    for listen in [[], ["udp://x"], ["tcp://127.0.0.1:*", "ipc:///tmp/icd-mixture"]] {
      let rig = try Rig(trials: 1)
      rig.configuration.listen = listen
      #expect(throws: RunError.self) { try rig.start().wait() }
    }
  }

  /// A coordinator that is started again over TCP has the keys that its workers know.
  @Test func keepsItsKeys() throws {
    let rig = try Rig(trials: 1, listen: "tcp://127.0.0.1:*")
    var keys: [String?] = []
    for _ in 0..<2 {
      let coordinator = try Coordinator(
        configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
      keys.append(try JoinFile.load(from: rig.joinFile).server?.text)
      withExtendedLifetime(coordinator) {}
    }
    #expect(keys[0] != nil && keys[0] == keys[1])
    // Others may read them: refused, with a remedy.
    chmod(rig.configuration.outputDirectory + "/coordinator.key", 0o644)
    #expect(throws: PrivateFileError.self) { try rig.start().wait() }
  }

  @Test func saysThatTheCoordinatorSpeaksAnotherVersion() throws {
    let directory = try TemporaryDirectory()
    let router = try Socket(try Context(), .router)
    let file = JoinFile(
      endpoints: [try router.bind("ipc://\(directory.path)/s")], server: nil, client: nil, sweepName: "s",
      sweepHash: "abc", epoch: .random(), build: "1")
    try file.write(to: directory.path + "/join.json")
    let path = directory.path + "/join.json"
    let worker = Box<WorkerExit> {
      var configuration = WorkerConfiguration(joinFile: path, build: "1", control: .coordinatorOnly)
      configuration.adjust = { $0.joinTimeout = .seconds(3) }
      return try runWorker(configuration) { payload, _ in TestWork.result(TestWork.index(payload)) }
    }
    var poller = Poller(sockets: [router])
    _ = try poller.wait(milliseconds: 20_000)
    if case .message(let frames) = try router.receive(framesMax: 2) {
      let answer = MessagePackValue.array([.uint(3), .string("refuse"), .map([])]).encoded()
      _ = try router.send([frames[0], answer])
    }
    #expect {
      try worker.wait()
    } throws: {
      "\($0)".contains("protocol version 3, while this program speaks 2")
    }
  }
}
