/// 16 bytes that name a trial, a worker or an incarnation of the coordinator.
public struct Identifier: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first 64 bits, big-endian.
  public let high: UInt64
  /// The next 64 bits, big-endian.
  public let low: UInt64

  /// An identifier from its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An identifier from its 16 bytes; nothing if there are not 16.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, low: bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// A new identifier from the system's generator.
  public static func random() -> Identifier {
    Identifier(high: .random(in: 0...(.max)), low: .random(in: 0...(.max)))
  }

  /// The 16 bytes.
  public var bytes: [UInt8] {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { [UInt8]($0) }
  }

  /// 32 lower-case hexadecimal digits.
  public var description: String {
    [high, low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// By number.
  public static func < (left: Identifier, right: Identifier) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}
