import Denoising
import Foundation
import Numerics
import Reports
import Results
import Sweeps
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Figures of the studies beside training.
@Suite struct StudyFigureTests {
  /// A report on the cells of a sweep file, each seed with the metrics that a function gives for its study.
  private func report(_ text: String, _ metrics: (Study) -> [String: Double]) throws -> SweepReport {
    let plan = SweepPlan(try SweepFile.parse(text: text, path: "test.yaml"))
    let cells = plan.cells.map { cell in
      let study = plan.trials[cell.trials.lowerBound].study
      return CellResults(
        parameters: cell.parameters, study: study,
        seeds: cell.trials.map { _ in SeedMetrics(metrics(study), isSignFree: true) }, plannedSeeds: cell.trials.count)
    }
    return SweepReport(name: "studies", title: "Studies", hash: plan.sweep.hash, cells: cells)
  }

  private func draw(_ figures: [Figure]) throws {
    for figure in figures {
      let svg = try Gnuplot().svg(figure)
      #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(figure.name)")
    }
  }

  @Test func aLandscapeHasItsPointsAndItsTrainedWeights() throws {
    let text = """
      name: landscape
      cases:
        - {study: landscape, task: sphere, d: 2, radius: 1, noise_variance: 0.1, grid_points: 9}
        - {study: landscape, task: mixture, component_count: 3, noise_variance: 0.1, signal_variance: 0.02, grid_points: 9}
        - {study: training, task: sphere, d: 2, radius: 1, noise_variance: 0.1, epochs: 10}
      parameters: {attention: softmax, n: 6, L: 50}
      seeds: 2
      """
    let report = try report(text) { study in
      if study.kind == .training { return ["train_loss": 0.03, "alpha": -1.5, "beta": -3.25] }
      return [
        "minimum_alpha": 1.25, "minimum_beta": 4.5, "minimum_train_loss": 0.0289, "heuristic_alpha": 1,
        "heuristic_beta": 10, "zero_loss_train": 0.0625,
      ]
    }
    let axis = (0..<9).map { Double($0) / 2 - 2 }
    let losses = axis.flatMap { alpha in
      axis.map { beta -> Float in
        let distance = alpha * beta - 1
        return Float(0.0289 + distance * distance / 100)
      }
    }
    let metrics = ["minimum_alpha": 1.25, "minimum_beta": 4.5, "minimum_train_loss": 0.0289, "zero_loss_train": 0.0625]
    let result = TrialResult(
      metrics: metrics.map { .init(name: $0, value: $1) },
      curves: [
        .init(name: "grid_alpha", values: axis), .init(name: "grid_beta", values: axis),
        .init(name: "valley_alpha", values: axis.map { 1 / ($0 == 0 ? 1 : $0) }),
      ], arrays: [.init(name: "landscape_train_loss", shape: [9, 9], values: losses)])
    let figures = try SweepFigures(report) { _ in [result] }.all([.svg]).figures
    let figure = try #require(figures.first { $0.name == "landscape" })
    #expect(figure.script.contains("'sphere task, softmax attention'"))
    #expect(figure.script.contains("'mixture task, softmax attention'"))
    // The weights of the training cell with the same prompts, with α ≥ 0 since the sign is free; the mixture has none.
    #expect(figure.data.components(separatedBy: "\n3.25 1.5\n3.25 1.5\n").count - 1 == 1)
    #expect(figure.data.contains("\n4.5 1.25\n"))
    // The colours end at twice the loss of the zero predictor, and contours are shares of the minimum.
    #expect(figure.script.contains(":0.125]"))
    let level = try #require(figure.script.firstMatch(of: /levels discrete ([0-9.]+)/).flatMap { Double($0.1) })
    #expect(abs(level / Double(Float(0.0289)) - 1.02) < 1e-6)
    try draw([figure])
  }

  @Test func transfersStandBesideTheClosedForm() throws {
    let text = """
      name: transfer
      parameters: {study: transfer, task: linear, attention: linear, n: 16, d: 8, L: 500, signal_variance: 2}
      axes:
        transfer_L: [30, 500]
        transfer_d: [4, 8, 12]
      seeds: 2
      """
    let report = try report(text) { study in
      guard case .transfer(let transfer) = study else { return [:] }
      return [
        "transfer_loss": ClosedForm.transferLoss(
          trainedOn: study.task, usedOn: transfer.usedTask, attention: study.attention) ?? .nan,
        "bayes_loss_test": ClosedForm.bayesLoss(task: transfer.usedTask) ?? .nan,
      ]
    }
    let figures = try SweepFigures(report).all([.svg]).figures
    #expect(figures.map(\.name) == ["transfer"])
    let figure = try #require(figures.first)
    // Measured as the closed form says: the same rows, once without and once with a standard error of zero.
    let closed = figure.data.components(separatedBy: "# Block 1:")[1].split(separator: "\n")[2...4].map { "\($0) 0.0" }
    let measured = figure.data.components(separatedBy: "# Block 3:")[1].split(separator: "\n")[2...4].map { String($0) }
    #expect(closed == measured)
    try draw(figures)
  }

