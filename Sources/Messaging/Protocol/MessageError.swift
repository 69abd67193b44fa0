/// Why a frame is not a message of this protocol.
public enum MessageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The frame is not one acceptable MessagePack value.
  case notMessagePack(MessagePackError)
  /// The value is not `[version, kind, fields]`.
  case notAnEnvelope
  /// The peer speaks another version.
  case otherVersion(UInt64)
  /// No message of this direction has that kind.
  case unknownKind(String)
  /// A field that the message does not have, or has already.
  case unexpectedField(String)
  /// A field that the message must have.
  case missingField(String)
  /// A field of another type, or out of its bounds.
  case invalidField(String)

  /// A sentence for the log.
  public var description: String {
    switch self {
    case .notMessagePack(let error): "not a MessagePack value: \(error)"
    case .notAnEnvelope: "not of the form [version, kind, fields]"
    case .otherVersion(let version):
      "protocol version \(version), while this program speaks \(MessageLimits.protocolVersion)"
    case .unknownKind(let kind): "unknown kind of message '\(MessageLimits.clip(kind, toBytes: 64))'"
    case .unexpectedField(let name): "unexpected field '\(MessageLimits.clip(name, toBytes: 64))'"
    case .missingField(let name): "field '\(name)' is missing"
    case .invalidField(let name): "field '\(name)' is of another type or out of bounds"
    }
  }
}
