import Foundation
import Messaging
import Testing

@Suite struct RunStatusTests {
  static func worker(_ number: Int, trial: String? = "L=20 seed=3") -> WorkerStatus {
    WorkerStatus(
      name: "node:\(number)/1", host: "node", pid: UInt64(number), trial: trial, runningSeconds: 1.5, held: 3,
      results: 40, silentSeconds: 0.25)
  }

  static func status(workers: [WorkerStatus]) -> RunStatus {
    RunStatus(
      sweepName: "s", state: .running, build: "1", host: "h", pid: 7, planned: 10, done: 4, failed: 1, quarantined: 1,
      running: 2, queued: 2, elapsedSeconds: 12.5, ratePerSecond: 3, remainingSeconds: 2, refusals: 5,
      workers: workers)
  }

  @Test func comesBackAsItWas() throws {
    for state in RunStatus.State.allCases {
      var status = Self.status(workers: [Self.worker(1), Self.worker(2, trial: nil)])
      status.state = state
      #expect(try RunStatus(decoding: status.encoded()) == status)
      status.remainingSeconds = nil
      status.workers = []
      #expect(try RunStatus(decoding: status.encoded()) == status)
    }
  }

  /// The largest answer passes its own bounds.
  @Test func namesAsManyWorkersAsMayRegister() throws {
    let status = Self.status(workers: (0..<MessageLimits.statusWorkersMax).map { Self.worker($0) })
    #expect(try RunStatus(decoding: status.encoded()).workers.count == MessageLimits.statusWorkersMax)
    let more = Self.status(workers: status.workers + [Self.worker(0)])
    #expect(throws: MessageError.self) { try RunStatus(decoding: more.encoded()) }
  }

  @Test func refusesWhatIsNone() throws {
    var bad = Self.status(workers: [])
    bad.planned = Int(Int32.max) + 1
    #expect(throws: MessageError.invalidField("planned")) { try RunStatus(decoding: bad.encoded()) }
    bad = Self.status(workers: [Self.worker(1, trial: String(repeating: "x", count: 256))])
    #expect(throws: MessageError.invalidField("workers")) { try RunStatus(decoding: bad.encoded()) }
    bad = Self.status(workers: [])
    bad.elapsedSeconds = -1
    #expect(throws: MessageError.invalidField("elapsed")) { try RunStatus(decoding: bad.encoded()) }
    #expect(throws: MessageError.self) { try RunStatus(decoding: StatusRequest.frame) }
    #expect(throws: Never.self) { try StatusRequest.check(StatusRequest.frame) }
    let goodbye = WorkerMessage.goodbye(reason: "")
    #expect(throws: MessageError.unknownKind("goodbye")) { try StatusRequest.check(goodbye.encoded()) }
    #expect(throws: MessageError.unexpectedField("x")) {
      try StatusRequest.check(
        MessagePackValue.array([
          .uint(MessageLimits.protocolVersion), .string("status"), .fields(["x": .uint(1)]),
        ]).encoded())
    }
  }
}
