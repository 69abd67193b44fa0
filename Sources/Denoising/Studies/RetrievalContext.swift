import Numerics

/// One context, its energy, and what its queries came to.
struct RetrievalContext {
  let energy: any MemoryEnergy
  let context: Matrix
  let configuration: RetrievalConfiguration
  /// ‖s − x‖²/n after one step that is attention, query by query.
  private(set) var oneStepLosses: [Double] = []
  /// The same where each query ended.
  private(set) var endLosses: [Double] = []
  /// The different states in which queries ended.
  private(set) var ends: [[Double]] = []
  private var recorder: DrawingRecorder?
  /// Length of the longest token.
  private let scale: Double

  init(_ study: RetrievalStudy, _ prompt: Prompt) {
    configuration = study.configuration
    context = prompt.context
    energy = configuration.energy(of: prompt.context)
    let origin = [Double](repeating: 0, count: prompt.context.rows)
    scale = (squaredDistances(from: origin, toColumnsOf: prompt.context).max() ?? 0).squareRoot()
    if prompt.context.rows == 2 { recorder = DrawingRecorder() }
  }

  /// Lets one query descend, and adds what happens to the results.
  mutating func descend(_ prompt: Prompt, into results: inout RetrievalResults) throws(ExperimentError) {
    let n = Double(prompt.query.count)
    let steps = configuration.steps
    let unit = energy.attentionStepSize
    results.addBaselines(on: prompt)
    oneStepLosses.append(squaredDistance(energy.step(from: prompt.query, size: unit), prompt.target) / n)

    let stepSize = configuration.stepSize * unit
    var path: [[Double]] = []
    var displacement = noiseDirection(prompt)
    var last = RetrievalTally.Entry()
    // A step that is short because γ is small is no sign of an end.
    let tolerance = RetrievalStudy.tolerance * scale * min(1, configuration.stepSize)
    let end = energy.descend(
      from: prompt.query, stepSize: stepSize, tolerance: tolerance,
      stepsMax: max(steps, RetrievalStudy.stepsMax)
    ) { step, state, value in
      guard step <= steps else { return }
      last = RetrievalTally.Entry(
        step: step, loss: squaredDistance(state, prompt.target) / n, energy: value,
        tokenDistance: tokenDistance(state),
        forgotten: squaredNorm(displacement) < RetrievalStudy.forgottenSquare ? 1 : 0)
      results.tally.add(last, state)
      displacement = energy.stepDerivative(at: state, of: displacement, size: stepSize)
      if recorder?.isFull == false { path.append(state) }
    }
    if end.reason == .unbounded, end.steps <= steps { throw .unbounded(step: end.steps) }
    // A query that has converged stays where it is for the rest of the curve.
    while last.step < steps {
      last.step += 1
      results.tally.add(last, end.state)
      if recorder?.isFull == false { path.append(end.state) }
    }
    results.tally.endQuery()
    results.converged += end.reason == .converged ? 1 : 0
    results.unbounded += end.reason == .unbounded ? 1 : 0
    results.steps += end.steps
    results.endTokenDistance += tokenDistance(end.state)
    recorder?.add(target: prompt.target, path: path, end: end.state)
    add(end.state, loss: squaredDistance(end.state, prompt.target) / n)
  }

  /// Distance to the nearest token.
  private func tokenDistance(_ state: [Double]) -> Double {
    (squaredDistances(from: state, toColumnsOf: context).min() ?? 0).squareRoot()
  }

  /// The unit vector along x̃ − x; the first axis where there is no noise.
  private func noiseDirection(_ prompt: Prompt) -> [Double] {
    let noise = zip(prompt.query, prompt.target).map { $0 - $1 }
    let length = squaredNorm(noise).squareRoot()
    return length > 0 ? noise.map { $0 / length } : noise.indices.map { $0 == 0 ? 1 : 0 }
  }

  private mutating func add(_ end: [Double], loss: Double) {
    endLosses.append(loss)
    let distance = RetrievalStudy.endDistance * scale
    if !ends.contains(where: { squaredDistance($0, end) <= distance * distance }) { ends.append(end) }
  }

  /// The picture of this context, for n = 2.
  var drawing: RetrievalDrawing? { recorder?.drawing(of: context, energy) }
}
