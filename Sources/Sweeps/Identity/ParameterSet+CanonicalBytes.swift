// The canonical form of a parameter set, all numbers big-endian:
//
//   version          1 byte, 1
//   count            2 bytes
//   for each entry, in ascending order of the names' bytes:
//     name length    1 byte
//     name           that many bytes of [A-Za-z0-9_]
//     type           1 byte, see CanonicalType
//     value          integer: 8 bytes, two's complement
//                    real: 8 bytes, the IEEE 754 bit pattern; finite, and never −0
//                    text: length in 2 bytes, then UTF-8
//                    flag: 1 byte, 0 or 1
//                    reals: count in 4 bytes, then 8 bytes each
//                    integer range: 8 bytes each for the first and the last

/// The byte before a value that says what it is.
enum CanonicalType {
  static let integer: UInt8 = 1
  static let real: UInt8 = 2
  static let text: UInt8 = 3
  static let flag: UInt8 = 4
  static let reals: UInt8 = 5
  static let integerRange: UInt8 = 6
}

extension ParameterSet {
  /// The version of the canonical form, its first byte.
  package static let canonicalVersion: UInt8 = 1

  /// The bytes that are this set: hashed for identity, and sent to workers. Equal sets have equal bytes.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter()
    writer.reserve(entries.count * 32)
    writer.append(Self.canonicalVersion)
    writer.append(UInt16(entries.count))
    for entry in entries {
      writer.append(UInt8(entry.name.utf8.count))
      writer.append(raw: entry.name.utf8)
      entry.value.append(to: &writer)
    }
    return writer.bytes
  }

  /// Where the value of a parameter that the set has begins in the canonical bytes, after its type.
  func payloadOffset(of name: String) -> Int {
    var offset = 3
    for entry in entries {
      offset += 1 + entry.name.utf8.count + 1
      if entry.name == name { return offset }
      offset += entry.value.payloadLength
    }
    preconditionFailure("no parameter \(name) in the set")
  }
}

extension ParameterValue {
  /// Bytes of the canonical form after the type.
  fileprivate var payloadLength: Int {
    switch self {
    case .integer, .real: 8
    case .text(let value): 2 + value.utf8.count
    case .flag: 1
    case .reals(let values): 4 + 8 * values.count
    case .integerRange: 16
    }
  }

  fileprivate func append(to writer: inout CanonicalWriter) {
    switch self {
    case .integer(let value):
      writer.append(CanonicalType.integer)
      writer.append(Int64(value))
    case .real(let value):
      writer.append(CanonicalType.real)
      writer.append(value)
    case .text(let value):
      writer.append(CanonicalType.text)
      writer.append(UInt16(value.utf8.count))
      writer.append(raw: value.utf8)
    case .flag(let value):
      writer.append(CanonicalType.flag)
      writer.append(UInt8(value ? 1 : 0))
    case .reals(let values):
      writer.append(CanonicalType.reals)
      writer.append(UInt32(values.count))
      for value in values { writer.append(value) }
    case .integerRange(let range):
      writer.append(CanonicalType.integerRange)
      writer.append(Int64(range.lowerBound))
      writer.append(Int64(range.upperBound))
    }
  }
}
