import Foundation
import Messaging
import Scheduling
import Synchronization
import Testing

/// Those who look on: they are told what there is, and can change nothing.
@Suite(.serialized) struct StatusTests {
  /// A run in which one worker holds the first trial until the flag is raised.
  private static func rig(_ flag: Flag) throws -> (Rig, Box<RunSummary>, Box<WorkerExit>) {
    let rig = try Rig(trials: 10, listen: "tcp://127.0.0.1:*")
    rig.configuration.describe = { "number \($0)" }
    let run = rig.start()
    let worker = rig.startWorker { payload, _ in
      while !flag.isRaised { usleep(1_000) }
      return TestWork.result(TestWork.index(payload))
    }
    waitForFile(rig.joinFile)
    return (rig, run, worker)
  }

  private static func status(_ client: StatusClient, until isWanted: (RunStatus) -> Bool) throws -> RunStatus {
    var status = try client.ask(timeout: .seconds(20))
    for _ in 0..<200 where !isWanted(status) {
      usleep(100_000)
      status = try client.ask(timeout: .seconds(20))
    }
    return status
  }

  @Test(arguments: ["status.json", "join.json"]) func isToldToBothRoles(file: String) throws {
    let flag = Flag()
    let (rig, run, worker) = try Self.rig(flag)
    let path = file == "join.json" ? rig.joinFile : rig.configuration.outputDirectory + "/" + file
    let client = try StatusClient(joinFile: path)
    let busy = try Self.status(client) { $0.workers.first?.trial != nil }
    #expect(busy.sweepName == "test" && busy.build == "1" && busy.state == .running && busy.pid == UInt64(getpid()))
    #expect(busy.planned == 10 && busy.done == 0 && busy.running == 1 && busy.queued == 9)
    let only = try #require(busy.workers.first)
    #expect(busy.workers.count == 1 && only.name == "\(HostName.current):\(getpid())" && only.held == 1)
    #expect(only.trial == "number 0" && only.results == 0 && only.runningSeconds >= 0)
    // Time goes on.
    let later = try Self.status(client) { ($0.workers.first?.runningSeconds ?? 0) > only.runningSeconds }
    #expect(later.elapsedSeconds > busy.elapsedSeconds)
    flag.raise()
    #expect(try run.wait()?.committedNow == 10)
    #expect(try worker.wait()?.isOrderly == true)
    // Nobody is there any more, which is said soon.
    #expect(throws: RunError.self) { try client.ask(timeout: .seconds(1), isPatient: false) }
  }

  /// The key of those who look on is no key for anything else: whatever they say, the run goes on as if they were not.
  @Test func onlookersChangeNothing() throws {
    let flag = Flag()
    let (rig, run, worker) = try Self.rig(flag)
    let path = rig.configuration.outputDirectory + "/status.json"
    let intruder = try FakeWorker(joinFile: path)
    try intruder.hello(capacity: 10)
    let reports = rig.items.indices.map {
      intruder.report(
        TrialAssignment(trial: rig.items[$0].id, attempt: 1, payload: TestWork.payload($0)), value: .string("poison"))
    }
    try intruder.say(.results(reports, running: nil))
    try intruder.say(.heartbeat(running: nil, held: 0))
    try intruder.say(.goodbye(reason: "done"))
    try intruder.sayBytes([[0xc1]])
    // The question of the same peer is answered, and nothing before it was.
    try intruder.sayBytes([StatusRequest.frame])
    let answer = try #require(try intruder.hearFrame())
    let status = try RunStatus(decoding: answer)
    #expect(status.done == 0 && status.failed == 0 && status.workers.allSatisfy { $0.name != "fake" })
    #expect(status.refusals == 5)
    flag.raise()
    let summary = try #require(try run.wait())
    #expect(summary.committedNow == 10 && summary.failed == 0)
    #expect(try worker.wait()?.isOrderly == true)
    rig.sink.contents.withLock { contents in
      for (index, stored) in contents.results { #expect(stored.result == TestWork.result(index)) }
    }
    let rejections = rig.notices.all.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
    #expect(rejections.map(\.reason) == [.role])
  }

  @Test func refusedWorkersAreReported() throws {
    let rig = try Rig(trials: 1)
    let run = rig.start()
    let fake = try FakeWorker(joinFile: rig.joinFile)
    for _ in 0..<5 {
      try fake.hello(build: "2")
      _ = try fake.hear()
    }
    _ = rig.startWorker()
    #expect(try run.wait()?.committedNow == 1)
    let rejections = rig.notices.all.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
    // At once the first time, and not again for a while.
    #expect(rejections.count == 1 && rejections.first?.reason == .refused, "\(rejections)")
    #expect(rejections.first?.detail.contains("version 2, and the coordinator is version 1") == true)
  }

  @Test func rejectionsAreCountedAndReportedNowAndThen() {
    var log = RejectionLog()
    let start = Instant(nanoseconds: 0)
    #expect(log.due(at: start).isEmpty)
    log.note(.key, "from 1.2.3.4")
    #expect(log.due(at: start) == [PeerRejection(reason: .key, count: 1, detail: "from 1.2.3.4")])
    for _ in 0..<1_000 { log.note(.key, "from 5.6.7.8") }
    log.note(.handshake)
    #expect(log.due(at: start + .seconds(1)).map(\.reason) == [.handshake])
    #expect(log.due(at: start + .seconds(9.9)).isEmpty)
    let later = log.due(at: start + RejectionLog.interval)
    #expect(later == [PeerRejection(reason: .key, count: 1_000, detail: "from 5.6.7.8")])
    #expect(later[0].description.contains("1000 times: from 5.6.7.8"))
    #expect(log.total == 1_002 && log.due(at: start + .seconds(1_000)).isEmpty)
  }

  @Test func ratesAreOfTheLastMinute() {
    var meter = RateMeter()
    let start = Instant(nanoseconds: 0)
    #expect(meter.rate(0, at: start) == 0)
    for second in 0...100 { meter.note(10 * second, at: start + .seconds(Double(second))) }
    #expect(abs(meter.rate(1_000, at: start + .seconds(100)) - 10) < 0.2)
    // A pause is forgotten after a minute, and so is what was before it.
    for second in 101...200 { meter.note(1_000, at: start + .seconds(Double(second))) }
    #expect(meter.rate(1_000, at: start + .seconds(200)) == 0)
  }
}
