/// A value of the MessagePack format (https://github.com/msgpack/msgpack/blob/master/spec.md), without its extension
/// types, which the protocol has no use for.
public enum MessagePackValue: Sendable, Hashable {
  /// The absent value.
  case null
  /// Yes or no.
  case bool(Bool)
  /// A whole number. Decoding yields this case only for negative numbers.
  case int(Int64)
  /// A whole number that is not negative.
  case uint(UInt64)
  /// A single-precision number.
  case float(Float)
  /// A double-precision number.
  case double(Double)
  /// Text.
  case string(String)
  /// Bytes. Long vectors of numbers travel in this case, little-endian.
  case binary([UInt8])
  /// Values in their order.
  case array([MessagePackValue])
  /// Pairs of key and value in their order.
  case map([Entry])

  /// One pair of a map.
  public struct Entry: Sendable, Hashable {
    /// The key; in this program always text.
    public var key: MessagePackValue
    /// The value.
    public var value: MessagePackValue

    /// A pair.
    public init(_ key: MessagePackValue, _ value: MessagePackValue) {
      self.key = key
      self.value = value
    }
  }

  /// A map whose keys are text.
  public static func fields(_ fields: KeyValuePairs<String, MessagePackValue>) -> MessagePackValue {
    .map(fields.map { Entry(.string($0.key), $0.value) })
  }
}

/// Why bytes are not an acceptable MessagePack value.
public enum MessagePackError: Error, Sendable, Hashable, CustomStringConvertible {
  /// More bytes than allowed.
  case tooLong(bytes: Int, limit: Int)
  /// Arrays and maps nested too deeply.
  case tooDeep(limit: Int)
  /// More values, in all arrays and maps together, than allowed.
  case tooManyValues(limit: Int)
  /// The bytes end inside a value, or a count says more than there are bytes for.
  case truncated
  /// Bytes follow the value.
  case trailingBytes(Int)
  /// A text that is not UTF-8.
  case invalidText
  /// An extension type, or the byte that the format never uses.
  case unsupportedType(UInt8)
  /// msgpack-c refused what the bounds check had let through.
  case rejected

  /// A sentence for the log.
  public var description: String {
    switch self {
    case .tooLong(let bytes, let limit): "\(bytes) bytes, more than the limit of \(limit)"
    case .tooDeep(let limit): "nested more than \(limit) deep"
    case .tooManyValues(let limit): "more than \(limit) values"
    case .truncated: "the bytes end inside a value"
    case .trailingBytes(let count): "\(count) bytes follow the value"
    case .invalidText: "a text is not UTF-8"
    case .unsupportedType(let byte): "unsupported type byte \(byte)"
    case .rejected: "rejected by the MessagePack library"
    }
  }
}
