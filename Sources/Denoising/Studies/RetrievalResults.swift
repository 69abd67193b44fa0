/// What is gathered over all contexts.
struct RetrievalResults {
  var tally: RetrievalTally
  var drawing: RetrievalDrawing?
  var converged = 0
  var unbounded = 0
  var steps = 0
  var endTokenDistance = 0.0
  private let baselines: Baselines
  private var baselineSums: [Double]
  private var oneStepLosses: [Double] = []
  private var endLosses: [Double] = []
  /// The losses of single queries, while there is but one context.
  private var singleContext: (oneStep: [Double], end: [Double])?
  private var ends = 0
  private var contexts = 0
  private var queries = 0

  init(_ study: RetrievalStudy) {
    tally = RetrievalTally(study.configuration, dimension: study.task.ambientDimension)
    baselines = Baselines.withoutContext(for: study.task)
    baselineSums = [Double](repeating: 0, count: baselines.entries.count)
  }

  mutating func addBaselines(on prompt: Prompt) {
    for (entry, loss) in baselines.losses(on: prompt).enumerated() { baselineSums[entry] += loss }
  }

  mutating func end(_ context: RetrievalContext) {
    tally.endContext()
    contexts += 1
    queries += context.oneStepLosses.count
    ends += context.ends.count
    let count = Double(context.oneStepLosses.count)
    oneStepLosses.append(context.oneStepLosses.reduce(0, +) / count)
    endLosses.append(context.endLosses.reduce(0, +) / count)
    if contexts == 1 {
      drawing = context.drawing
      singleContext = (context.oneStepLosses, context.endLosses)
    } else {
      singleContext = nil
    }
  }

  var outcome: RetrievalOutcome {
    let count = Double(queries)
    return RetrievalOutcome(
      curve: tally.curve, oneStepLoss: oneStepLosses.reduce(0, +) / Double(contexts),
      comparison: converged < queries
        ? nil
        : PairedComparison(
          reference: singleContext?.oneStep ?? oneStepLosses, other: singleContext?.end ?? endLosses),
      convergedShare: Double(converged) / count, unboundedShare: Double(unbounded) / count,
      stepsToEnd: Double(steps) / count, endTokenDistance: converged < queries ? nil : endTokenDistance / count,
      endsPerContext: Double(ends) / Double(contexts),
      baselines: zip(baselines.entries, baselineSums).map { baseline, sum in
        BaselineLoss(name: baseline.name, train: nil, test: sum / count)
      }, drawing: drawing)
  }
}
