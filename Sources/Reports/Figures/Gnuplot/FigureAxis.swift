import Foundation

/// Ranges and tics of an axis, chosen here and not by gnuplot so that they suit data that span less than a decade.
enum FigureAxis {
  /// Up to so many tics, every measured L gets one.
  private static let ticsMax = 7

  /// Up to this ratio of the ends, every multiple of a power of ten gets a tic.
  private static let multiplesRatioMax = 4.0

  /// A linear axis from zero to the largest of some context lengths in ascending order.
  static func contextLengths(_ lengths: [Int]) -> [String] {
    ["set xrange [0:\(Double(lengths.last ?? 1) * 1.06)]", "set xtics auto"]
  }

  /// A logarithmic axis of context lengths in ascending order, each plus an offset.
  static func logarithmicContextLengths(_ lengths: [Int], offset: Double = 0) -> [String] {
    let places = lengths.map { Double($0) + offset }
    guard let low = places.first, let high = places.last else { return [] }
    return logarithmic("x", from: low, to: high, tics: offset == 0 && places.count <= ticsMax ? places : nil)
  }

  /// The range of an axis of equidistant places, at least two, with half a step beyond each end: a picture shows every
  /// place as a cell around it.
  static func cells(_ axis: String, _ places: [Double]) -> String {
    let half = (places[places.count - 1] - places[0]) / Double(places.count - 1) / 2
    return "set \(axis)range [\(places[0] - half):\(places[places.count - 1] + half)]"
  }

  /// What is on such an axis.
  static func contextLengthLabel(offset: Double) -> String {
    offset == 0 ? "context length {/:Italic L}" : "{/:Italic L} + \(DecimalFormat.parameter(offset))"
  }

  /// A logarithmic axis with 1, 2 and 5 times the powers of ten as tics, unless others are given. Where that would be
  /// too many, the powers of ten alone; where too few, all multiples of a power of ten.
  static func logarithmic(_ axis: String, from low: Double, to high: Double, tics: [Double]? = nil) -> [String] {
    let (least, most) = (low / 1.15, high * 1.15)
    let decades = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
    let steps = decades.count > 4 ? [1.0] : high / low < multiplesRatioMax ? (1...9).map(Double.init) : [1, 2, 5]
    let tics = tics ?? decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
    let shown = tics.filter { least <= $0 && $0 <= most }.map { "'\(label($0))' \($0)" }
    return [
      "set logscale \(axis)", "set \(axis)range [\(least):\(most)]",
      "set \(axis)tics (\(shown.joined(separator: ", ")))",
    ]
  }

  private static func label(_ value: Double) -> String { String(format: "%.6g", locale: nil, value) }
}
