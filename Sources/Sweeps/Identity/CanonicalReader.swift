/// Why bytes are not the canonical bytes of a trial.
public struct CanonicalBytesError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as a sentence for a log.
  public let description: String

  /// An error with its text.
  public init(_ description: String) { self.description = description }
}

/// What canonical bytes may ask for. They come from the network, so every bound is checked before memory is taken.
package enum CanonicalLimits {
  /// Longest canonical form: a 512 × 512 matrix of doubles and room for the rest.
  package static let bytesMax = 512 * 512 * 8 + 65_536
  /// Most entries of a set.
  package static let entriesMax = 64
  /// Longest name, in bytes.
  package static let nameBytesMax = 64
  /// Longest text, in bytes.
  package static let textBytesMax = 256
  /// Longest list of reals: a 512 × 512 matrix.
  package static let realsMax = 512 * 512
}

extension ParameterSet {
  /// The set whose canonical bytes these are.
  ///
  /// Throws ``CanonicalBytesError`` unless the bytes are exactly what ``canonicalBytes`` returns for some set within
  /// the limits: there is one encoding of every set, and no other.
  public init(canonicalBytes: [UInt8]) throws(CanonicalBytesError) {
    guard canonicalBytes.count <= CanonicalLimits.bytesMax else {
      throw CanonicalBytesError("\(canonicalBytes.count) bytes of parameters; at most \(CanonicalLimits.bytesMax)")
    }
    var reader = CanonicalReader(bytes: canonicalBytes)
    let version = try reader.byte()
    guard version == Self.canonicalVersion else {
      throw CanonicalBytesError("parameters of format \(version); this program reads \(Self.canonicalVersion)")
    }
    let count = Int(try reader.number(UInt16.self))
    guard count <= CanonicalLimits.entriesMax else {
      throw CanonicalBytesError("\(count) parameters; at most \(CanonicalLimits.entriesMax)")
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let name = try reader.name()
      if let last = entries.last, last.name >= name {
        throw CanonicalBytesError("parameter \(name) stands after \(last.name)")
      }
      entries.append(Entry(name: name, value: try reader.value()))
    }
    guard reader.isAtEnd else { throw CanonicalBytesError("bytes left over after the last parameter") }
    self.init(sorted: entries)
  }
}

/// Takes bytes apart, and believes no length before it has seen that the bytes are there.
private struct CanonicalReader {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ count: Int) throws(CanonicalBytesError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw CanonicalBytesError("the parameters end too early") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func byte() throws(CanonicalBytesError) -> UInt8 { try number(UInt8.self) }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(CanonicalBytesError) -> Number {
    try take(Number.bitWidth / 8).reduce(0) {
      Number(truncatingIfNeeded: UInt64(truncatingIfNeeded: $0) << 8 | UInt64($1))
    }
  }

  mutating func name() throws(CanonicalBytesError) -> String {
    let length = Int(try byte())
    guard (1...CanonicalLimits.nameBytesMax).contains(length) else {
      throw CanonicalBytesError("a parameter's name of \(length) bytes")
    }
    let name = try take(length)
    guard name.allSatisfy(Self.isNameByte) else { throw CanonicalBytesError("a parameter's name is not a name") }
    return String(decoding: name, as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  mutating func value() throws(CanonicalBytesError) -> ParameterValue {
    switch try byte() {
    case CanonicalType.integer: return .integer(try integer())
    case CanonicalType.real: return .real(try real())
    case CanonicalType.text: return .text(try text())
    case CanonicalType.flag:
      let byte = try byte()
      guard byte <= 1 else { throw CanonicalBytesError("a flag that is neither 0 nor 1") }
      return .flag(byte == 1)
    case CanonicalType.reals: return .reals(try reals())
    case CanonicalType.integerRange:
      let first = try integer()
      let last = try integer()
      guard first <= last else { throw CanonicalBytesError("a range that ends before it begins") }
      return .integerRange(first...last)
    case let type: throw CanonicalBytesError("unknown type \(type) of a parameter's value")
    }
  }

  private mutating func integer() throws(CanonicalBytesError) -> Int { Int(try number(Int64.self)) }

  private mutating func real() throws(CanonicalBytesError) -> Double {
    let value = Double(bitPattern: try number(UInt64.self))
    guard value.isFinite else { throw CanonicalBytesError("a real number that is not finite") }
    guard value != 0 || value.sign == .plus else { throw CanonicalBytesError("a negative zero") }
    return value
  }

  private mutating func text() throws(CanonicalBytesError) -> String {
    let length = Int(try number(UInt16.self))
    guard length <= CanonicalLimits.textBytesMax else { throw CanonicalBytesError("a text of \(length) bytes") }
    guard let text = String(validating: try take(length), as: UTF8.self) else {
      throw CanonicalBytesError("a text that is not UTF-8")
    }
    return text
  }

  private mutating func reals() throws(CanonicalBytesError) -> [Double] {
    let count = Int(try number(UInt32.self))
    guard count <= CanonicalLimits.realsMax, count * 8 <= bytes.count - position else {
      throw CanonicalBytesError("a list said to hold \(count) numbers")
    }
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try real()) }
    return values
  }
}
