import Denoising
import Results
import Sweeps

/// The cells of one kind of study that one figure shows side by side, by task and kind of attention. Where L varies, those with the largest.
struct LayerGroup {
  /// What tells the figure from the others of the report.
  var distinction: [ParameterSet.Entry]
  /// The tasks that occur, in grid order.
  var tasks: [String]
  /// The kinds of attention that occur, in grid order.
  var attentions: [String]
  /// Indices of the cells, by task and attention.
  var cells: [Place: Int]

  /// Where a layer stands in the figure.
  struct Place: Hashable {
    var task: String
    var attention: String
  }

  /// One panel for each task and kind of attention, made row by row: tasks from left to right and kinds of attention from
  /// top to bottom, or these in one row where there is a single task.
  func arranged<Panel>(_ panel: (_ task: String, _ attention: String) -> Panel?) -> [[Panel?]] {
    if tasks.count == 1 { return [attentions.map { panel(tasks[0], $0) }] }
    return attentions.map { attention in tasks.map { panel($0, attention) } }
  }

  func fileStem(_ kind: String) -> String { FigureStem.text(kind, distinction) }
}

/// A cell with everything that its trials returned.
struct TrainedLayer {
  var cell: CellResults
  var results: [TrialResult]
}

extension SweepReport {
  private func place(_ cell: CellResults) -> LayerGroup.Place {
    .init(task: cell.parameters["task"]?.plainText ?? "", attention: cell.parameters["attention"]?.plainText ?? "")
  }

  /// The indices of the cells of a kind that have a result.
  private func present(_ kind: Study.Kind) -> [Int] {
    cells.indices.filter { cells[$0].study.kind == kind && !cells[$0].seeds.isEmpty }
  }

  /// Names of the parameters, other than the attention and L, that vary within a task. Those that differ only between
  /// tasks do not stand in the way of a common figure.
  func layerGroupNames(of kind: Study.Kind) -> [String] {
    let present = present(kind)
    let byTask = Dictionary(grouping: present) { place(cells[$0]).task }.values.map { $0.map { cells[$0] } }
    let names = Set(present.flatMap { cells[$0].parameters.entries.map(\.name) }).subtracting(["attention", "L"])
    return names.filter { name in byTask.contains { Set($0.map { $0.parameters[name] }).count > 1 } }.sorted()
  }

  /// The groups of a kind in grid order.
  func layerGroups(of kind: Study.Kind) -> [LayerGroup] {
    let names = layerGroupNames(of: kind)
    func key(_ index: Int) -> [ParameterSet.Entry] {
      names.compactMap { name in cells[index].parameters.entries.first { $0.name == name } }
    }
    return present(kind).inOrder(by: key).map { distinction, members in
      var largest: [LayerGroup.Place: Int] = [:]
      for index in members {
        let rival = largest[place(cells[index])]
        guard rival.map({ cells[$0].task.contextLength < cells[index].task.contextLength }) ?? true else { continue }
        largest[place(cells[index])] = index
      }
      return LayerGroup(
        distinction: distinction, tasks: members.map { place(cells[$0]).task }.unique,
        attentions: members.map { place(cells[$0]).attention }.unique, cells: largest)
    }
  }
}

extension SweepFigures {
  /// Reads the layers of a group.
  func trainedLayers(_ group: LayerGroup) throws -> [LayerGroup.Place: TrainedLayer] {
    try group.cells.mapValues { TrainedLayer(cell: report.cells[$0], results: try results($0)) }
  }

  /// What all layers of a group share, for the line under the title.
  func subtitle(_ group: LayerGroup, seedCounts: [Int]) -> String {
    let cells = group.cells.values.map { report.cells[$0] }
    var shared = cells.first?.parameters ?? ParameterSet()
    for entry in shared.entries where cells.contains(where: { $0.parameters[entry.name] != entry.value }) {
      shared[entry.name] = nil
    }
    return FigureSubtitle.text(shared, others: group.distinction, seedCounts: seedCounts)
  }
}

extension Sequence {
  /// The elements in groups of equal keys, both in the order in which they first occur.
  func inOrder<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, members: [Element])] {
    var places: [Key: Int] = [:]
    var groups: [(key: Key, members: [Element])] = []
    for element in self {
      let key = key(element)
      if let place = places[key] {
        groups[place].members.append(element)
      } else {
        places[key] = groups.count
        groups.append((key, [element]))
      }
    }
    return groups
  }
}

extension Sequence where Element: Hashable {
  /// Every element once, in the order in which they first occur.
  var unique: [Element] { inOrder { $0 }.map(\.key) }
}
