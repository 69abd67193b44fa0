/// Takes the fields of a map one by one; what is left over, missing, doubled or out of bounds is an error.
struct FieldReader {
  private var fields: [String: MessagePackValue] = [:]

  init(_ value: MessagePackValue) throws(MessageError) {
    guard case .map(let entries) = value else { throw .notAnEnvelope }
    for entry in entries {
      guard case .string(let name) = entry.key else { throw .notAnEnvelope }
      guard fields.updateValue(entry.value, forKey: name) == nil else { throw .unexpectedField(name) }
    }
  }

  /// Throws if a field was not taken.
  func finish() throws(MessageError) {
    if let name = fields.keys.min() { throw .unexpectedField(name) }
  }

  func has(_ name: String) -> Bool { fields[name] != nil }

  mutating func value(_ name: String) throws(MessageError) -> MessagePackValue {
    guard let value = fields.removeValue(forKey: name) else { throw .missingField(name) }
    return value
  }

  mutating func unsigned(_ name: String, in range: ClosedRange<UInt64> = 0...(.max)) throws(MessageError) -> UInt64 {
    guard case .uint(let number) = try value(name), range.contains(number) else { throw .invalidField(name) }
    return number
  }

  mutating func optionalUnsigned(_ name: String, in range: ClosedRange<UInt64>) throws(MessageError) -> UInt64? {
    let value = try value(name)
    if value == .null { return nil }
    guard case .uint(let number) = value, range.contains(number) else { throw .invalidField(name) }
    return number
  }

  mutating func count(_ name: String, in range: ClosedRange<Int>) throws(MessageError) -> Int {
    Int(try unsigned(name, in: UInt64(range.lowerBound)...UInt64(range.upperBound)))
  }

  mutating func double(_ name: String, in range: ClosedRange<Double>) throws(MessageError) -> Double {
    // NaN is in no range.
    guard case .double(let number) = try value(name), range.contains(number) else { throw .invalidField(name) }
    return number
  }

  mutating func optionalDouble(_ name: String, in range: ClosedRange<Double>) throws(MessageError) -> Double? {
    let value = try value(name)
    if value == .null { return nil }
    guard case .double(let number) = value, range.contains(number) else { throw .invalidField(name) }
    return number
  }

  mutating func text(_ name: String, bytes range: ClosedRange<Int>) throws(MessageError) -> String {
    guard case .string(let text) = try value(name), range.contains(text.utf8.count) else { throw .invalidField(name) }
    return text
  }

  mutating func identifier(_ name: String) throws(MessageError) -> Identifier {
    try Self.identifier(try value(name), name)
  }

  mutating func optionalIdentifier(_ name: String) throws(MessageError) -> Identifier? {
    let value = try value(name)
    return value == .null ? nil : try Self.identifier(value, name)
  }

  mutating func identifiers(_ name: String, count range: ClosedRange<Int>) throws(MessageError) -> [Identifier] {
    var result: [Identifier] = []
    for item in try array(name, count: range) { result.append(try Self.identifier(item, name)) }
    return result
  }

  mutating func array(_ name: String, count range: ClosedRange<Int>) throws(MessageError) -> [MessagePackValue] {
    guard case .array(let items) = try value(name), range.contains(items.count) else { throw .invalidField(name) }
    return items
  }

  static func identifier(_ value: MessagePackValue, _ name: String) throws(MessageError) -> Identifier {
    guard case .binary(let bytes) = value, let identifier = Identifier(bytes: bytes) else { throw .invalidField(name) }
    return identifier
  }
}

extension MessagePackValue {
  /// An identifier as its 16 bytes, or nil.
  static func identifier(_ identifier: Identifier?) -> MessagePackValue {
    identifier.map { .binary($0.bytes) } ?? .null
  }

  /// Identifiers as an array of 16 bytes each.
  static func identifiers(_ identifiers: [Identifier]) -> MessagePackValue {
    .array(identifiers.map { .binary($0.bytes) })
  }

  /// A number, or nil.
  static func optional(_ number: UInt64?) -> MessagePackValue { number.map { .uint($0) } ?? .null }

  /// A count as a number.
  static func count(_ count: Int) -> MessagePackValue { .uint(UInt64(count)) }
}

/// The outer form of every message: `[version, kind, fields]`.
enum Envelope {
  static func encode(kind: String, fields: MessagePackValue) -> [UInt8] {
    MessagePackValue.array([.uint(MessageLimits.protocolVersion), .string(kind), fields]).encoded()
  }

  /// Kind and fields of a frame. The version is looked at before anything else, so that any version can be named.
  static func decode(_ frame: [UInt8]) throws(MessageError) -> (kind: String, fields: FieldReader) {
    let value: MessagePackValue
    do { value = try MessagePackValue(decoding: frame) } catch { throw .notMessagePack(error) }
    guard case .array(let parts) = value, case .uint(let version)? = parts.first else { throw .notAnEnvelope }
    guard version == MessageLimits.protocolVersion else { throw .otherVersion(version) }
    guard parts.count == 3, case .string(let kind) = parts[1] else { throw .notAnEnvelope }
    return (kind, try FieldReader(parts[2]))
  }
}
