extension WorkerMessage {
  /// The frame of the message.
  public func encoded() -> [UInt8] {
    switch self {
    case .hello(let hello): Envelope.encode(kind: "hello", fields: hello.fields)
    case .heartbeat(let running, let held):
      Envelope.encode(kind: "heartbeat", fields: .fields(["running": .identifier(running), "held": .count(held)]))
    case .results(let reports, let running):
      Envelope.encode(
        kind: "results",
        fields: .fields(["results": .array(reports.map(\.fields)), "running": .identifier(running)]))
    case .goodbye(let reason): Envelope.encode(kind: "goodbye", fields: .fields(["reason": .string(reason)]))
    }
  }

  /// Reads a frame; throws if it is not exactly a message of a worker.
  public init(decoding frame: [UInt8]) throws(MessageError) {
    var (kind, fields) = try Envelope.decode(frame)
    switch kind {
    case "hello": self = .hello(try Hello(&fields))
    case "heartbeat":
      self = .heartbeat(
        running: try fields.optionalIdentifier("running"),
        held: try fields.count("held", in: 0...MessageLimits.capacityMax))
    case "results":
      var reports: [TrialReport] = []
      for item in try fields.array("results", count: 1...MessageLimits.resultsPerMessageMax) {
        reports.append(try TrialReport(item))
      }
      self = .results(reports, running: try fields.optionalIdentifier("running"))
    case "goodbye": self = .goodbye(reason: try fields.text("reason", bytes: 0...MessageLimits.nameBytesMax))
    default: throw .unknownKind(kind)
    }
    try fields.finish()
  }
}

extension WorkerMessage.Hello {
  fileprivate var fields: MessagePackValue {
    .fields([
      "worker": .identifier(worker), "session": .uint(session), "name": .string(name), "host": .string(host),
      "pid": .uint(pid), "build": .string(build), "sweep": .string(sweep), "capacity": .count(capacity),
      "held": .identifiers(held), "running": .identifier(running),
      "finished": .identifiers(finished), "remaining": .optional(remainingMilliseconds),
    ])
  }

  fileprivate init(_ fields: inout FieldReader) throws(MessageError) {
    self.init(
      worker: try fields.identifier("worker"),
      session: try fields.unsigned("session"),
      name: try fields.text("name", bytes: 1...MessageLimits.nameBytesMax),
      host: try fields.text("host", bytes: 1...MessageLimits.nameBytesMax),
      pid: try fields.unsigned("pid"),
      build: try fields.text("build", bytes: 0...MessageLimits.wordBytesMax),
      sweep: try fields.text("sweep", bytes: 0...MessageLimits.sweepBytesMax),
      capacity: try fields.count("capacity", in: 1...MessageLimits.capacityMax),
      held: try fields.identifiers("held", count: 0...MessageLimits.capacityMax),
      running: try fields.optionalIdentifier("running"),
      finished: try fields.identifiers("finished", count: 0...MessageLimits.capacityMax),
      remainingMilliseconds: try fields.optionalUnsigned("remaining", in: 0...MessageLimits.longMillisecondsMax))
  }
}

extension TrialReport {
  fileprivate var fields: MessagePackValue {
    var entries: [MessagePackValue.Entry] = [
      .init(.string("trial"), .identifier(trial)), .init(.string("attempt"), .count(attempt)),
      .init(.string("started"), .double(startedAt)), .init(.string("seconds"), .double(seconds)),
    ]
    switch outcome {
    case .result(let value): entries.append(.init(.string("result"), value))
    case .failure(let kind, let message):
      entries.append(.init(.string("kind"), .string(kind)))
      entries.append(.init(.string("message"), .string(message)))
    }
    return .map(entries)
  }

  fileprivate init(_ value: MessagePackValue) throws(MessageError) {
    var fields = try FieldReader(value)
    let trial = try fields.identifier("trial")
    let attempt = try fields.count("attempt", in: 0...Int(UInt16.max))
    let startedAt = try fields.double("started", in: 0...Double.greatestFiniteMagnitude)
    let seconds = try fields.double("seconds", in: 0...Double.greatestFiniteMagnitude)
    let outcome: Outcome
    if fields.has("result") {
      outcome = .result(try fields.value("result"))
    } else {
      outcome = .failure(
        kind: try fields.text("kind", bytes: 1...MessageLimits.wordBytesMax),
        message: try fields.text("message", bytes: 0...MessageLimits.textBytesMax))
    }
    try fields.finish()
    self.init(trial: trial, attempt: attempt, startedAt: startedAt, seconds: seconds, outcome: outcome)
  }

  /// What the report takes in a frame.
  public var encodedSize: EncodedSize {
    switch outcome {
    case .result(let value): value.encodedSize + EncodedSize(bytes: 96, values: 10)
    case .failure(let kind, let message):
      EncodedSize(bytes: kind.utf8.count + message.utf8.count + 128, values: 12)
    }
  }
}
