import Denoising
import Results
import Sweeps

/// What one figure shows: series that differ only in the attention layer.
struct FigureGroup {
  /// One colour of the figure.
  struct Series {
    /// Name in the legend.
    var label: String
    /// Its cells, by L.
    var cells: ContextSeries
  }

  /// What is in the name of the figure: enough to tell it from the other figures of the report.
  var distinction: [ParameterSet.Entry]
  /// What all its cells share.
  var parameters: ParameterSet
  /// The series, in grid order.
  var series: [Series]

  /// All cells.
  var cells: [CellResults] { series.flatMap(\.cells.cells) }

  /// Every L that occurs, in ascending order.
  var contextLengths: [Int] { Set(cells.map(\.task.contextLength)).sorted() }

  func fileStem(_ kind: String) -> String { FigureStem.text(kind, distinction) }
}

extension SweepReport {
  /// The groups that have results at two or more context lengths.
  var figureGroups: [FigureGroup] {
    let groups = series.inOrder { series in
      var shared = series.parameters
      shared["attention"] = nil
      return shared
    }
    let names = Self.distinguishingNames(groups.map(\.key))
    return groups.map { shared, members in
      FigureGroup(
        distinction: names.compactMap { name in shared.entries.first { $0.name == name } }, parameters: shared,
        series: members.map { series in
          FigureGroup.Series(label: series.parameters["attention"]?.plainText ?? "", cells: series)
        })
    }.filter { group in
      Set(group.cells.filter { !$0.seeds.isEmpty }.map(\.task.contextLength)).count >= 2
    }
  }

  /// The fewest parameters, those that people look at first, which tell all sets apart.
  static func distinguishingNames(_ sets: [ParameterSet]) -> [String] {
    let first = ["task", "n", "d", "signal_variance", "noise_variance"]
    let others = Set(sets.flatMap { $0.entries.map(\.name) }).subtracting(first).sorted()
    var chosen: [String] = []
    var groupCount = 1
    for name in first + others where groupCount < sets.count {
      let count = Set(sets.map { set in (chosen + [name]).map { set[$0] } }).count
      if count > groupCount {
        chosen.append(name)
        groupCount = count
      }
    }
    return chosen
  }
}
