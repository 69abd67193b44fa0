import Denoising
import Foundation
import Results
import Sweeps

extension SweepFigures {
  /// The loss over (α, β) as colours and contours, a panel for each task and kind of attention: with its minimum, the
  /// heuristics, the floor of the valley, and the weights that training found. Nothing without landscapes.
  func landscapeFigure(
    _ group: LayerGroup, _ cells: [LayerGroup.Place: TrainedLayer], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(report)
    var contours: [String] = []
    var rows = group.arranged { task, attention -> GnuplotScript.Panel? in
      let place = LayerGroup.Place(task: task, attention: attention)
      guard let layer = cells[place], let landscape = layer.results.lazy.compactMap(Landscape.init).first else {
        return nil
      }
      let trained = report.trainedCell(for: layer.cell)?.seeds ?? []
      var (panel, commands) = landscape.panel(trained: trained, name: "$contours\(contours.count)", &data)
      contours.append(commands)
      panel.title = "\(GnuplotText.literal(task)) task, \(GnuplotText.literal(attention)) attention"
      return panel
    }
    guard rows.addLegend(Landscape.legend) else { return nil }
    let script = GnuplotScript(
      stem: group.fileStem("landscape"), title: report.title, subtitle: subtitle(group, seedCounts: []),
      legendPlace: .below, rows: rows, preparation: contours,
      geometry: FigureGeometry(panelWidth: 300, panelHeight: 300, axisWidths: [74, 140], rightMargin: 80),
      formats: formats)
    return Figure(
      script, data, heading: "Loss landscape",
      caption:
        "Loss of attention with W_PV = αI and W_KQ = βI on the training prompts of the first seed; contours at 2, 5, "
        + "10, 20, 50 and 100 % above its minimum; losses above twice that of the zero predictor share the last colour. "
        + "The dashed line is the best α for each β. Trained weights are mean diagonals, one point for each seed.")
  }
}

/// One landscape.
private struct Landscape {
  private let alphas: [Double]
  private let betas: [Double]
  /// α by α.
  private let losses: [Double]
  private let valley: [Double]
  private let metrics: [String: Double]

  /// Nothing unless a result holds a landscape.
  init?(_ result: TrialResult) {
    func curve(_ name: String) -> [Double]? { result.curves.first { $0.name == name }?.values }
    guard let alphas = curve("grid_alpha"), let betas = curve("grid_beta"), alphas.count > 1, betas.count > 1,
      let surface = result.arrays.first(where: { $0.name == "landscape_train_loss" }),
      surface.shape == [alphas.count, betas.count], surface.values.contains(where: \.isFinite)
    else { return nil }
    self.alphas = alphas
    self.betas = betas
    losses = surface.values.map(Double.init)
    valley = curve("valley_alpha") ?? []
    metrics = Dictionary(result.metrics.map { ($0.name, $0.value) }) { first, _ in first }
  }

  private static let contourShares = [0.02, 0.05, 0.1, 0.2, 0.5, 1]

  /// A point of interest: filled, with a dark line around it that keeps it visible on any colour.
  private struct Mark {
    var name: String
    var label: String
    var filled: Int
    var open: Int
    var color: String

    var styles: [String] {
      [
        "with points pointtype \(filled) pointsize 1.3 linecolor '\(color)'",
        "with points pointtype \(open) pointsize 1.35 linewidth 1.2 linecolor '#000000'",
      ]
    }

    /// On the white of the page, what is white shows its line alone.
    var legend: GnuplotScript.Plot { .legend(styles[color == "#FFFFFF" ? 1 : 0], label) }
  }

  private static let trained = Mark(name: "trained", label: "trained weights", filled: 7, open: 6, color: "#E69F00")
  private static let points = [
    Mark(name: "minimum", label: "numerical minimum", filled: 5, open: 4, color: "#FFFFFF"),
    Mark(name: "heuristic", label: "posterior mean", filled: 13, open: 12, color: "#009E73"),
    Mark(name: "limit", label: "α = 1, β = 1/σ_{Z}²", filled: 11, open: 10, color: "#CC79A7"),
  ]
  private static let floor = "with lines linewidth 1.2 dashtype (8,6) linecolor '#FFFFFF'"
  private static let contour = "with lines linewidth 0.8 linecolor '#DDDDDD'"

  static var legend: [GnuplotScript.Plot] { ([trained] + points).map(\.legend) }

  /// The panel without a title, and the commands that make its contours.
  func panel(
    trained: [SeedMetrics], name: String, _ data: inout FigureData
  ) -> (panel: GnuplotScript.Panel, contours: String) {
    let surface = data.add(
      "landscape", columns: ["beta", "alpha", "train_loss"],
      groups: alphas.indices.map { i in betas.indices.map { j in [betas[j], alphas[i], losses[i * betas.count + j]] } })
    let finite = losses.filter(\.isFinite)
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    let top = min(most, 2 * (metrics["zero_loss_train"] ?? .infinity))
    var plots: [GnuplotScript.Plot] = [
      .init(clause: "data index \(surface) using 1:2:3 with image"),
      .init(clause: "\(name) using 1:2 \(Self.contour)"),
    ]
    if valley.count == betas.count {
      let block = data.add("valley", columns: ["beta", "alpha"], rows: zip(betas, valley).map { [$0, $1] })
      plots.append(.init(clause: "data index \(block) using 1:2 \(Self.floor)"))
    }
    let seeds = data.add(
      "trained", columns: ["beta", "alpha"],
      rows: trained.compactMap { seed in
        guard let alpha = seed["alpha"], let beta = seed["beta"] else { return nil }
        return [beta, alpha]
      })
    var marks = Self.trained.styles.map { GnuplotScript.Plot(clause: "data index \(seeds) using 1:2 \($0)") }
    for point in Self.points {
      guard let alpha = metrics["\(point.name)_alpha"], let beta = metrics["\(point.name)_beta"] else { continue }
      let block = data.add(point.name, columns: ["beta", "alpha"], rows: [[beta, alpha]])
      marks += point.styles.map { GnuplotScript.Plot(clause: "data index \(block) using 1:2 \($0)") }
    }
    var notes: [String] = []
    if let loss = metrics["minimum_train_loss"] {
      notes.append("minimum \(DecimalFormat(values: [loss], standardErrors: []).text(loss))")
    }
    let levels = Self.contourShares.map { least * (1 + $0) }.filter { $0 < top }
    let panel = GnuplotScript.Panel(
      notes: notes,
      settings: [
        GnuplotScript.sequentialPalette, "set cbrange [\(least):\(max(top, least * 1.0001))]",
        "set cbtics nomirror scale 0.4 font ',9'", "unset grid", "set border 15 linewidth 0.6",
        FigureAxis.cells("x", betas), FigureAxis.cells("y", alphas),
        "set xlabel 'β'", "set ylabel 'α' offset 1,0",
      ], plots: plots + marks, hasColorBox: true)
    let shown = levels.isEmpty ? [(least + top) / 2] : levels
    return (panel, GnuplotScript.contours(of: surface, into: name, levels: shown))
  }
}
