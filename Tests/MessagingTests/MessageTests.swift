import Messaging
import Testing

@Suite struct MessageTests {
  static let trial = Identifier(high: 1, low: 2)
  static let other = Identifier(high: .max, low: 0)

  static let workerMessages: [WorkerMessage] = [
    .hello(
      .init(
        worker: other, session: 3, name: "host:1", host: "host", pid: 1, build: "1.0", sweep: "abc", capacity: 1_024,
        held: [trial, other], running: trial, finished: [other], remainingMilliseconds: 0)),
    .hello(
      .init(worker: other, session: 1, name: "h:1", host: "h", pid: 1, build: "", sweep: "", capacity: 1)),
    .heartbeat(running: nil, held: 0), .heartbeat(running: trial, held: 1_024),
    .results(
      [
        TrialReport(
          trial: trial, attempt: 1, startedAt: 1.7e9, seconds: 0.25,
          outcome: .result(.fields(["x": .packed([1.0, 2.0])]))),
        TrialReport(
          trial: other, attempt: 2, startedAt: 0, seconds: 0, outcome: .failure(kind: "diverged", message: "at 3")),
      ], running: trial),
    .goodbye(reason: "told to stop"),
  ]

  static let coordinatorMessages: [CoordinatorMessage] = [
    .welcome(
      .init(
        incarnation: trial, session: 3, heartbeatMilliseconds: 2_000, silenceLimitMilliseconds: 30_000,
        trialTimeLimitMilliseconds: 7_200_000, drop: [other])),
    .welcome(.init(incarnation: trial, session: 1, heartbeatMilliseconds: 1, silenceLimitMilliseconds: 1)),
    .refuse(code: .sweep, message: "another sweep"), .rejoin,
    .assign([
      TrialAssignment(trial: trial, attempt: 1, payload: []),
      TrialAssignment(trial: other, attempt: 2, payload: [1, 2, 3]),
    ]),
    .acknowledge([trial, other]), .cancel([trial]), .heartbeat, .drain(finishWithinMilliseconds: 5_000),
    .stop(reason: "all trials are done"),
  ]

  static var frames: [[UInt8]] { workerMessages.map { $0.encoded() } + coordinatorMessages.map { $0.encoded() } }

  @Test func comeBackAsTheyWere() throws {
    for message in Self.workerMessages { #expect(try WorkerMessage(decoding: message.encoded()) == message) }
    for message in Self.coordinatorMessages { #expect(try CoordinatorMessage(decoding: message.encoded()) == message) }
  }

  @Test func everyPrefixIsRefused() {
    for frame in Self.frames {
      for length in 0..<frame.count {
        #expect(throws: MessageError.self) { try WorkerMessage(decoding: Array(frame.prefix(length))) }
        #expect(throws: MessageError.self) { try CoordinatorMessage(decoding: Array(frame.prefix(length))) }
      }
    }
  }

  @Test func oneDirectionDoesNotReadTheOther() {
    for message in Self.coordinatorMessages where message != .heartbeat {
      #expect(throws: MessageError.self) { try WorkerMessage(decoding: message.encoded()) }
    }
  }

  private func frame(_ kind: String, _ fields: MessagePackValue, version: UInt64 = MessageLimits.protocolVersion)
    -> [UInt8]
  {
    MessagePackValue.array([.uint(version), .string(kind), fields]).encoded()
  }

  @Test func strictAboutTheEnvelope() {
    #expect(throws: MessageError.otherVersion(1)) {
      try WorkerMessage(decoding: frame("goodbye", .map([]), version: 1))
    }
    // Whatever else another version may look like, it is named.
    #expect(throws: MessageError.otherVersion(9)) {
      try WorkerMessage(decoding: MessagePackValue.array([.uint(9)]).encoded())
    }
    #expect(throws: MessageError.unknownKind("hallo")) { try WorkerMessage(decoding: frame("hallo", .map([]))) }
    #expect(throws: MessageError.notAnEnvelope) { try WorkerMessage(decoding: frame("goodbye", .array([]))) }
    #expect(throws: MessageError.notAnEnvelope) { try WorkerMessage(decoding: MessagePackValue.uint(1).encoded()) }
  }

  @Test func strictAboutFields() {
    func goodbye(_ fields: MessagePackValue) -> MessageError? {
      do {
        _ = try WorkerMessage(decoding: frame("goodbye", fields))
        return nil
      } catch { return error }
    }
    #expect(goodbye(.fields(["reason": .string("")])) == nil)
    #expect(goodbye(.map([])) == .missingField("reason"))
    #expect(goodbye(.fields(["reason": .uint(1)])) == .invalidField("reason"))
    #expect(goodbye(.fields(["reason": .string(String(repeating: "x", count: 256))])) == .invalidField("reason"))
    #expect(goodbye(.fields(["reason": .string(""), "more": .null])) == .unexpectedField("more"))
    #expect(goodbye(.fields(["reason": .string(""), "reason": .string("")])) == .unexpectedField("reason"))
    #expect(goodbye(.map([.init(.uint(1), .null)])) == .notAnEnvelope)
  }

  @Test func strictAboutBounds() {
    let tooMany = [Identifier](repeating: Self.trial, count: 1_025)
    let refused: [CoordinatorMessage] = [
      .acknowledge([]), .acknowledge(tooMany), .cancel(tooMany), .assign([]), .drain(finishWithinMilliseconds: .max),
      .assign([TrialAssignment(trial: Self.trial, attempt: 1, payload: [UInt8](repeating: 0, count: 64 << 10 | 1))]),
      .assign([TrialAssignment(trial: Self.trial, attempt: 65_536, payload: [])]),
    ]
    let endless = MessageLimits.longMillisecondsMax + 1
    var hello = WorkerMessage.Hello(
      worker: Self.trial, session: 1, name: "h:1", host: "h", pid: 1, build: "", sweep: "", capacity: 1)
    hello.remainingMilliseconds = endless
    #expect(throws: MessageError.invalidField("remaining")) {
      try WorkerMessage(decoding: WorkerMessage.hello(hello).encoded())
    }
    for limit in [0, endless] {
      let welcome = CoordinatorMessage.Welcome(
        incarnation: Self.trial, session: 1, heartbeatMilliseconds: 1, silenceLimitMilliseconds: 1,
        trialTimeLimitMilliseconds: limit)
      #expect(throws: MessageError.invalidField("trialTimeLimit")) {
        try CoordinatorMessage(decoding: CoordinatorMessage.welcome(welcome).encoded())
      }
    }
    for message in refused {
      #expect(throws: MessageError.self) { try CoordinatorMessage(decoding: message.encoded()) }
    }
    for seconds in [Double.nan, -1, .infinity] {
      let report = TrialReport(
        trial: Self.trial, attempt: 1, startedAt: 0, seconds: seconds, outcome: .failure(kind: "error", message: ""))
      #expect(throws: MessageError.invalidField("seconds")) {
        try WorkerMessage(decoding: WorkerMessage.results([report], running: nil).encoded())
      }
    }
  }

  @Test func sizesAreUpperBounds() {
    for (value, _) in MessagePackTests.vectors { #expect(value.encoded().count <= value.encodedSize.bytes) }
  }

  @Test func clipsAtCharacters() {
    #expect(MessageLimits.clip("äöü", toBytes: 5) == "äö")
    #expect(MessageLimits.clip("abc", toBytes: 3) == "abc")
  }
}
