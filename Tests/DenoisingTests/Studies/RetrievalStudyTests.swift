import Denoising
import Numerics
import Testing

@Suite struct RetrievalStudyTests {
  private static let circle = TaskConfiguration(
    family: .sphere(dimension: .fixed(1), radius: 1), ambientDimension: 2, contextLength: 20, noiseVariance: 0.1)
  private static let subspace = TaskConfiguration(
    family: .linearSubspace(dimension: .fixed(2), signalVariance: 2), ambientDimension: 3, contextLength: 60,
    noiseVariance: 0.5)
  private static let mixture = TaskConfiguration(
    family: .gaussianMixture(GaussianMixture(componentCount: .fixed(3), radius: 1, variances: [0.02])),
    ambientDimension: 4, contextLength: 25, noiseVariance: 0.1)

  private static func configuration(
    _ attention: AttentionConfiguration.Kind, _ task: TaskConfiguration, alpha: Double = 1, stepSize: Double = 1,
    steps: Int = 12, contexts: Int = 3, queries: Int = 4
  ) -> RetrievalConfiguration {
    RetrievalConfiguration(
      attention: attention, valueScale: alpha, keyQueryScale: task.idealKeyQueryScale(for: attention),
      stepSize: stepSize,
      steps: steps, contextCount: contexts, queriesPerContext: queries)
  }

  /// The prompts of a study, with all queries of each context.
  private static func prompts(_ study: RetrievalStudy) -> [[Prompt]] {
    let sampler = PromptSampler(task: study.task, key: study.dataKey)
    let set = PromptSet(
      count: 1, dimension: study.task.ambientDimension, contextLength: study.task.contextLength, contextForm: .tokens)
    return (0..<study.configuration.contextCount).map { number in
      let number = PromptSampler.firstTestPrompt + UInt64(number)
      let prompt = sampler.draw(number, into: set, at: 0, withContext: true)
      return (0..<study.configuration.queriesPerContext).map { index in
        var query = prompt
        (query.target, query.query) = sampler.drawQuery(number, prompt.structure, index: index)
        return query
      }
    }
  }

  /// A step of size γ in units of attention's, from the attention layer: (1 − γ) s + γ f(s).
  private static func layer(_ configuration: RetrievalConfiguration, _ n: Int) -> any ReferenceAttention {
    let value = Matrix.identity(n, scale: configuration.valueScale)
    switch configuration.attention {
    case .linear: return LinearAttention(value: value, keyQuery: .identity(n, scale: configuration.keyQueryScale))
    case .softmax: return SoftmaxAttention(value: value, keyQuery: .identity(n, scale: configuration.keyQueryScale))
    case .gaussian:
      let root = Matrix.identity(n, scale: configuration.keyQueryScale.squareRoot())
      return GaussianAttention(value: value, query: root, key: root)
    }
  }

