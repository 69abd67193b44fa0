import Denoising
import Foundation
import Reports
import Results
import Sweeps

/// A report made of closed forms and a reproducible disturbance, in the shape of a real one.
struct SyntheticReport {
  var title = "Three tasks"
  var tasks = ["linear", "sphere", "mixture"]
  var attentions: [AttentionConfiguration.Kind] = [.linear, .softmax]
  var contextLengths = [50, 100, 200, 500]
  var seeds = 6

  var report: SweepReport {
    let cells = tasks.flatMap { task in
      attentions.flatMap { attention in contextLengths.map { cell(task, attention, $0) } }
    }
    return SweepReport(
      name: "three-tasks", title: title, hash: String(repeating: "0a", count: 32), cells: cells)
  }

  private func cell(_ task: String, _ attention: AttentionConfiguration.Kind, _ L: Int) -> CellResults {
    var parameters = ParameterSet()
    parameters["task"] = .text(task)
    parameters["attention"] = .text(attention.rawValue)
    parameters["n"] = .integer(16)
    parameters["L"] = .integer(L)
    parameters["noise_variance"] = .real(task == "linear" ? 1 : 0.1)
    if task != "mixture" { parameters["d"] = .integer(8) }
    if task != "sphere" { parameters["signal_variance"] = .real(task == "linear" ? 2 : 0.02) }
    let configuration = TaskConfiguration(
      family: family(task), ambientDimension: 16, contextLength: L, noiseVariance: task == "linear" ? 1 : 0.1)
    let experiment = Experiment(
      task: configuration, attention: AttentionConfiguration(kind: attention),
      training: TrainingConfiguration(epochs: 100), streams: ExperimentStreams(data: 1, weights: 2, shuffle: 3))
    return CellResults(
      parameters: parameters, study: .training(experiment),
      seeds: (0..<seeds).map { SeedMetrics(metrics(task, attention, L, seed: $0), isSignFree: true) },
      plannedSeeds: seeds)
  }

  private func family(_ task: String) -> TaskFamily {
    switch task {
    case "linear": .linearSubspace(dimension: .fixed(8), signalVariance: 2)
    case "sphere": .sphere(dimension: .fixed(8), radius: 1)
    default: .gaussianMixture(GaussianMixture(componentCount: .fixed(8), radius: 1, variances: [0.02]))
    }
  }

  private func metrics(
    _ task: String, _ attention: AttentionConfiguration.Kind, _ L: Int, seed: Int
  ) -> [String: Double] {
    let (zero, middle, name, bayes, gamma): (Double, Double, String, Double, Double) =
      switch task {
      case "linear": (1, 0.5, "projection", 1 / 3, 1 / 3)
      case "sphere": (0.0625, 0.03367, "radial_projection", 0.02897, 4.75)
      default: (0.0825, 0.02635, "bayes_limit", 0.02306, 5.3)
      }
    let noise = sin(Double(7 * seed + L)) * 0.02
    let wiggle = cos(Double(3 * seed + 5 * L)) * 0.01
    let excess = (attention == .linear ? 18.6 : 15.5) * bayes / Double(L + 9)
    let sign = seed.isMultiple(of: 2) ? 1.0 : -1.0
    let product = gamma * Double(L) / Double(L + 9) * (1 + wiggle / 2) * (attention == .linear ? 1 : 0.97)
    let train = (bayes + excess) * (1 + noise / 4) * 0.98
    let test = (bayes + excess) * (1 + noise / 4 + wiggle / 8) * 1.02
    return [
      "train_loss": train, "test_loss": test, "alpha": sign * 1.1, "beta": sign * product / 1.1,
      "alpha_beta": product, "offdiagonal_kq": 0.013 + wiggle / 10, "offdiagonal_pv": 0.011 - wiggle / 10,
      "zero_loss_test": zero * (1 + noise), "zero_loss_train": zero * (1 - noise),
      "\(name)_loss_test": middle * (1 + noise), "\(name)_loss_train": middle * (1 - noise),
      "bayes_loss_test": bayes * (1 + noise / 4), "bayes_loss_train": bayes * (1 + noise / 4),
    ]
  }
}
