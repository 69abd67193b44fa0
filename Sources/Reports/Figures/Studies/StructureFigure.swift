import Denoising
import Numerics
import Results
import Sweeps

extension SweepFigures {
  /// W_PV A and W_KQ A Aᵀ of layers that were trained behind a coordinate transform A (or W_PV where A x is predicted),
  /// beside the scaled identities that they should be; the weights of the first seed. Nothing without a transform.
  func structureFigure(
    _ group: LayerGroup, _ layers: [LayerGroup.Place: TrainedLayer], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(report)
    let rows = group.tasks.flatMap { task in
      group.attentions.compactMap { attention -> [GnuplotScript.Panel?]? in
        guard let layer = layers[.init(task: task, attention: attention)], let transform = layer.cell.task.transform,
          let result = layer.results.first, let weights = StructuredWeights(result, transform)
        else { return nil }
        return weights.panels(rowLabel: "\(GnuplotText.literal(task)) task, \(GnuplotText.literal(attention))", &data)
      }
    }
    guard !rows.isEmpty else { return nil }
    let script = GnuplotScript(
      stem: group.fileStem("structure"), title: report.title, subtitle: subtitle(group, seedCounts: []), rows: rows,
      geometry: WeightPair.geometry, formats: formats)
    return Figure(
      script, data, heading: "Weights that undo a transform",
      caption:
        "Weights of the first seed, multiplied by the transform that they should undo, beside the scaled identity "
        + "nearest to them; and the distance of the two, relative to the latter, in the Frobenius norm.")
  }
}

/// The weights of one layer, multiplied by what they should undo.
private struct StructuredWeights {
  private let entries: [(symbol: String, target: String, matrix: Matrix)]

  /// Nothing unless the result has W_PV and W_KQ as matrices of the transform's size.
  init?(_ result: TrialResult, _ transform: CoordinateTransform) {
    let A = transform.matrix
    func matrix(_ name: String) -> Matrix? {
      result.arrays.first { $0.name == name && $0.shape == [A.rows, A.rows] && A.rows > 1 }.map {
        Matrix(rows: A.rows, columns: A.rows, values: $0.values.map(Double.init))
      }
    }
    guard let value = matrix("final_value"), let keyQuery = matrix("final_key_query") else { return nil }
    let (V, K) = ("{/:Italic W}_{PV}", "{/:Italic W}_{KQ}")
    let products = WeightStructure.products(value: value, keyQuery: keyQuery, transform: transform)
    entries = [
      (K + " {/:Italic AA}^{T}", "β {/:Italic I}", products.keyQuery),
      (V + (transform.target == .original ? " {/:Italic A}" : ""), "α {/:Italic I}", products.value),
    ]
  }

  func panels(rowLabel: String, _ data: inout FigureData) -> [GnuplotScript.Panel] {
    entries.enumerated().flatMap { index, entry in
      let n = entry.matrix.rows
      let fit = WeightStructure.Fit(entry.matrix)
      let target = (0..<n * n).map { $0 % (n + 1) == 0 ? fit.scale : 0 }
      let most = (entry.matrix.values + target).filter(\.isFinite).map(\.magnitude).max() ?? 1
      func panel(_ title: String, _ note: String, _ values: [Double], isFirst: Bool) -> GnuplotScript.Panel {
        let block = data.add(GnuplotText.literal(title), matrix: values, columns: n)
        let label = "set ylabel \(GnuplotText.quoted(rowLabel)) offset 0.5,0 font ',10'"
        return GnuplotScript.Panel(
          title: title, notes: [note],
          settings: HeatMap.settings(rows: n, columns: n, bound: most) + (isFirst && index == 0 ? [label] : []),
          plots: [HeatMap.plot(block)], hasColorBox: !isFirst)
      }
      let number = GnuplotText.readable(DecimalFormat(decimals: 3).text(fit.scale))
      return [
        panel(
          entry.symbol, "off by \(DecimalFormat(decimals: 3).text(fit.deviation))", entry.matrix.values, isFirst: true),
        panel(entry.target, "\(entry.target.prefix(1)) = \(number)", target, isFirst: false),
      ]
    }
  }
}
