import Foundation

/// Ranges and tics of an axis, chosen here and not by gnuplot so that they suit data that span less than a decade.
enum FigureAxis {
  /// From this ratio of the largest to the smallest L on, its axis is logarithmic.
  private static let logarithmicRatioMin = 6.0
  /// Up to so many tics, every measured L gets one.
  private static let ticsMax = 7

  /// An axis of context lengths, for at least two in ascending order.
  static func contextLengths(_ lengths: [Int]) -> [String] {
    guard let low = lengths.first, let high = lengths.last else { return [] }
    let (lowest, highest) = (Double(low), Double(high))
    if highest / lowest >= logarithmicRatioMin {
      return logarithmic(
        "x", from: lowest, to: highest, tics: lengths.count <= ticsMax ? lengths.map(Double.init) : nil)
    }
    let margin = (highest - lowest) * 0.05
    return ["unset logscale x", "set xrange [\(lowest - margin):\(highest + margin)]", "set xtics auto"]
  }

  /// A logarithmic axis with 1, 2 and 5 times the powers of ten as tics, unless others are given. Where that would be
  /// too many, the powers of ten alone.
  static func logarithmic(_ axis: String, from low: Double, to high: Double, tics: [Double]? = nil) -> [String] {
    let (least, most) = (low / 1.15, high * 1.15)
    let decades = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
    let steps = decades.count > 4 ? [1.0] : [1, 2, 5]
    let tics = tics ?? decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
    let shown = tics.filter { least <= $0 && $0 <= most }.map { "'\(label($0))' \($0)" }
    return [
      "set logscale \(axis)", "set \(axis)range [\(least):\(most)]",
      "set \(axis)tics (\(shown.joined(separator: ", ")))",
    ]
  }

  private static func label(_ value: Double) -> String { String(format: "%.6g", locale: nil, value) }
}