  /// Losses, distances, variances and forgotten queries of every step, and the losses of one step and at the end, against a plain
  /// iteration of the reference attention.
  @Test(arguments: AttentionConfiguration.Kind.allCases, [circle, subspace, mixture])
  func curvesAreThoseOfIteratedAttention(attention: AttentionConfiguration.Kind, task: TaskConfiguration) throws {
    for (alpha, stepSize) in [(1.0, 1.0), (0.9, 0.4)] {
      let configuration = Self.configuration(attention, task, alpha: alpha, stepSize: stepSize)
      let study = RetrievalStudy(task: task, configuration: configuration, dataKey: 5)
      let outcome = try study.run()
      let prompts = Self.prompts(study)
      let layer = Self.layer(configuration, task.ambientDimension)
      var states = prompts.map { $0.map(\.query) }
      // Queries moved by 2e-5 along their noise.
      var nearby = prompts.map { prompts in
        prompts.map { prompt in
          let length = squaredDistance(prompt.query, prompt.target).squareRoot()
          return zip(prompt.query, prompt.target).map { $0 + 2e-5 * ($0 - $1) / length }
        }
      }
      let firstSpread = states.map(Self.spread).reduce(0, +)
      for step in 0...configuration.steps {
        let point = outcome.curve[step]
        #expect(point.step == step)
        let losses = zip(prompts, states).flatMap { prompts, states in
          zip(prompts, states).map { squaredDistance($0.target, $1) / Double(task.ambientDimension) }
        }
        let loss = losses.reduce(0, +) / 12
        #expect((point.loss - loss).magnitude < 1e-12 * max(1, loss))
        let distances = zip(prompts, states).flatMap { prompts, states in
          zip(prompts, states).map { prompt, state in
            (0..<task.contextLength).map { squaredDistance(prompt.context.column($0), state).squareRoot() }.min() ?? 0
          }
        }
        let distance = distances.reduce(0, +) / 12
        #expect((point.tokenDistance - distance).magnitude < 1e-12 * max(1, distance))
        let variance = states.map(Self.spread).reduce(0, +) / firstSpread
        #expect((try #require(point.queryVariance) - variance).magnitude < 1e-12 * max(1, variance))
        let moved = zip(states, nearby).flatMap { zip($0, $1).map { squaredDistance($0, $1) / (4e-10) } }
        #expect(point.forgottenShare == Double(moved.count { $0 < 0.01 }) / 12)
        if step == 1, stepSize == 1 { #expect((outcome.oneStepLoss - point.loss).magnitude < 1e-13) }
        func stepped(_ states: [[[Double]]]) -> [[[Double]]] {
          zip(prompts, states).map { prompts, states in
            zip(prompts, states).map { prompt, state in
              let attended = layer.prediction(context: prompt.context, query: state)
              return zip(state, attended).map { (1 - stepSize) * $0 + stepSize * $1 }
            }
          }
        }
        (states, nearby) = (stepped(states), stepped(nearby))
      }
      #expect(zip(outcome.curve, outcome.curve.dropFirst()).allSatisfy { $1.energy <= $0.energy + 1e-12 })
    }
  }

  /// Σ ‖s − mean‖².
  private static func spread(_ states: [[Double]]) -> Double {
    let mean = states[0].indices.map { index in states.reduce(0) { $0 + $1[index] } / Double(states.count) }
    return states.reduce(0) { $0 + squaredDistance($1, mean) }
  }

  /// Ends are fixed points of attention, and the comparison is of their losses, context by context.
  @Test func comparisonIsOfTheEnds() throws {
    let configuration = Self.configuration(.softmax, Self.circle, steps: 3, contexts: 6, queries: 5)
    let study = RetrievalStudy(task: Self.circle, configuration: configuration, dataKey: 11)
    let outcome = try study.run()
    #expect(outcome.convergedShare == 1)
    let layer = Self.layer(configuration, 2)
    var (oneStep, ends, different) = ([Double](), [Double](), 0)
    for prompts in Self.prompts(study) {
      var states: [[Double]] = []
      var (first, last) = (0.0, 0.0)
      for prompt in prompts {
        first += squaredDistance(layer.prediction(context: prompt.context, query: prompt.query), prompt.target) / 10
        let end = (0..<20_000).reduce(prompt.query) { state, _ in
          layer.prediction(context: prompt.context, query: state)
        }
        last += squaredDistance(end, prompt.target) / 10
        if !states.contains(where: { squaredDistance($0, end) < 1e-6 }) { states.append(end) }
      }
      oneStep.append(first)
      ends.append(last)
      different += states.count
    }
    let comparison = try #require(outcome.comparison)
    #expect((comparison.reference - oneStep.reduce(0, +) / 6).magnitude < 1e-12)
    #expect(comparison.reference == outcome.oneStepLoss)
    #expect((comparison.other - ends.reduce(0, +) / 6).magnitude < 1e-7)
    #expect(outcome.endsPerContext == Double(different) / 6)
  }

  /// A query is not at its end because its steps are short: they lead where longer ones do.
  @Test func shortStepsEndWhereLongOnesDo() throws {
    let outcomes = try [1, 0.02].map { stepSize in
      let configuration = Self.configuration(
        .softmax, Self.circle, stepSize: stepSize, steps: 3, contexts: 4, queries: 3)
      return try RetrievalStudy(task: Self.circle, configuration: configuration, dataKey: 11).run()
    }
    #expect(outcomes.map(\.convergedShare) == [1, 1])
    #expect(outcomes[1].endsPerContext == outcomes[0].endsPerContext)
    let losses = try outcomes.map { try #require($0.comparison).other }
    #expect((losses[1] - losses[0]).magnitude < 1e-7)
    // And beyond all patience is not the end either.
    let tiny = Self.configuration(.softmax, Self.circle, stepSize: 1e-11, steps: 3, contexts: 1, queries: 1)
    #expect(try RetrievalStudy(task: Self.circle, configuration: tiny, dataKey: 11).run().convergedShare == 0)
  }

  /// Standard errors from the definition, and over resamples: the ratio's is of first order.
  @Test func pairedErrors() throws {
    var random = MemoryFixtures(seed: 31)
    let first = random.normals(400).map { 2 + 0.1 * $0 }
    let second = zip(first, random.normals(400)).map { 1.5 * $0 + 0.2 * $1 }
    let comparison = PairedComparison(reference: first, other: second)
    let expected = (0.05 * 0.05 + 0.2 * 0.2).squareRoot() / 20
    let difference = try #require(comparison.differenceStandardError)
    #expect((difference - expected).magnitude < 1e-3)
    let ratio = try #require(comparison.ratioStandardError)
    #expect((ratio - 0.2 / 2 / 20).magnitude < 5e-4)
    #expect(PairedComparison(reference: [1], other: [2]).ratioStandardError == nil)
  }

  /// Further queries of a prompt come from its hidden task, do not repeat, and leave the first as it is.
  @Test func queriesOfOneContext() throws {
    let sampler = PromptSampler(task: Self.circle, key: 3)
    let set = PromptSet(count: 1, dimension: 2, contextLength: 20, contextForm: .tokens)
    let prompt = sampler.draw(4, into: set, at: 0, withContext: true)
    let queries = (0..<4000).map { sampler.drawQuery(4, prompt.structure, index: $0) }
    #expect(queries[0].target == prompt.target && queries[0].query == prompt.query)
    #expect(queries.allSatisfy { (squaredNorm($0.target) - 1).magnitude < 1e-12 })
    #expect(Set(queries.map { $0.query }).count == 4000)
    let noise = queries.reduce(0) { $0 + squaredDistance($1.target, $1.query) } / 8000
    #expect((noise / 0.1 - 1).magnitude < 5 * (1.0 / 4000).squareRoot())
    let mean = (0..<2).map { index in queries.reduce(0) { $0 + $1.target[index] } / 4000 }
    #expect(squaredNorm(mean).squareRoot() < 5 * (1.0 / 4000).squareRoot())
  }

  /// The picture of the first context: its tokens, trajectories that start at queries and end where they must, energies.
  @Test func drawingIsOfTheFirstContext() throws {
    let configuration = Self.configuration(.softmax, Self.circle, steps: 7, contexts: 2, queries: 11)
    let study = RetrievalStudy(task: Self.circle, configuration: configuration, dataKey: 2)
    let drawing = try #require(try study.run().drawing)
    let prompts = Self.prompts(study)[0]
    #expect(drawing.tokens == (0..<20).map { prompts[0].context.column($0) })
    #expect(drawing.targets == prompts.prefix(8).map(\.target))
    let energy = configuration.energy(of: prompts[0].context)
    for (trajectory, prompt) in zip(drawing.trajectories, prompts) {
      #expect(trajectory.count == 8 && trajectory[0] == prompt.query)
      #expect(squaredDistance(trajectory[3], energy.step(from: trajectory[2], size: 1)) == 0)
    }
    for (end, trajectory) in zip(drawing.ends, drawing.trajectories) {
      #expect(energy.evaluate(at: end).value <= energy.evaluate(at: trajectory[7]).value)
      #expect(squaredDistance(energy.step(from: end, size: 1), end) < 1e-19)
    }
    let count = drawing.axis.count
    #expect(drawing.energies.count == count * count)
    #expect(drawing.energies[3 * count + 8] == energy.evaluate(at: [drawing.axis[8], drawing.axis[3]]).value)
    let all = drawing.tokens + drawing.trajectories.joined()
    #expect(all.joined().allSatisfy { $0.magnitude <= drawing.axis[count - 1] })
    let task = Self.mixture
    let other = RetrievalStudy(task: task, configuration: Self.configuration(.softmax, task), dataKey: 2)
    #expect(try other.run().drawing == nil)
  }

  /// A linear energy without a minimum is an error that says so, and so are configurations that cannot run.
  @Test func errors() throws {
    var steep = Self.configuration(.linear, Self.subspace, steps: 2000)
    steep.keyQueryScale = 3
    let study = RetrievalStudy(task: Self.subspace, configuration: steep, dataKey: 1)
    let error = try #require(throws: ExperimentError.self) { try study.run() }
    guard case .unbounded(let step) = error else { throw error }
    #expect(step > 10 && step <= 2000)
    steep.steps = 5
    let short = try RetrievalStudy(task: Self.subspace, configuration: steep, dataKey: 1).run()
    #expect(short.convergedShare == 0 && short.unboundedShare == 1 && short.curve.count == 6)
    #expect(short.comparison == nil && short.endTokenDistance == nil)

    for change in [
      { $0.steps = 0 }, { $0.stepSize = 0 }, { $0.keyQueryScale = -1 }, { $0.queriesPerContext = 0 },
      { $0.contextCount = 0 }, { $0.valueScale = .nan },
    ] as [(inout RetrievalConfiguration) -> Void] {
      var bad = Self.configuration(.softmax, Self.circle)
      change(&bad)
      #expect(throws: ExperimentError.self) {
        try RetrievalStudy(task: Self.circle, configuration: bad, dataKey: 1).run()
      }
    }
    let cancelled = RetrievalStudy(
      task: Self.circle, configuration: Self.configuration(.softmax, Self.circle), dataKey: 1)
    #expect(throws: ExperimentError.cancelled) { try cancelled.run { true } }
  }

  /// Figure 5's claim over 10⁴ queries on the circle (R = 1, σ_Z² = 0.1, β = 10): iterating to a fixed point is worse than
  /// one step in mean loss, and what remains depends less on the query.
  @Test(arguments: [20, 30]) func iterationIsWorseThanOneStep(L: Int) throws {
    var task = Self.circle
    task.contextLength = L
    let configuration = Self.configuration(.softmax, task, steps: 50, contexts: 1000, queries: 10)
    let outcome = try RetrievalStudy(task: task, configuration: configuration, dataKey: 77).run()
    let comparison = try #require(outcome.comparison)
    #expect(outcome.convergedShare == 1)
    #expect(comparison.difference > 10 * (try #require(comparison.differenceStandardError)))
    // The same in NumPy, with other random numbers and 10⁴ queries: 3.49 ± 0.06 at L = 20 and 3.90 ± 0.07 at L = 30.
    #expect((comparison.ratio - (L == 20 ? 3.49 : 3.90)).magnitude < 0.5, "\(comparison.ratio)")
    let bayes = try #require(outcome.baselines.first { $0.name == "bayes" }).test
    #expect(comparison.reference > bayes && comparison.reference < outcome.curve[0].loss)
    #expect(outcome.best?.step == 1)
    #expect(outcome.curve[1].forgottenShare < 0.2)
    #expect(try #require(outcome.curve.last).forgottenShare > 0.9)
  }
}
