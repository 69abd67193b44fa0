import Messaging
import Scheduling
import Sweeps

extension FuzzTarget {
  private static let trial = Identifier(high: 1, low: 2)
  private static let other = Identifier(high: .max, low: 0)

  private static let result = ResultCoding.encode(
    TrialResult(
      metrics: [.init(name: "test_loss", value: 0.25), .init(name: "alpha", value: -0.0)],
      curves: [.init(name: "epoch", values: [0, 1, 2]), .init(name: "empty", values: [])],
      arrays: [.init(name: "final_value", shape: [2, 3], values: [1, 2, 3, 4, 5, .infinity])]))

  private static let fromWorkers: [WorkerMessage] = [
    .hello(
      .init(
        worker: other, session: 3, name: "host:1", host: "host", pid: 1, build: "1.0", sweep: "abc", capacity: 1_024,
        held: [trial, other], running: trial, finished: [other], remainingMilliseconds: 0)),
    .heartbeat(running: nil, held: 0), .heartbeat(running: trial, held: 1_024),
    .results(
      [
        TrialReport(trial: trial, attempt: 1, startedAt: 1.7e9, seconds: 0.25, outcome: .result(result)),
        TrialReport(
          trial: other, attempt: 2, startedAt: 0, seconds: 0, outcome: .failure(kind: "diverged", message: "at 3")),
      ], running: trial),
    .goodbye(reason: "told to stop"),
  ]

  private static let fromCoordinator: [CoordinatorMessage] = [
    .welcome(
      .init(
        incarnation: trial, session: 3, heartbeatMilliseconds: 2_000, silenceLimitMilliseconds: 30_000,
        trialTimeLimitMilliseconds: 7_200_000, drop: [other])),
    .refuse(code: .sweep, message: "another sweep"), .rejoin,
    .assign([
      TrialAssignment(trial: trial, attempt: 1, payload: []),
      TrialAssignment(trial: other, attempt: 2, payload: [1, 2, 3]),
    ]),
    .acknowledge([trial, other]), .cancel([trial]), .heartbeat, .drain(finishWithinMilliseconds: 5_000),
    .stop(reason: "all trials are done"),
  ]

  private static var frames: [[UInt8]] {
    fromWorkers.map { $0.encoded() } + fromCoordinator.map { $0.encoded() } + [result.encoded()]
  }

  /// Damages the value of a frame, the bytes of a frame, or both; `other` is another frame to take parts of.
  public static func mutateFrame(_ frame: [UInt8], _ other: [UInt8], _ generator: inout FuzzGenerator) -> [UInt8] {
    var frame = frame
    let kind = generator.below(5)
    if kind < 3, let value = try? MessagePackValue(decoding: frame) {
      frame = (0...generator.below(2)).reduce(value) { value, _ in ValueMutation.apply(to: value, &generator) }
        .encoded()
    }
    if kind > 1 { ByteMutation.apply(to: &frame, from: other, &generator) }
    return frame
  }

  /// What is accepted is encoded in the shortest way, and that is read back as the same.
  static let messagePack = FuzzTarget(
    name: "messagepack", casesInTests: 15_000, seeds: frames, mutate: mutateFrame
  ) { bytes in
    let value: MessagePackValue
    do { value = try MessagePackValue(decoding: bytes) } catch {
      try FuzzFailure.requireReadable("\(error)")
      return false
    }
    let again = value.encoded()
    try FuzzFailure.require(again.count <= bytes.count, "\(bytes.count) bytes became \(again.count)")
    let bound = value.encodedSize.bytes
    try FuzzFailure.require(again.count <= bound, "\(again.count) bytes, more than the bound of \(bound)")
    // Bytes are compared and not values, as a NaN is not equal to itself.
    try FuzzFailure.require(
      try MessagePackValue(decoding: again).encoded() == again, "a value changes when it is encoded and read back")
    return true
  }

  static let workerMessages = messages(
    "worker-messages", seeds: fromWorkers.map { $0.encoded() },
    decode: { bytes throws(MessageError) in try WorkerMessage(decoding: bytes) }, encode: { $0.encoded() })

  static let coordinatorMessages = messages(
    "coordinator-messages", seeds: fromCoordinator.map { $0.encoded() },
    decode: { bytes throws(MessageError) in try CoordinatorMessage(decoding: bytes) }, encode: { $0.encoded() })

  private static func messages<Message>(
    _ name: String, seeds: [[UInt8]],
    decode: @escaping @Sendable ([UInt8]) throws(MessageError) -> Message,
    encode: @escaping @Sendable (Message) -> [UInt8]
  ) -> FuzzTarget {
    FuzzTarget(name: name, casesInTests: 15_000, seeds: seeds, mutate: mutateFrame) { bytes in
      let message: Message
      do { message = try decode(bytes) } catch {
        try FuzzFailure.requireReadable("\(error)")
        return false
      }
      let again = encode(message)
      do {
        try FuzzFailure.require(encode(try decode(again)) == again, "a message changes when it is sent on")
      } catch let error as MessageError {
        throw FuzzFailure(description: "a message that was read is refused when it is sent on: \(error)")
      }
      return true
    }
  }

  /// What is accepted as a result has a digest and travels unchanged.
  static let results = FuzzTarget(
    name: "results", casesInTests: 15_000, seeds: [result.encoded()], mutate: mutateFrame
  ) { bytes in
    guard let value = try? MessagePackValue(decoding: bytes) else { return false }
    let result: TrialResult
    do { result = try ResultCoding.decode(value) } catch {
      try FuzzFailure.requireReadable("\(error)")
      return false
    }
    let again = ResultCoding.encode(result)
    try FuzzFailure.require(again.encoded() == value.encoded(), "a result changes when it is sent on")
    try FuzzFailure.require(
      try ResultCoding.decode(again).digest == result.digest, "a result's digest changes when it is sent on")
    return true
  }
}
