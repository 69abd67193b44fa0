/// Appends numbers and texts to canonical bytes: everything big-endian, every length before what it counts.
struct CanonicalWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(raw: some Collection<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Every NaN has the same bytes: processors give its sign differently, and a store keeps none of its bits.
  mutating func append(_ real: Double) { append(real.isNaN ? Double.nan.bitPattern : real.bitPattern) }

  /// Every NaN has the same bytes.
  mutating func append(_ real: Float) { append(real.isNaN ? Float.nan.bitPattern : real.bitPattern) }

  mutating func append(text: String) {
    append(UInt32(text.utf8.count))
    append(raw: text.utf8)
  }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}
