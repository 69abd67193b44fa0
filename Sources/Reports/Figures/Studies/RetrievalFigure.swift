import Denoising
import Results
import Sweeps

extension SweepFigures {
  /// Mean loss of noisy queries against the number of steps down the energy, a colour for each L: the first step is
  /// attention. Nothing without retrievals.
  func retrievalFigures(_ formats: [FigureFormat]) throws -> [Figure] {
    let groups = report.retrievals.inOrder { index in
      var shared = report.cells[index].parameters
      shared["L"] = nil
      return shared
    }
    let names = SweepReport.distinguishingNames(groups.map(\.key))
    return try groups.compactMap { parameters, members in
      let distinction = names.compactMap { name in parameters.entries.first { $0.name == name } }
      return try retrievalFigure(members, parameters, distinction, formats)
    }
  }

  private func retrievalFigure(
    _ members: [Int], _ parameters: ParameterSet, _ distinction: [ParameterSet.Entry], _ formats: [FigureFormat]
  ) throws -> Figure? {
    var data = FigureData(report)
    var (bands, means) = ([GnuplotScript.Plot](), [GnuplotScript.Plot]())
    var last = 1.0
    for (index, member) in members.enumerated() {
      guard let curves = SeedCurves(try results(member), abscissa: "step", names: ["loss"]) else { continue }
      let length = report.cells[member].task.contextLength
      let block = data.add(
        "loss, L = \(length)", columns: ["step", "loss_mean", "loss_least", "loss_most"], rows: curves.rows)
      last = max(last, curves.rows.last?[0] ?? 1)
      let color = "'\(GnuplotScript.color(index))'"
      bands.append(
        .init(
          clause: "data index \(block) using ($1 + 1):3:4 with filledcurves fillcolor \(color) "
            + "fillstyle transparent solid 0.22 noborder"))
      means.append(
        .init(
          clause: "data index \(block) using ($1 + 1):2 with linespoints linewidth 1.5 pointtype "
            + "\(GnuplotScript.points[index % GnuplotScript.points.count].filled) pointsize 0.6 "
            + "dashtype \(GnuplotScript.dashes(index)) linecolor \(color)", label: "{/:Italic L} = \(length)"))
    }
    guard !means.isEmpty else { return nil }
    let seeds = members.flatMap { report.cells[$0].seeds }
    let bayes = BaselineLines(seeds, task: parameters["task"]).lines.filter { $0.name == "bayes" }
    // Steps are counted from 0, which has no place on a logarithmic axis: step k stands at k + 1.
    let steps = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].filter { Double($0) <= last }
    let tics = steps.map { "'\($0)' \($0 + 1)" }.joined(separator: ", ")
    let script = GnuplotScript(
      stem: FigureStem.text("retrieval", distinction), title: report.title,
      subtitle: FigureSubtitle.text(
        parameters, others: distinction, seedCounts: members.map { report.cells[$0].seeds.count }),
      rows: [
        [
          .init(
            settings: [
              "set logscale x", "set xrange [0.95:\((last + 1) * 1.05)]", "set xtics (\(tics))",
              "set xlabel 'steps of gradient descent'", "set ylabel 'mean loss per component' offset 1,0",
              "set offsets 0,0,graph 0.05,graph 0.05",
            ], plots: bands + means + bayes.map { $0.plot(isShown: true) })
        ]
      ], geometry: FigureGeometry(panelWidth: 340), formats: formats)
    return Figure(
      script, data, heading: "One step and many",
      caption:
        "Mean loss of noisy queries after so many steps down the energy of their context, with the range of the seeds "
        + "as a band. The first step is an attention layer; what many steps lose against it is the price of retrieval.")
  }
}

extension SweepReport {
  /// The indices of the cells that retrieve and have a result.
  var retrievals: [Int] {
    cells.indices.filter { cells[$0].study.kind == .retrieval && !cells[$0].seeds.isEmpty }
  }
}
