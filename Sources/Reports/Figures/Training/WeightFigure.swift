import Denoising
import Results
import Sweeps

extension SweepFigures {
  /// Initial and final weights as maps, a row for each task and kind of attention; those of the first seed. Nothing where
  /// no layer has full matrices.
  func weightFigure(
    _ group: LayerGroup, _ layers: [LayerGroup.Place: TrainedLayer], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(report)
    let rows = group.tasks.flatMap { task in
      group.attentions.compactMap { attention -> [GnuplotScript.Panel?]? in
        guard let layer = layers[.init(task: task, attention: attention)], let result = layer.results.first
        else { return nil }
        let label = "\(GnuplotText.literal(task)) task, \(GnuplotText.literal(attention))"
        let pairs = WeightPair.names.compactMap { WeightPair($0, of: result) }
        guard !pairs.isEmpty else { return nil }
        return pairs.enumerated().flatMap { index, pair in pair.panels(rowLabel: index == 0 ? label : nil, &data) }
      }
    }
    guard !rows.isEmpty else { return nil }
    let script = GnuplotScript(
      stem: group.fileStem("weights-initial-final"), title: report.title,
      subtitle: subtitle(group, seedCounts: []), rows: rows, geometry: WeightPair.geometry, formats: formats)
    return Figure(
      script, data, heading: "Weights before and after training",
      caption: "Entries of the weight matrices of the first seed, and the mean of each diagonal. Initial and final map "
        + "share one scale of colours, symmetric about zero. Where the context length varies, the longest.")
  }
}

/// One weight matrix of a layer, before and after training.
struct WeightPair {
  /// The matrices that a layer can have, in the order of the paper's figures, and their symbols.
  static let names = [
    ("key_query", "{/:Italic W}_{KQ}"), ("key", "{/:Italic W}_{K}"), ("query", "{/:Italic W}_{Q}"),
    ("value", "{/:Italic W}_{PV}"),
  ]
  /// Two maps close together, then room for their scale of colours.
  static let geometry = FigureGeometry(
    panelWidth: 160, panelHeight: 160, axisWidths: [44, 14, 78, 14], axisHeight: 12, rightMargin: 74)

  private let symbol: String
  private let initial: [Double]
  private let final: [Double]
  private let size: Int

  /// Nothing unless the result has both as square matrices of at least 2 × 2.
  init?(_ name: (String, String), of result: TrialResult) {
    func matrix(_ prefix: String) -> TrialResult.Array? {
      result.arrays.first { $0.name == prefix + name.0 && $0.shape.count == 2 && $0.shape[0] == $0.shape[1] }
    }
    guard let initial = matrix("initial_"), let final = matrix("final_"), initial.shape == final.shape,
      final.shape[0] > 1
    else { return nil }
    symbol = name.1
    self.initial = initial.values.map(Double.init)
    self.final = final.values.map(Double.init)
    size = final.shape[0]
  }

  func panels(rowLabel: String?, _ data: inout FigureData) -> [GnuplotScript.Panel] {
    let most = (initial + final).filter(\.isFinite).map(\.magnitude).max() ?? 1
    let label = rowLabel.map { ["set ylabel \(GnuplotText.quoted($0)) offset 0.5,0 font ',10'"] } ?? []
    return [("initial", initial), ("final", final)].map { name, values in
      let block = data.add("\(name) \(GnuplotText.literal(symbol))", matrix: values, columns: size)
      let diagonal = (0..<size).reduce(0) { $0 + values[$1 * size + $1] } / Double(size)
      let format = DecimalFormat(decimals: 3)
      return GnuplotScript.Panel(
        title: "\(symbol), \(name)", notes: ["mean diagonal \(GnuplotText.readable(format.text(diagonal)))"],
        settings: HeatMap.settings(rows: size, columns: size, bound: most) + (name == "initial" ? label : []),
        plots: [HeatMap.plot(block)], hasColorBox: name == "final")
    }
  }
}
