/// The identity of a trial: the first 128 bits of the SHA-256 of its canonical bytes.
public struct TrialID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first 64 bits, big-endian.
  public let high: UInt64
  /// The next 64 bits, big-endian.
  public let low: UInt64

  /// An identity from its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The identity of what has these canonical bytes.
  package init(hashing canonicalBytes: [UInt8]) {
    let (high, low) = SHA256.firstWords(of: canonicalBytes)
    self.init(high: high, low: low)
  }

  /// An identity from its 32 hexadecimal digits; nothing if they are not that.
  public init?(_ hexadecimal: some StringProtocol) {
    var text = String(hexadecimal)
    let halves: (UInt64, UInt64)? = text.withUTF8 { bytes in
      guard bytes.count == 32 else { return nil }
      return Self.number(bytes[..<16]).flatMap { high in Self.number(bytes[16...]).map { (high, $0) } }
    }
    guard let halves else { return nil }
    self.init(high: halves.0, low: halves.1)
  }

  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    var number: UInt64 = 0
    for byte in digits {
      guard let digit = digit(byte) else { return nil }
      number = number << 4 | digit
    }
    return number
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// 32 lower-case hexadecimal digits.
  public var description: String { Self.digits(high) + Self.digits(low) }

  private static func digits(_ half: UInt64) -> String {
    let text = String(half, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  /// By number.
  public static func < (left: TrialID, right: TrialID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
