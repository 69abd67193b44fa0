import Denoising
import Results
import Sweeps

extension SweepReport {
  /// Losses per component: means over the seeds, each on its own prompts. Baselines are means over the test prompts.
  var lossTable: Table {
    var quantities: [CellQuantity] = [
      .mean("train_loss", of: "train_loss", heading: "train loss", latex: "train loss", withStandardError: true),
      .mean("test_loss", of: "test_loss", heading: "test loss", latex: "test loss", withStandardError: true),
      .mean("zero_loss", of: "zero_loss_test", heading: "zero", latex: "zero"),
      .mean("bayes_loss", of: "bayes_loss_test", heading: "Bayes", latex: "Bayes"),
      .theory("theory_loss", heading: "theory", latex: "theory") {
        ClosedForm.optimum(task: $0.task, attention: $0.attention)?.loss
      },
    ]
    let middle = Baseline.middle.filter { baseline in
      cells(of: .training).contains { $0.parameters["task"] == .text(baseline.task) }
    }
    quantities += middle.map { baseline in
      CellQuantity(
        column: TableColumn(
          name: "\(baseline.name)_loss", heading: Baseline.heading(baseline.name),
          latexHeading: Baseline.heading(baseline.name), role: .value), hasStandardError: false
      ) { cell in
        guard cell.parameters["task"] == .text(baseline.task) else { return (nil, nil) }
        return (cell.seeds.summary("\(baseline.name)_loss_test")?.mean, nil)
      }
    }
    quantities.append(
      .mean("excess", of: "excess", heading: "excess", latex: "excess", withStandardError: true))
    return cellTable(.loss, title: "loss against context length", of: cells(of: .training), quantities: quantities)
  }

  /// Every baseline that any cell measured: means over the seeds on the test prompts.
  var baselineTable: Table {
    let suffix = "_loss_test"
    let names = cells(of: .training).reduce(into: Set()) { $0.formUnion($1.seeds.metricNames) }
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    let quantities = Baseline.inOrder(names).map { name in
      CellQuantity.mean(
        "\(name)_loss", of: name + suffix, heading: Baseline.heading(name), latex: LaTeX.escape(Baseline.heading(name)),
        withStandardError: true)
    }
    return cellTable(
      .baselines, title: "baselines on the test prompts", of: cells(of: .training), quantities: quantities)
  }
}

/// What reports know about the baselines: the order in which people expect them, and the one that stands between the
/// zero predictor and Bayes in the paper's figures.
enum Baseline {
  /// The baseline between zero and Bayes, task by task.
  static let middle = [
    (task: "linear", name: "projection"), (task: "sphere", name: "radial_projection"),
    (task: "mixture", name: "bayes_limit"),
  ]

  private static let order = [
    "zero", "mean", "projection", "shrunk_projection", "radial_projection", "bayes_limit", "bayes",
  ]

  /// Known baselines first, from the worst to the best; then the others by name.
  static func inOrder(_ names: [String]) -> [String] {
    order.filter(names.contains) + names.filter { !order.contains($0) }.sorted()
  }

  static func heading(_ name: String) -> String {
    name.replacing("_", with: " ").replacing("bayes", with: "Bayes")
  }
}
