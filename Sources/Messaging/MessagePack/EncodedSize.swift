/// An upper bound of what a value takes in a frame, without encoding it.
public struct EncodedSize: Sendable, Hashable {
  /// Bytes.
  public var bytes: Int
  /// Values inside arrays and maps.
  public var values: Int

  /// A size.
  public init(bytes: Int, values: Int) {
    self.bytes = bytes
    self.values = values
  }

  /// The sum.
  public static func + (left: EncodedSize, right: EncodedSize) -> EncodedSize {
    EncodedSize(bytes: left.bytes + right.bytes, values: left.values + right.values)
  }
}

extension MessagePackValue {
  /// An upper bound of what ``encoded()`` makes.
  public var encodedSize: EncodedSize {
    switch self {
    case .null, .bool: EncodedSize(bytes: 1, values: 1)
    case .int, .uint, .float, .double: EncodedSize(bytes: 9, values: 1)
    case .string(let text): EncodedSize(bytes: 5 + text.utf8.count, values: 1)
    case .binary(let bytes): EncodedSize(bytes: 5 + bytes.count, values: 1)
    case .array(let values): values.reduce(EncodedSize(bytes: 5, values: 1)) { $0 + $1.encodedSize }
    case .map(let entries):
      entries.reduce(EncodedSize(bytes: 5, values: 1)) { $0 + $1.key.encodedSize + $1.value.encodedSize }
    }
  }
}
