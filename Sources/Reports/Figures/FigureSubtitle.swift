import Results
import Sweeps

/// The line under the title of a figure: what all its panels share.
enum FigureSubtitle {
  private static let symbols = [
    ("n", "{/:Italic n}"), ("d", "{/:Italic d}"), ("component_count", "{/:Italic p}"), ("radius", "{/:Italic R}"),
    ("signal_variance", "σ₀²"), ("noise_variance", "σ_{Z}²"), ("L", "{/:Italic L}"),
  ]

  /// Parameters that people look at first under their symbols, then others by name, then the number of seeds.
  static func text(_ parameters: ParameterSet, others: [ParameterSet.Entry] = [], seedCounts: [Int]) -> String {
    let task = parameters["task"].map { "\(literal($0)) task" }
    let known = symbols.compactMap { name, symbol in parameters[name].map { "\(symbol) = \(literal($0))" } }
    let rest = others.filter { entry in
      entry.name != "task" && !symbols.contains { $0.0 == entry.name }
    }.map { "\(GnuplotText.literal($0.name)) = \(literal($0.value))" }
    return ([task].compactMap(\.self) + known + rest + [seeds(seedCounts)].compactMap(\.self))
      .joined(separator: ",  ")
  }

  private static func seeds(_ counts: [Int]) -> String? {
    guard let least = counts.min(), let most = counts.max() else { return nil }
    if least == most { return least == 1 ? "1 seed" : "\(least) seeds" }
    return "\(least) to \(most) seeds"
  }

  private static func literal(_ value: ParameterValue) -> String {
    if case .real(let number) = value { return DecimalFormat.parameter(number) }
    return GnuplotText.literal(value.plainText)
  }
}

extension SweepReport {
  /// What all series of a group share.
  func subtitle(_ group: FigureGroup) -> String {
    FigureSubtitle.text(
      group.parameters, others: group.distinction, seedCounts: group.cells.map(\.seeds.count))
  }
}
