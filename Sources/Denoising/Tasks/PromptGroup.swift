import Numerics

/// One prompt as the learner sees it: in single precision, after the coordinate transform if there is one.
public struct LearnerPrompt: Sendable, Hashable {
  /// X token by token: entry `t * n + i` is component i of token t; `L * n` entries.
  public var context: [Float]
  /// x̃, n entries; one after the other where a context has several queries.
  public var query: [Float]
  /// What is to be predicted, as many entries.
  public var target: [Float]
}

/// Consecutive prompts of one task that belong together: a training set, a test set.
public struct PromptGroup: Sendable, Hashable {
  /// `train`, `test`, …: ends the names of exported files.
  public var name: String
  /// Where the prompts come from.
  public var task: TaskConfiguration
  /// Which attention reads them, and so what of a context is kept.
  public var attention: AttentionConfiguration.Kind
  /// How many prompts there are.
  public var count: Int
  /// Key of their random numbers.
  public var key: UInt64
  /// Number of the first of them for the sampler.
  public var first: UInt64
  /// Queries of each context; more than one in a study of retrieval.
  public var queriesPerContext: Int

  /// The `count` prompts from number `first` on.
  public init(
    _ name: String, task: TaskConfiguration, attention: AttentionConfiguration.Kind, count: Int, key: UInt64,
    first: UInt64, queriesPerContext: Int = 1
  ) {
    self.name = name
    self.task = task
    self.attention = attention
    self.count = count
    self.key = key
    self.first = first
    self.queriesPerContext = queriesPerContext
  }

  /// The two sets that nearly every study has: `train` and `test`.
  static func sets(
    task: TaskConfiguration, attention: AttentionConfiguration.Kind, train: Int, test: Int, key: UInt64
  ) -> [PromptGroup] {
    [
      PromptGroup("train", task: task, attention: attention, count: train, key: key, first: 0),
      PromptGroup(
        "test", task: task, attention: attention, count: test, key: key, first: PromptSampler.firstTestPrompt),
    ]
  }

  /// Draws the prompts one after the other, in the order of their indices, and hands each over with its index. Holds one
  /// prompt at a time.
  ///
  /// A context is bit for bit what a layer reads, but under a coordinate transform: there A X is rounded once from
  /// double precision, and may differ from the learner's own in the last bit.
  ///
  /// - Throws: ``ExperimentError/invalid(_:)``, and what `body` throws.
  public func forEachPrompt(_ body: (Int, LearnerPrompt) throws -> Void) throws {
    try task.validate()
    let set = PromptSet(
      count: 1, dimension: task.ambientDimension, contextLength: task.contextLength,
      contextForm: attention.contextForm)
    let sampler = PromptSampler(task: task, key: key)
    for index in 0..<count {
      var prompt = sampler.draw(first + UInt64(index), into: set, at: 0, withContext: true)
      var seen = task.learnerPrompt(prompt)
      for query in 1..<max(1, queriesPerContext) {
        (prompt.target, prompt.query) = sampler.drawQuery(
          first + UInt64(index), prompt.structure, index: query)
        let next = task.learnerQuery(prompt)
        seen.query += next.query
        seen.target += next.target
      }
      try body(index, seen)
    }
  }
}

extension PromptGroup {
  /// Draws all prompts into a new set, and hands each over in original coordinates with X Xᵀ/L, both with their context
  /// only if that is asked for.
  ///
  /// - Parameters:
  ///   - withContext: whether `body` needs contexts.
  ///   - budget: bytes that tokens may still take. Contexts that do not fit are not kept but drawn anew whenever they are
  ///     read, which takes longer and changes no bit.
  ///   - isCancelled: asked before each prompt.
  ///   - body: sees every prompt once, in the order of the numbers.
  func draw(
    withContext: Bool, budget: inout Int, isCancelled: () -> Bool,
    _ body: (_ prompt: Prompt, _ secondMoment: Matrix?) -> Void = { _, _ in }
  ) throws(ExperimentError) -> PromptSet {
    let sampler = PromptSampler(task: task, key: key)
    let set = emptySet(sampler, &budget)
    for index in 0..<count {
      if isCancelled() { throw .cancelled }
      let (prompt, moment) = sampler.drawMeasured(
        first + UInt64(index), into: set, at: index, withContext: withContext)
      body(prompt, moment)
    }
    return set
  }

  /// An empty set that keeps its tokens if they fit into the budget, which then shrinks.
  private func emptySet(_ sampler: PromptSampler, _ budget: inout Int) -> PromptSet {
    let rankMax = task.coordinateCountMax
    let form = attention.contextForm
    // No overflow: a trial has at most 2·10⁷ prompts of 10⁶ tokens of 512 components.
    let bytes = count * TokenBlocks.blocks(for: task.contextLength) * (rankMax ?? task.ambientDimension) * 32
    var source: RegeneratedContexts?
    if form == .tokens {
      if bytes > budget { source = RegeneratedContexts(sampler, from: first) } else { budget -= bytes }
    }
    return PromptSet(
      count: count, dimension: task.ambientDimension, contextLength: task.contextLength, contextForm: form,
      rankMax: rankMax, source: source)
  }
}

extension TaskConfiguration {
  /// A prompt in original coordinates as the learner sees it.
  fileprivate func learnerPrompt(_ prompt: Prompt) -> LearnerPrompt {
    let (query, target) = learnerQuery(prompt)
    let context = transform.map { $0.matrix * prompt.context } ?? prompt.context
    return LearnerPrompt(context: context.transposed.values.map(Float.init), query: query, target: target)
  }

  /// The query of a prompt and its target, as the learner sees them.
  fileprivate func learnerQuery(_ prompt: Prompt) -> (query: [Float], target: [Float]) {
    guard let transform else { return (prompt.query.map(Float.init), prompt.target.map(Float.init)) }
    let target = transform.target == .transformed ? transform.matrix * prompt.target : prompt.target
    return ((transform.matrix * prompt.query).map(Float.init), target.map(Float.init))
  }
}
