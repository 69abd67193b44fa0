import Denoising
import Foundation
import Results
import Sweeps

extension SweepFigures {
  /// The pictures of the first retrievals in the plane.
  func energyFigures(_ formats: [FigureFormat]) throws -> [Figure] {
    let cells = report.retrievals.filter { report.cells[$0].task.ambientDimension == 2 }
    let names = SweepReport.distinguishingNames(cells.map { report.cells[$0].parameters })
    return try cells.prefix(Self.figuresOfAKindMax).compactMap { index in
      let entries = report.cells[index].parameters.entries
      return try energyFigure(
        index, distinction: names.compactMap { name in entries.first { $0.name == name } }, formats)
    }
  }

  /// The energy of one context of two-dimensional tokens in contours, with the queries after one step on the left and on
  /// their ways to the end on the right. Nothing where no result holds such a picture.
  private func energyFigure(_ cell: Int, distinction: [ParameterSet.Entry], _ formats: [FigureFormat]) throws -> Figure?
  {
    guard let drawing = try results(cell).lazy.compactMap(EnergyDrawing.init).first else { return nil }
    var data = FigureData(report)
    let (panels, contours) = drawing.panels(&data)
    let script = GnuplotScript(
      stem: FigureStem.text("energy", distinction), title: report.title,
      subtitle: FigureSubtitle.text(report.cells[cell].parameters, others: distinction, seedCounts: []),
      legendPlace: .below, rows: [panels], preparation: [contours],
      geometry: FigureGeometry(panelWidth: 330, panelHeight: 330, axisWidths: [70]), formats: formats)
    return Figure(
      script, data, heading: "Energy landscape",
      caption: "Energy of the first context of the first seed, from blue (low) to white, with contours. One step of "
        + "attention on the left; on the right the same step repeated until nothing moves.")
  }
}

/// One context of two-dimensional tokens, its energy, and the ways of a few queries over it.
private struct EnergyDrawing {
  private let tokens: [[Double]]
  private let targets: [[Double]]
  /// For each query its states after 0, 1, … steps.
  private let trajectories: [[[Double]]]
  private let ends: [[Double]]
  private let axis: [Double]
  private let energies: [Double]

  init?(_ result: TrialResult) {
    func array(_ name: String, rank: Int) -> TrialResult.Array? {
      result.arrays.first { $0.name == name && $0.shape.count == rank && !$0.values.isEmpty }
    }
    func points(_ name: String) -> [[Double]]? {
      array(name, rank: 2).flatMap { $0.shape[1] == 2 ? Self.pairs($0.values) : nil }
    }
    guard let tokens = points("context"), let targets = points("targets"), let ends = points("ends"),
      let ways = array("trajectories", rank: 3), ways.shape[2] == 2, let axis = array("energy_axis", rank: 1),
      let energies = array("energy", rank: 2), energies.shape == [axis.values.count, axis.values.count],
      axis.values.count > 1
    else { return nil }
    self.tokens = tokens
    self.targets = targets
    self.ends = ends
    let states = Self.pairs(ways.values)
    trajectories = (0..<ways.shape[0]).map { Array(states[($0 * ways.shape[1])..<(($0 + 1) * ways.shape[1])]) }
    self.axis = axis.values.map(Double.init)
    self.energies = energies.values.map(Double.init)
  }

  private static func pairs(_ values: [Float]) -> [[Double]] {
    stride(from: 0, to: values.count - 1, by: 2).map { [Double(values[$0]), Double(values[$0 + 1])] }
  }

  /// Shares of the picture's area that lie below each contour.
  private static let contourShares = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
  /// The colours end at the energy below which this share of the area lies.
  private static let coloredShare = 0.6

