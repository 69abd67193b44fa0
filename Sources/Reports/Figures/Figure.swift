import Results
import Sweeps

/// A figure before it is drawn: a gnuplot script and its data.
public struct Figure: Sendable, Hashable {
  /// Name of its files without the ending.
  public var name: String
  /// The script, which reads `name.dat` and writes `name.svg` and so on into the folder in which it runs.
  public var script: String
  /// The data.
  public var data: String
  /// What the script draws.
  public var formats: [FigureFormat]
}

extension SweepReport {
  /// The figures of the report: for each task, and for each combination of whatever else varies, the loss and the weight
  /// scale against L, and the excess loss against L with its fit. None where a sweep has a single L.
  public func figures(_ formats: [FigureFormat] = FigureFormat.allCases) -> [Figure] {
    figureGroups.flatMap { group in
      [lossFigure(group, formats), excessFigure(group, formats)].compactMap(\.self)
    }
  }

  /// What all series of a group share, for the line under the title.
  func subtitle(_ group: FigureGroup) -> String {
    let symbols = [
      ("n", "n"), ("d", "d"), ("component_count", "p"), ("radius", "R"), ("signal_variance", "σ₀²"),
      ("noise_variance", "σ_Z²"),
    ]
    let known = symbols.compactMap { name, symbol in
      group.parameters[name].map { "\(symbol) = \(Self.short($0))" }
    }
    let others = group.distinction.filter { entry in
      entry.name != "task" && !symbols.contains { $0.0 == entry.name }
    }.map { "\($0.name) = \(Self.short($0.value))" }
    let counts = Set(group.cells.map(\.seeds.count)).sorted()
    let seeds = counts.count == 1 ? "\(counts[0]) seeds" : "\(counts.first ?? 0) to \(counts.last ?? 0) seeds"
    let task = group.parameters["task"].map { "\($0.plainText) task" }
    return ([task].compactMap(\.self) + known + others + [seeds]).joined(separator: ",  ")
  }

  private static func short(_ value: ParameterValue) -> String {
    if case .real(let number) = value { DecimalFormat.parameter(number) } else { value.plainText }
  }
}
