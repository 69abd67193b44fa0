/// The question that ``RunStatus`` answers. It has no fields.
public enum StatusRequest {
  private static let kind = "status"

  /// The one frame of the question.
  public static let frame = Envelope.encode(kind: kind, fields: .map([]))

  /// Reads a frame; throws if it is anything else.
  public static func check(_ frame: [UInt8]) throws(MessageError) {
    if frame == self.frame { return }
    let (kind, fields) = try Envelope.decode(frame)
    guard kind == Self.kind else { throw .unknownKind(kind) }
    try fields.finish()
  }
}

extension RunStatus {
  private static let kind = "status"

  /// The frame of the answer.
  public func encoded() -> [UInt8] {
    Envelope.encode(
      kind: Self.kind,
      fields: .fields([
        "sweep": .string(sweepName), "state": .string(state.rawValue), "build": .string(build), "host": .string(host),
        "pid": .uint(pid), "planned": .count(planned), "done": .count(done), "failed": .count(failed),
        "quarantined": .count(quarantined), "running": .count(running), "queued": .count(queued),
        "elapsed": .double(elapsedSeconds), "rate": .double(ratePerSecond),
        "remaining": remainingSeconds.map { .double($0) } ?? .null, "refusals": .count(refusals),
        "workers": .array(workers.map(\.parts)),
      ]))
  }

  /// Reads a frame; throws if it is not exactly this answer.
  public init(decoding frame: [UInt8]) throws(MessageError) {
    var (kind, fields) = try Envelope.decode(frame)
    guard kind == Self.kind else { throw .unknownKind(kind) }
    guard let state = State(rawValue: try fields.text("state", bytes: 1...MessageLimits.wordBytesMax)) else {
      throw .invalidField("state")
    }
    let counts = 0...Int(Int32.max)
    let seconds = 0...Double.greatestFiniteMagnitude
    self.init(
      sweepName: try fields.text("sweep", bytes: 0...MessageLimits.nameBytesMax), state: state,
      build: try fields.text("build", bytes: 0...MessageLimits.wordBytesMax),
      host: try fields.text("host", bytes: 0...MessageLimits.nameBytesMax), pid: try fields.unsigned("pid"),
      planned: try fields.count("planned", in: counts), done: try fields.count("done", in: counts),
      failed: try fields.count("failed", in: counts), quarantined: try fields.count("quarantined", in: counts),
      running: try fields.count("running", in: counts), queued: try fields.count("queued", in: counts),
      elapsedSeconds: try fields.double("elapsed", in: seconds), ratePerSecond: try fields.double("rate", in: seconds),
      remainingSeconds: try fields.optionalDouble("remaining", in: seconds),
      refusals: try fields.count("refusals", in: counts), workers: [])
    for item in try fields.array("workers", count: 0...MessageLimits.statusWorkersMax) {
      workers.append(try WorkerStatus(item))
    }
    try fields.finish()
  }
}

extension WorkerStatus {
  /// An array and no map: there may be thousands of them.
  fileprivate var parts: MessagePackValue {
    .array([
      .string(name), .string(host), .uint(pid), trial.map { .string($0) } ?? .null, .double(runningSeconds),
      .count(held), .count(results), .double(silentSeconds),
    ])
  }

  fileprivate init(_ value: MessagePackValue) throws(MessageError) {
    guard case .array(let parts) = value, parts.count == 8,
      case .string(let name) = parts[0], case .string(let host) = parts[1], case .uint(let pid) = parts[2],
      case .double(let runningSeconds) = parts[4], case .uint(let held) = parts[5],
      case .uint(let results) = parts[6], case .double(let silentSeconds) = parts[7],
      held <= UInt64(Int32.max), results <= UInt64(Int32.max), runningSeconds >= 0, silentSeconds >= 0,
      name.utf8.count <= MessageLimits.nameBytesMax, host.utf8.count <= MessageLimits.nameBytesMax
    else { throw .invalidField("workers") }
    var trial: String?
    switch parts[3] {
    case .null: break
    case .string(let text) where text.utf8.count <= MessageLimits.nameBytesMax: trial = text
    default: throw .invalidField("workers")
    }
    self.init(
      name: name, host: host, pid: pid, trial: trial, runningSeconds: runningSeconds, held: Int(held),
      results: Int(results), silentSeconds: silentSeconds)
  }
}
