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
    guard hexadecimal.utf8.count == 32,
      hexadecimal.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let high = UInt64(hexadecimal.prefix(16), radix: 16), let low = UInt64(hexadecimal.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
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