  private static let contour = "with lines linewidth 0.7 linecolor '#8A8A8A'"
  private static let token = "with points pointtype 7 pointsize 0.55 linecolor '#000000'"
  private static let target = "with points pointtype 1 pointsize 1.1 linewidth 1.8 linecolor '#009E73'"
  private static let query = "with points pointtype 6 pointsize 1.1 linewidth 1.6 linecolor '#D55E00'"
  private static let noise = "with vectors nohead linewidth 0.9 dashtype 3 linecolor '#009E73'"
  private static let oneStep = "with vectors filled head size screen 0.012,18 linewidth 1.6 linecolor '#D55E00'"
  private static let way =
    "with linespoints linewidth 1.3 dashtype (6,2) pointtype 7 pointsize 0.3 linecolor '#D55E00'"
  private static let end = "with points pointtype 13 pointsize 1.3 linecolor '#CC79A7'"

  private static let legend: [GnuplotScript.Plot] = [
    .legend(token, "context tokens"), .legend(query, "noisy query"), .legend(target, "clean target"),
    .legend("with lines linewidth 1.6 linecolor '#D55E00'", "one step: attention"),
    .legend(way, "iterated steps"), .legend(end, "where they end"),
  ]

  func panels(_ data: inout FigureData) -> (panels: [GnuplotScript.Panel], contours: String) {
    let sorted = energies.filter(\.isFinite).sorted()
    func quantile(_ share: Double) -> Double { sorted[Int(share * Double(sorted.count - 1))] }
    let surface = data.add(
      "energy", columns: ["x", "y", "energy"],
      groups: axis.indices.map { i in axis.indices.map { j in [axis[j], axis[i], energies[i * axis.count + j]] } })
    func add(_ name: String, _ points: [[Double]]) -> Int {
      data.add(name, columns: ["x", "y"], rows: points.map { $0.map(Optional.some) })
    }
    let (tokens, targets, ends) = (add("tokens", tokens), add("targets", targets), add("ends", ends))
    let queries = add("queries", trajectories.compactMap(\.first))
    let steps = data.add(
      "one step", columns: ["x", "y", "step_x", "step_y"],
      rows: trajectories.filter { $0.count > 1 }.map { way in
        [way[0][0], way[0][1], way[1][0] - way[0][0], way[1][1] - way[0][1]]
      })
    let noise = data.add(
      "noise", columns: ["x", "y", "step_x", "step_y"],
      rows: zip(self.targets, trajectories).filter { !$1.isEmpty }.map { target, way in
        [target[0], target[1], way[0][0] - target[0], way[0][1] - target[1]]
      })
    let ways = data.add(
      "iterated", columns: ["x", "y"], groups: trajectories.map { $0.map { $0.map(Optional.some) } })
    let ground: [GnuplotScript.Plot] = [
      .init(clause: "data index \(surface) using 1:2:3 with image"),
      .init(clause: "$contours using 1:2 \(Self.contour)"),
    ]
    func points(_ block: Int, _ style: String) -> GnuplotScript.Plot {
      .init(clause: "data index \(block) using 1:2 \(style)")
    }
    let shared = [points(tokens, Self.token), points(targets, Self.target), points(queries, Self.query)]
    let settings = [
      "set palette defined (0 '#6BAED6', 1 '#FFFFFF')",
      "set cbrange [\(sorted.first ?? 0):\(max(quantile(Self.coloredShare), (sorted.first ?? 0) + 1e-12))]",
      "unset grid", "set border 15 linewidth 0.6", FigureAxis.cells("x", axis), FigureAxis.cells("y", axis),
      "set xlabel '{/:Italic s}_{1}'", "set ylabel '{/:Italic s}_{2}' offset 1,0",
    ]
    let one = GnuplotScript.Panel(
      title: "one step of gradient descent: attention", settings: settings,
      plots: Self.legend + ground + [
        .init(clause: "data index \(noise) using 1:2:3:4 \(Self.noise)"),
        .init(clause: "data index \(steps) using 1:2:3:4 \(Self.oneStep)"),
      ] + shared)
    let many = GnuplotScript.Panel(
      title: "iterated until convergence", settings: settings,
      plots: ground + [points(ways, Self.way)] + shared + [points(ends, Self.end)])
    let levels = Self.contourShares.map(quantile)
    return ([one, many], GnuplotScript.contours(of: surface, into: "$contours", levels: levels))
  }
}
