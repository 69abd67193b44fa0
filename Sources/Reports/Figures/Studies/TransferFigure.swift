import Denoising
import Results
import Sweeps

extension SweepReport {
  /// The loss of layers trained on subspaces of one dimension and used on those of others, against that dimension, a
  /// colour for each length of the contexts on which they are used; a panel for each kind of attention.
  func transferFigures(_ formats: [FigureFormat]) -> [Figure] {
    let cells = cells(of: .transfer).filter { !$0.seeds.isEmpty }
    let free = ["attention", "transfer_d", "transfer_L"]
    func shared(_ cell: CellResults) -> ParameterSet {
      free.reduce(into: cell.parameters) { $0[$1] = nil }
    }
    let groups = cells.inOrder(by: shared)
    let names = groups.flatMap(\.members).varyingNames.filter { !free.contains($0) }
    return groups.compactMap { parameters, members in
      let distinction = names.compactMap { name in parameters.entries.first { $0.name == name } }
      return transferFigure(members, parameters, distinction, formats)
    }
  }

  private func transferFigure(
    _ cells: [CellResults], _ parameters: ParameterSet, _ distinction: [ParameterSet.Entry], _ formats: [FigureFormat]
  ) -> Figure? {
    var data = FigureData(self)
    let dimensions = cells.compactMap { $0.usedDimension }
    guard Set(dimensions).count > 1, let low = dimensions.min(), let high = dimensions.max() else { return nil }
    let most = cells.compactMap { $0.seeds.summary("transfer_loss")?.mean }.filter(\.isFinite).max() ?? 1
    let panels = cells.inOrder { $0.attention.kind }.map { attention, members in
      GnuplotScript.Panel(
        title: "\(attention.rawValue) attention",
        settings: [
          "set xrange [\(Double(low) - 0.5):\(Double(high) + 0.5)]",
          "set xlabel 'dimension {/:Italic d}′ at inference'",
          "set ylabel 'loss per component' offset 1,0", "set yrange [0:\(most * 1.08)]",
        ] + Self.trainedDimension(members), plots: transferPlots(members, &data))
    }
    let script = GnuplotScript(
      stem: FigureStem.text("transfer", distinction), title: title,
      subtitle: FigureSubtitle.text(parameters, others: distinction, seedCounts: cells.map(\.seeds.count)),
      rows: [panels], formats: formats)
    return Figure(
      script, data, heading: "Transfer to other subspaces",
      caption:
        "Loss of the trained layers on prompts with subspaces of dimension d′ and contexts of length L′: mean over the "
        + "seeds with its standard error. Lines are closed forms for linear attention that is optimal where it was trained; "
        + "the dashed one is Bayes. The thin vertical line marks the dimension of the training.")
  }

  private static func trainedDimension(_ cells: [CellResults]) -> [String] {
    guard case .integer(let d)? = cells.first?.parameters["d"] else { return [] }
    return ["set arrow from \(d), graph 0 to \(d), graph 1 nohead linewidth 0.8 linecolor '#999999'"]
  }

  private func transferPlots(_ cells: [CellResults], _ data: inout FigureData) -> [GnuplotScript.Plot] {
    let series = cells.inOrder { $0.parameters["transfer_L"] }
    let lines = series.enumerated().compactMap { index, series -> GnuplotScript.Plot? in
      let rows = series.members.compactMap { cell -> [Double?]? in
        guard let used = cell.usedTask, let d = cell.usedDimension,
          let loss = ClosedForm.transferLoss(trainedOn: cell.task, usedOn: used, attention: cell.attention)
        else { return nil }
        return [Double(d), loss]
      }
      guard !rows.isEmpty else { return nil }
      let block = data.add("closed form, L′ = \(series.key?.plainText ?? "")", columns: ["d", "loss"], rows: rows)
      return .init(
        clause: "data index \(block) using 1:2 with lines linewidth 1.4 dashtype \(GnuplotScript.dashes(index)) "
          + "linecolor '\(GnuplotScript.color(index))'")
    }
    let points = series.enumerated().map { index, series in
      let length = series.key?.plainText ?? ""
      let block = data.add(
        "measured, L′ = \(length)", columns: ["d", "loss", "loss_sem"],
        rows: series.members.map { cell in
          let loss = cell.seeds.summary("transfer_loss")
          return [cell.usedDimension.map(Double.init), loss?.mean, loss?.standardError]
        })
      let marks = SeriesMarks(index: index, count: 1, block: block)
      return GnuplotScript.Plot(
        clause: marks.errorBars(column: 2, isFilled: true), label: "{/:Italic L}′ = \(GnuplotText.literal(length))")
    }
    let bayes = cells.inOrder { $0.usedDimension }.compactMap { dimension, members -> [Double?]? in
      guard let dimension, let loss = members.flatMap(\.seeds).summary("bayes_loss_test")?.mean else { return nil }
      return [Double(dimension), loss]
    }
    let block = data.add("Bayes", columns: ["d", "loss"], rows: bayes)
    return lines + points + [
      .init(clause: "data index \(block) using 1:2 with lines linestyle 1", label: "Bayes"),
      .legend("with lines linewidth 1.4 linecolor '#222222'", "closed form"),
    ]
  }
}

extension CellResults {
  /// The task on which a layer is used, in a transfer.
  fileprivate var usedTask: TaskConfiguration? {
    if case .transfer(let transfer) = study { transfer.usedTask } else { nil }
  }

  /// The dimension of the subspaces of that task, if it is fixed.
  fileprivate var usedDimension: Int? {
    switch usedTask?.family {
    case .linearSubspace(let dimension, _), .sphere(let dimension, _):
      dimension.range.count == 1 ? dimension.range.lowerBound : nil
    case .gaussianMixture, nil: nil
    }
  }
}
