import Numerics

/// Retrieval beside denoising: noisy queries descend the energy of their context (Eq 17), and what one step, which is an
/// attention layer, makes of them is compared with what many make (Section 4, Figure 5).
public struct RetrievalStudy: Sendable, Hashable {
  /// Where contexts and queries come from.
  public var task: TaskConfiguration
  /// How queries are brought back.
  public var configuration: RetrievalConfiguration
  /// Key of the random numbers.
  public var dataKey: UInt64

  /// A study.
  public init(task: TaskConfiguration, configuration: RetrievalConfiguration, dataKey: UInt64) {
    self.task = task
    self.configuration = configuration
    self.dataKey = dataKey
  }

  /// Steps after which a query that has not converged is given up.
  static let stepsMax = 100_000
  /// Length of a step at which a query counts as converged, relative to the longest token, if the step is attention or
  /// longer; of shorter steps, in proportion.
  static let tolerance = 1e-10
  /// Square of the change of a state below which a query counts as forgotten, relative to the change of the query.
  static let forgottenSquare = 0.1 * 0.1
  /// Distance below which two ends are the same, relative to the longest token.
  static let endDistance = 1e-4

  /// The contexts with all their queries.
  public var promptGroups: [PromptGroup] {
    [
      PromptGroup(
        "test", task: task, attention: configuration.attention, count: configuration.contextCount, key: dataKey,
        first: PromptSampler.firstTestPrompt, queriesPerContext: configuration.queriesPerContext)
    ]
  }

  /// Draws the contexts and lets their queries descend. A pure function of the study.
  ///
  /// - Parameter isCancelled: asked between queries; when it says yes, the study ends.
  /// - Throws: ``ExperimentError`` for an invalid configuration, on cancellation, and where a state leaves every bound
  ///   within the steps of the curve.
  public func run(isCancelled: () -> Bool = { false }) throws(ExperimentError) -> RetrievalOutcome {
    try task.validate()
    try configuration.validate()
    guard task.transform == nil, task.contextSampling == .tokens else {
      throw .invalid("retrieval needs the tokens themselves, without a transform")
    }
    var results = RetrievalResults(self)
    let sampler = PromptSampler(task: task, key: dataKey)
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: .tokens)
    for number in 0..<configuration.contextCount {
      let prompt = sampler.draw(
        PromptSampler.firstTestPrompt + UInt64(number), into: set, at: 0, withContext: true)
      var context = RetrievalContext(self, prompt)
      for index in 0..<configuration.queriesPerContext {
        if isCancelled() { throw .cancelled }
        var query = prompt
        (query.target, query.query) = sampler.drawQuery(
          PromptSampler.firstTestPrompt + UInt64(number), prompt.structure, index: index)
        try context.descend(query, into: &results)
      }
      results.end(context)
    }
    return results.outcome
  }
}
