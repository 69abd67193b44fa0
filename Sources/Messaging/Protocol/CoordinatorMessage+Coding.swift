extension CoordinatorMessage {
  /// The frame of the message.
  public func encoded() -> [UInt8] {
    switch self {
    case .welcome(let welcome): Envelope.encode(kind: "welcome", fields: welcome.fields)
    case .refuse(let code, let message):
      Envelope.encode(kind: "refuse", fields: .fields(["code": .string(code.rawValue), "message": .string(message)]))
    case .rejoin: Envelope.encode(kind: "rejoin", fields: .map([]))
    case .assign(let trials):
      Envelope.encode(kind: "assign", fields: .fields(["trials": .array(trials.map(\.parts))]))
    case .acknowledge(let trials):
      Envelope.encode(kind: "acknowledge", fields: .fields(["trials": .identifiers(trials)]))
    case .cancel(let trials): Envelope.encode(kind: "cancel", fields: .fields(["trials": .identifiers(trials)]))
    case .heartbeat: Envelope.encode(kind: "heartbeat", fields: .map([]))
    case .drain(let milliseconds):
      Envelope.encode(kind: "drain", fields: .fields(["finishWithin": .uint(milliseconds)]))
    case .stop(let reason): Envelope.encode(kind: "stop", fields: .fields(["reason": .string(reason)]))
    }
  }

  /// Reads a frame; throws if it is not exactly a message of the coordinator.
  public init(decoding frame: [UInt8]) throws(MessageError) {
    var (kind, fields) = try Envelope.decode(frame)
    switch kind {
    case "welcome": self = .welcome(try Welcome(&fields))
    case "refuse":
      let text = try fields.text("code", bytes: 1...MessageLimits.wordBytesMax)
      guard let code = RefusalCode(rawValue: text) else { throw .invalidField("code") }
      self = .refuse(code: code, message: try fields.text("message", bytes: 0...MessageLimits.textBytesMax))
    case "rejoin": self = .rejoin
    case "assign":
      var trials: [TrialAssignment] = []
      for item in try fields.array("trials", count: 1...MessageLimits.capacityMax) {
        trials.append(try TrialAssignment(item))
      }
      self = .assign(trials)
    case "acknowledge":
      self = .acknowledge(try fields.identifiers("trials", count: 1...MessageLimits.resultsPerMessageMax))
    case "cancel": self = .cancel(try fields.identifiers("trials", count: 1...MessageLimits.capacityMax))
    case "heartbeat": self = .heartbeat
    case "drain":
      self = .drain(
        finishWithinMilliseconds: try fields.unsigned("finishWithin", in: 0...MessageLimits.millisecondsMax))
    case "stop": self = .stop(reason: try fields.text("reason", bytes: 0...MessageLimits.nameBytesMax))
    default: throw .unknownKind(kind)
    }
    try fields.finish()
  }
}

extension CoordinatorMessage.Welcome {
  fileprivate var fields: MessagePackValue {
    .fields([
      "incarnation": .identifier(incarnation), "session": .uint(session),
      "heartbeatInterval": .uint(heartbeatMilliseconds), "silenceLimit": .uint(silenceLimitMilliseconds),
      "trialTimeLimit": .optional(trialTimeLimitMilliseconds), "drop": .identifiers(drop),
    ])
  }

  fileprivate init(_ fields: inout FieldReader) throws(MessageError) {
    self.init(
      incarnation: try fields.identifier("incarnation"),
      session: try fields.unsigned("session"),
      heartbeatMilliseconds: try fields.unsigned("heartbeatInterval", in: 1...MessageLimits.millisecondsMax),
      silenceLimitMilliseconds: try fields.unsigned("silenceLimit", in: 1...MessageLimits.millisecondsMax),
      trialTimeLimitMilliseconds: try fields.optionalUnsigned(
        "trialTimeLimit", in: 1...MessageLimits.longMillisecondsMax),
      drop: try fields.identifiers("drop", count: 0...MessageLimits.capacityMax))
  }
}

extension TrialAssignment {
  fileprivate var parts: MessagePackValue { .array([.identifier(trial), .count(attempt), .binary(payload)]) }

  fileprivate init(_ value: MessagePackValue) throws(MessageError) {
    guard case .array(let parts) = value, parts.count == 3, case .uint(let attempt) = parts[1],
      attempt <= UInt64(UInt16.max), case .binary(let payload) = parts[2],
      payload.count <= MessageLimits.payloadBytesMax
    else { throw .invalidField("trials") }
    self.init(trial: try FieldReader.identifier(parts[0], "trials"), attempt: Int(attempt), payload: payload)
  }
}