  @Test func convergenceStandsBesideItsBounds() throws {
    let text = """
      name: convergence
      cases:
        - {task: linear, attention: linear, signal_variance: 2, noise_variance: 1}
        - {task: sphere, attention: softmax, radius: 1, noise_variance: 0.1}
      parameters: {study: convergence, n: 16, d: 8}
      axes: {L: [50, 200, 800]}
      seeds: 1
      """
    let report = try report(text) { study in
      var metrics: [String: Double] = [:]
      for quantity in ConvergenceQuantity.allCases where quantity == .output || study.attention.kind == .softmax {
        for delta in ConvergenceQuantiles.deltas {
          metrics[quantity.metricName(delta: delta)] = (1 - delta) / Double(study.task.contextLength).squareRoot()
        }
      }
      return metrics
    }
    let figures = try SweepFigures(report).all([.svg]).figures
    #expect(figures.map(\.name) == ["convergence-linear", "convergence-sphere"])
    // Proposition 5 at d = 8, L = 50, δ = 0.5: √((8 + ln 4)/50).
    let bound = (0.02 * (8 + log(4))).squareRoot()
    let row = try #require(
      figures[0].data.firstMatch(of: /bound, δ = 0.5\n[^\n]*\n50.0 ([0-9.]+)/).flatMap { Double($0.1) })
    #expect(abs(row - bound) < 1e-12)
    #expect(figures[1].script.components(separatedBy: "\n  plot ").count - 1 == 3)
    try draw(figures)
  }

  @Test func weightsThatUndoATransformStandBesideTheirTarget() throws {
    let text = """
      name: structure
      parameters: {task: linear, attention: linear, n: 4, d: 2, L: 50, transform: random, transform_condition: 4}
      seeds: 1
      """
    let report = try report(text) { _ in ["train_loss": 1] }
    let transform = try #require(report.cells.first?.task.transform)
    // W_PV = 0.5 A⁻¹ and W_KQ = −2 (A Aᵀ)⁻¹: what Eq A.12 demands.
    let inverse = try #require(LUDecomposition(of: transform.matrix)).inverse
    func array(_ name: String, _ scale: Double, _ matrix: [Double]) -> TrialResult.Array {
      .init(name: name, shape: [4, 4], values: matrix.map { Float(scale * $0) })
    }
    let result = TrialResult(
      metrics: [], curves: [],
      arrays: [
        array("final_value", 0.5, inverse.values),
        array("final_key_query", -2, (inverse.transposed * inverse).values),
      ])
    let figures = try SweepFigures(report) { _ in [result] }.all([.svg]).figures
    let figure = try #require(figures.first { $0.name == "structure" })
    for note in ["'β = −2.000'", "'α = 0.500'"] { #expect(figure.script.contains(note)) }
    #expect(figure.script.components(separatedBy: "'off by 0.000'").count - 1 == 2)
    try draw([figure])
  }

  /// Seeds whose queries all converge are a selection: a mean over them alone would be one, too.
  @Test func aMeanIsOverAllSeedsOrEmpty() throws {
    let text = """
      name: retrieval
      parameters: {study: retrieval, task: sphere, attention: linear, n: 2, d: 1}
      axes: {L: [20, 30]}
      seeds: 2
      """
    var report = try report(text) { _ in ["one_step_loss": 0.02, "converged_loss": 0.2] }
    report.cells[0].seeds[1] = SeedMetrics(["one_step_loss": 0.04], isSignFree: false)
    let rows = report.table(.retrieval).formatted(.csv).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let header = try #require(rows.first)
    func column(_ name: String) throws -> [String] {
      let index = try #require(header.firstIndex { $0 == name })
      return rows.dropFirst().map { String($0[index]) }
    }
    #expect(try column("converged_loss") == ["", "0.2"])
    #expect(try column("one_step_loss") == ["0.03", "0.02"])
  }

  @Test func anEnergyLandscapeHasTheWaysOfItsQueries() throws {
    let text = """
      name: retrieval
      parameters: {study: retrieval, task: sphere, attention: softmax, n: 2, d: 1, radius: 1, noise_variance: 0.1}
      axes: {L: [20, 30]}
      seeds: 2
      """
    let report = try report(text) { _ in ["one_step_loss": 0.02, "bayes_loss_test": 0.015] }
    let axis: [Float] = [-1, -0.5, 0, 0.5, 1]
    let energies = axis.flatMap { y in axis.map { x in x * x + 2 * y * y } }
    func array(_ name: String, _ shape: [Int], _ values: [Float]) -> TrialResult.Array {
      .init(name: name, shape: shape, values: values)
    }
    let result = TrialResult(
      metrics: [],
      curves: [
        .init(name: "step", values: [0, 1, 2]), .init(name: "loss", values: [0.1, 0.02, 0.05]),
      ],
      arrays: [
        array("context", [2, 2], [1, 0, 0, 1]), array("targets", [1, 2], [0.8, 0.6]), array("ends", [1, 2], [1, 0]),
        array("trajectories", [1, 3, 2], [0.5, 0.75, 0.875, 0.5, 1, 0.125]), array("energy_axis", [5], axis),
        array("energy", [5, 5], energies),
      ])
    let figures = try SweepFigures(report) { _ in [result, result] }.all([.svg]).figures
      .filter { $0.name.hasPrefix("energy") || $0.name.hasPrefix("retrieval") }
    #expect(figures.map(\.name) == ["energy-L20", "energy-L30", "retrieval"])
    // One step leads from (0.5, 0.75) to (0.875, 0.5); the way goes on to (1, 0.125).
    #expect(figures[0].data.contains("step_x step_y\n0.5 0.75 0.375 -0.25\n"))
    #expect(figures[0].data.contains("x y\n0.5 0.75\n0.875 0.5\n1.0 0.125\n"))
    // A picture shows the outer places of the grid as cells around them.
    #expect(figures[0].script.contains("set xrange [-1.25:1.25]"))
    #expect(figures[2].data.contains("\n1.0 0.02 0.02 0.02\n"))
    try draw(figures)
  }
}
