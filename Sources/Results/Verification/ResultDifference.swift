public import Sweeps

/// The first place where two results of the same trial have not the same bits.
public struct ResultDifference: Sendable, Hashable, CustomStringConvertible {
  /// Where: `metric test_loss`, `curve train_loss, point 17 (epoch 17)`, `array final_value, entry [3, 4]`, ….
  public var place: String
  /// What is stored there.
  public var stored: String
  /// What the trial gives when it is run again.
  public var recomputed: String

  /// A difference.
  public init(place: String, stored: String, recomputed: String) {
    self.place = place
    self.stored = stored
    self.recomputed = recomputed
  }

  /// A sentence with both values.
  public var description: String { "\(place): stored \(stored), recomputed \(recomputed)" }
}

extension ResultDifference {
  /// The first difference between a stored result and a recomputed one, in the order of metrics, curves and arrays;
  /// nothing where their digests agree. Numbers are compared by their bits, and every NaN is the same.
  public init?(stored: TrialResult, recomputed: TrialResult) {
    guard
      let difference = Self.metrics(stored.metrics, recomputed.metrics)
        ?? Self.curves(stored, recomputed) ?? Self.arrays(stored.arrays, recomputed.arrays)
    else { return nil }
    self = difference
  }

  private static func metrics(_ stored: [TrialResult.Metric], _ recomputed: [TrialResult.Metric]) -> Self? {
    if let difference = names("metrics", stored.map(\.name), recomputed.map(\.name)) { return difference }
    for (old, new) in zip(stored, recomputed) where !areSame(old.value, new.value) {
      return Self(place: "metric \(old.name)", stored: text(old.value), recomputed: text(new.value))
    }
    return nil
  }

  private static func curves(_ stored: TrialResult, _ recomputed: TrialResult) -> Self? {
    if let difference = names("curves", stored.curves.map(\.name), recomputed.curves.map(\.name)) { return difference }
    let epochs = recomputed.curves.first { $0.name == "epoch" }?.values ?? []
    for (old, new) in zip(stored.curves, recomputed.curves) {
      if old.values.count != new.values.count {
        return Self(
          place: "points of curve \(old.name)", stored: "\(old.values.count)", recomputed: "\(new.values.count)")
      }
      for (point, pair) in zip(old.values, new.values).enumerated() where !areSame(pair.0, pair.1) {
        let epoch = epochs.count == new.values.count ? " (epoch \(Int(epochs[point])))" : ""
        return Self(
          place: "curve \(old.name), point \(point)\(epoch)", stored: text(pair.0), recomputed: text(pair.1))
      }
    }
    return nil
  }

  private static func arrays(_ stored: [TrialResult.Array], _ recomputed: [TrialResult.Array]) -> Self? {
    if let difference = names("arrays", stored.map(\.name), recomputed.map(\.name)) { return difference }
    for (old, new) in zip(stored, recomputed) {
      if old.shape != new.shape {
        return Self(place: "shape of array \(old.name)", stored: "\(old.shape)", recomputed: "\(new.shape)")
      }
      for (entry, pair) in zip(old.values, new.values).enumerated() where !areSame(pair.0, pair.1) {
        return Self(
          place: "array \(old.name), entry \(indices(of: entry, in: old.shape))", stored: text(pair.0),
          recomputed: text(pair.1))
      }
    }
    return nil
  }

  private static func names(_ kind: String, _ stored: [String], _ recomputed: [String]) -> Self? {
    if stored == recomputed { return nil }
    for (position, pair) in zip(stored, recomputed).enumerated() where pair.0 != pair.1 {
      return Self(place: "name \(position) of the \(kind)", stored: "“\(pair.0)”", recomputed: "“\(pair.1)”")
    }
    return Self(place: "number of \(kind)", stored: "\(stored.count)", recomputed: "\(recomputed.count)")
  }

  private static func areSame<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Bool {
    a == b ? a.sign == b.sign : a.isNaN && b.isNaN
  }

  private static func text(_ value: Double) -> String {
    "\(value) (bits \(padded(String(value.bitPattern, radix: 16), to: 16)))"
  }

  private static func text(_ value: Float) -> String {
    "\(value) (bits \(padded(String(value.bitPattern, radix: 16), to: 8)))"
  }

  private static func padded(_ digits: String, to length: Int) -> String {
    String(repeating: "0", count: length - digits.count) + digits
  }

  /// The indices of an entry that is numbered in C order.
  private static func indices(of entry: Int, in shape: [Int]) -> [Int] {
    var rest = entry
    var indices: [Int] = []
    for length in shape.reversed() {
      indices.insert(rest % length, at: 0)
      rest /= length
    }
    return indices
  }
}
