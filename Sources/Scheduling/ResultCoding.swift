public import Messaging
public import Sweeps

/// How the two shells carry a ``TrialResult`` in a message: names and numbers in order, vectors as little-endian bytes.
///
///     {"metrics": [[name…], f64 bytes], "curves": [[name, f64 bytes]…], "arrays": [[name, [length…], f32 bytes]…]}
public enum ResultCoding {
  /// A value that is not a result; the text says where.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for people.
    public var description: String
  }

  /// Axes of an array.
  private static let axesMax = 8

  /// The value that carries a result.
  public static func encode(_ result: TrialResult) -> MessagePackValue {
    .fields([
      "metrics": .array([
        .array(result.metrics.map { .string($0.name) }), .packed(result.metrics.map(\.value)),
      ]),
      "curves": .array(result.curves.map { .array([.string($0.name), .packed($0.values)]) }),
      "arrays": .array(
        result.arrays.map {
          .array([.string($0.name), .array($0.shape.map { .uint(UInt64($0)) }), .packed($0.values)])
        }),
    ])
  }

  /// The result that a value carries; throws ``Malformed``.
  public static func decode(_ value: MessagePackValue) throws(Malformed) -> TrialResult {
    guard case .map(let entries) = value, entries.count == 3,
      entries.map(\.key) == [.string("metrics"), .string("curves"), .string("arrays")],
      case .array(let metrics) = entries[0].value, case .array(let curves) = entries[1].value,
      case .array(let arrays) = entries[2].value
    else { throw Malformed(description: "not a map of metrics, curves and arrays") }
    var result = TrialResult(metrics: try decodeMetrics(metrics), curves: [], arrays: [])
    for curve in curves { result.curves.append(try decodeCurve(curve)) }
    for array in arrays { result.arrays.append(try decodeArray(array)) }
    return result
  }

  private static func decodeMetrics(_ parts: [MessagePackValue]) throws(Malformed) -> [TrialResult.Metric] {
    guard parts.count == 2, case .array(let names) = parts[0], let values = parts[1].packedDoubles,
      names.count == values.count
    else { throw Malformed(description: "metrics without a number for each name") }
    var metrics: [TrialResult.Metric] = []
    for (name, value) in zip(names, values) {
      guard case .string(let name) = name else { throw Malformed(description: "a metric without a name") }
      metrics.append(.init(name: name, value: value))
    }
    return metrics
  }

  private static func decodeCurve(_ value: MessagePackValue) throws(Malformed) -> TrialResult.Curve {
    guard case .array(let parts) = value, parts.count == 2, case .string(let name) = parts[0],
      let values = parts[1].packedDoubles
    else { throw Malformed(description: "a curve that is not a name and its numbers") }
    return .init(name: name, values: values)
  }

  private static func decodeArray(_ value: MessagePackValue) throws(Malformed) -> TrialResult.Array {
    guard case .array(let parts) = value, parts.count == 3, case .string(let name) = parts[0],
      case .array(let lengths) = parts[1], lengths.count <= axesMax, let values = parts[2].packedFloats
    else { throw Malformed(description: "an array that is not a name, its lengths and its numbers") }
    var shape: [Int] = []
    var count = 1
    for length in lengths {
      guard case .uint(let length) = length, length <= UInt64(MessageLimits.frameBytesMax) else {
        throw Malformed(description: "array '\(name)' has an impossible length")
      }
      shape.append(Int(length))
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(length))
      guard !overflow else { throw Malformed(description: "array '\(name)' has impossible lengths") }
      count = product
    }
    guard count == values.count else {
      throw Malformed(description: "array '\(name)' has \(values.count) entries instead of \(count)")
    }
    return .init(name: name, shape: shape, values: values)
  }
}
