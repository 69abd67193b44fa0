/// SHA-256 of the canonical bytes of a result: equal digests mean equal bits.
public struct ResultDigest: Sendable, Hashable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// A digest from its bytes; nothing unless there are 32.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == SHA256.digestLength else { return nil }
    self.bytes = Array(bytes)
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { hexadecimal(bytes) }

  fileprivate init(of message: [UInt8]) { bytes = SHA256.digest(of: message) }
}

extension TrialResult {
  /// The digest over names, bit patterns and shapes of all metrics, curves and arrays, in their order.
  ///
  /// The hashed bytes, all numbers big-endian: a version byte 1; then for metrics, curves and arrays each a count in
  /// 4 bytes and the items. An item is its name (4 bytes of length, then UTF-8) and: a metric's 8 bytes; a curve's
  /// count in 4 bytes and 8 bytes each; an array's number of axes in 4 bytes, each length in 8, its count of entries
  /// in 4, and 4 bytes each. Every NaN counts as the same one.
  public var digest: ResultDigest {
    var writer = CanonicalWriter()
    writer.reserve(1024 + curves.reduce(0) { $0 + 8 * $1.values.count } + arrays.reduce(0) { $0 + 4 * $1.values.count })
    writer.append(UInt8(1))
    writer.append(UInt32(metrics.count))
    for metric in metrics {
      writer.append(text: metric.name)
      writer.append(metric.value)
    }
    writer.append(UInt32(curves.count))
    for curve in curves {
      writer.append(text: curve.name)
      writer.append(UInt32(curve.values.count))
      for value in curve.values { writer.append(value) }
    }
    writer.append(UInt32(arrays.count))
    for array in arrays {
      writer.append(text: array.name)
      writer.append(UInt32(array.shape.count))
      for length in array.shape { writer.append(Int64(length)) }
      writer.append(UInt32(array.values.count))
      for value in array.values { writer.append(value) }
    }
    return ResultDigest(of: writer.bytes)
  }
}
