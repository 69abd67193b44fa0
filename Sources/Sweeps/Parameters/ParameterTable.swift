import Denoising

private let isTraining: @Sendable (Assignment) -> Bool = { $0.study == .training }
private let isLandscape: @Sendable (Assignment) -> Bool = { $0.study == .landscape }
private let isRetrieval: @Sendable (Assignment) -> Bool = { $0.study == .retrieval }
private let isTransfer: @Sendable (Assignment) -> Bool = { $0.study == .transfer }
private let trains: @Sendable (Assignment) -> Bool = { [.training, .transfer].contains($0.study) }
private let readsWholeTasks: @Sendable (Assignment) -> Bool = {
  [.training, .landscape, .transfer].contains($0.study)
}
private let isLinearTask: @Sendable (Assignment) -> Bool = { $0.isWord(.task, "linear") }
private let isSphere: @Sendable (Assignment) -> Bool = { $0.isWord(.task, "sphere") }
private let isMixture: @Sendable (Assignment) -> Bool = { $0.isWord(.task, "mixture") }
private let hasLinearAttention: @Sendable (Assignment) -> Bool = { $0.isWord(.attention, "linear") }
private let isAdam: @Sendable (Assignment) -> Bool = { $0.isWord(.optimizer, "adam") }
private let isGradientDescent: @Sendable (Assignment) -> Bool = { $0.isWord(.optimizer, "sgd") }
private let decays: @Sendable (Assignment) -> Bool = { $0.reals(.decayAt)?.isEmpty == false }
private let hasTransform: @Sendable (Assignment) -> Bool = { $0[.transform] != nil && !$0.isWord(.transform, "none") }
private let hasRandomTransform: @Sendable (Assignment) -> Bool = { $0.isWord(.transform, "random") }

/// Largest n, and so the largest d and the largest matrix.
private let ambientDimensionMax = 512
/// Most components of a mixture.
private let componentCountMax = 4096
/// Most prompts of one set.
private let promptCountMax = 10_000_000

extension ParameterDefinition {
  /// The table of parameters, in the order of the documentation: names, types, bounds, defaults (the paper's settings) and where each has a meaning.
  package static let table =
    studyTable + taskTable + transformTable + attentionTable + promptTable + trainingTable + landscapeTable
    + transferTable + retrievalTable + seedTable

  private static let studyTable: [ParameterDefinition] = [
    .init(
      .study, .word(Study.Kind.allCases.map(\.rawValue)), "what is done with the prompts", default: "training",
      implicitDefault: .text(Study.Kind.training.rawValue), defaultValue: { _ in nil })
  ]

  private static let taskTable: [ParameterDefinition] = [
    .init(.task, .word(["linear", "sphere", "mixture"]), "family of the token distribution", default: "linear") { _ in
      .text("linear")
    },
    .init(.n, .integer(1...ambientDimensionMax), "dimension of a token", default: "16") { _ in .integer(16) },
    .init(
      .d, .integerOrUniform(1...ambientDimensionMax),
      "dimension of the subspace (at most n) or of the sphere (at most n - 1)", when: "task: linear, sphere",
      default: "8", isMeaningful: { !isMixture($0) }, defaultValue: { _ in .integer(8) }),
    .init(.L, .integer(1...1_000_000), "number of clean context tokens; the query is not counted", default: "500") {
      _ in .integer(500)
    },
    .init(
      .signalVariance, .realOrList(.nonNegative, countMax: componentCountMax),
      "variance of clean tokens (linear: positive), or of each component (mixture: one number, or one per component)",
      when: "task: linear, mixture", default: "2 (linear), 0.02 (mixture)", isMeaningful: { !isSphere($0) },
      defaultValue: { .real(isMixture($0) ? 0.02 : 2) }),
    .init(
      .noiseVariance, .real(.positive), "variance of the corruption of the query, per component",
      default: "1 (linear), 0.1 (sphere, mixture)", defaultValue: { .real(isLinearTask($0) ? 1 : 0.1) }),
    .init(
      .radius, .real(.positive), "radius of the sphere, or norm of the centres", when: "task: sphere, mixture",
      default: "1", isMeaningful: { !isLinearTask($0) }, defaultValue: { _ in .real(1) }),
    .init(
      .componentCount, .integerOrUniform(1...componentCountMax), "number of components", when: "task: mixture",
      default: "8", isMeaningful: isMixture, defaultValue: { _ in .integer(8) }),
    .init(
      .componentWeights, .reals(.positive, counts: 1...componentCountMax, areAscending: false),
      "relative weights of the components, one for each; they need not sum to 1",
      when: "task: mixture, with a fixed component_count", default: nil, isMeaningful: isMixture,
      defaultValue: { _ in nil }),
  ]

  private static let transformTable: [ParameterDefinition] = [
    .init(
      .transform, .transform, "fixed matrix A through which the learner sees every prompt",
      when: "study: training, landscape, transfer", default: "none", isMeaningful: readsWholeTasks,
      defaultValue: { _ in .text("none") }),
    .init(
      .transformTarget, .word(["original", "transformed"]), "whether x or A x is to be predicted",
      when: "transform: random or a matrix", default: "original", isMeaningful: hasTransform,
      defaultValue: { _ in .text("original") }),
    .init(
      .transformCondition, .real(.conditionNumber), "condition number of the random A", when: "transform: random",
      default: "10", isMeaningful: hasRandomTransform, defaultValue: { _ in .real(10) }),
    .init(
      .transformSeed, .integer(0...Int.max), "seed of the random A, which is the same in every trial",
      when: "transform: random", default: "1", isMeaningful: hasRandomTransform, defaultValue: { _ in .integer(1) }),
  ]

  private static let attentionTable: [ParameterDefinition] = [
    .init(.attention, .word(["linear", "softmax", "gaussian"]), "attention layer", default: "linear") { _ in
      .text("linear")
    },
    .training(
      .weights, .word(["full", "scaled_identity"]), "whole weight matrices, or one scale for each", default: "full"
    ) { _ in .text("full") },
    .init(
      .contextSampling, .word(["tokens", "wishart"]),
      "what is drawn of a context: its tokens, or only X Xᵀ/L, exactly and at a cost that does not depend on L",
      when: "study: training, landscape, transfer, convergence; task: linear with attention: linear",
      default: "tokens", implicitDefault: .text("tokens"),
      isMeaningful: { isLinearTask($0) && hasLinearAttention($0) && !isRetrieval($0) }, defaultValue: { _ in nil }),
    .init(
      .residual, .flag, "whether the query is added to the output", when: "study: training, landscape, transfer",
      default: "false", isMeaningful: readsWholeTasks, defaultValue: { _ in .flag(false) }),
  ]

  private static let promptTable: [ParameterDefinition] = [
    .init(
      .trainPrompts, .integer(1...promptCountMax), "training prompts", when: "study: training, landscape, transfer",
      default: "800", isMeaningful: readsWholeTasks, defaultValue: { _ in .integer(800) }),
    .init(
      .testPrompts, .integer(1...promptCountMax),
      "test prompts; in a transfer, those on which the layer is used",
      when: "study: training, landscape, transfer, convergence", default: "200", isMeaningful: { !isRetrieval($0) },
      defaultValue: { _ in .integer(200) }),
  ]

  private static let trainingTable: [ParameterDefinition] = [
    .training(
      .batchSize, .integer(1...promptCountMax), "prompts in a batch; more than train_prompts is all of them",
      default: "80"
    ) { _ in .integer(80) },
    .training(
      .epochs, .integer(1...1_000_000), "passes over the training set", default: "100 (linear), 200 (sphere, mixture)",
      defaultValue: { .integer(isLinearTask($0) ? 100 : 200) }),
    .training(.optimizer, .word(["adam", "sgd"]), "update rule", default: "adam") { _ in .text("adam") },
    .training(.learningRate, .real(.positive), "step size before any decay", default: "0.01") { _ in .real(0.01) },
    .training(
      .beta1, .real(.belowOne), "Adam's decay of the mean of the gradient", when: "optimizer: adam", default: "0.9",
      isMeaningful: isAdam, defaultValue: { _ in .real(0.9) }),
    .training(
      .beta2, .real(.belowOne), "Adam's decay of the mean of its square", when: "optimizer: adam", default: "0.999",
      isMeaningful: isAdam, defaultValue: { _ in .real(0.999) }),
    .training(
      .epsilon, .real(.positive), "Adam's guard of the division", when: "optimizer: adam", default: "1e-8",
      isMeaningful: isAdam, defaultValue: { _ in .real(1e-8) }),
    .training(
      .momentum, .real(.belowOne), "heavy-ball momentum", when: "optimizer: sgd", default: "0",
      isMeaningful: isGradientDescent, defaultValue: { _ in .real(0) }),
    .training(
      .decayAt, .reals(.fraction, counts: 0...100, areAscending: true),
      "fractions of the epochs at which the step size is multiplied by decay_factor; [] for never",
      default: "[0.8, 0.9]"
    ) { _ in .reals([0.8, 0.9]) },
    .training(
      .decayFactor, .real(.positive), "what the step size is multiplied by", when: "decay_at is not empty",
      default: "0.1", isMeaningful: decays, defaultValue: { _ in .real(0.1) }),
    .training(
      .initialScale, .real(.positive), "weights start uniform in ±initial_scale/√n", default: "1"
    ) { _ in .real(1) },
    .init(
      .evaluationInterval, .integer(1...1_000_000), "epochs between two evaluations of the whole train and test loss",
      when: "study: training", default: "1", isMeaningful: isTraining, defaultValue: { _ in .integer(1) }),
  ]

  private static let landscapeTable: [ParameterDefinition] = [
    .init(
      .alphaBounds, .reals(.any, counts: 2...2, areAscending: true), "first and last α of the grid: W_PV = α I",
      when: "study: landscape", default: "[-2, 2]", isMeaningful: isLandscape, defaultValue: { _ in .reals([-2, 2]) }),
    .init(
      .betaBounds, .reals(.any, counts: 2...2, areAscending: true), "first and last β of the grid: W_KQ = β I",
      when: "study: landscape", default: "[-2, 2] (linear), [-20, 20] (sphere, mixture)", isMeaningful: isLandscape,
      defaultValue: { .reals(isLinearTask($0) ? [-2, 2] : [-20, 20]) }),
    .init(
      .gridPoints, .integer(2...1000), "values of α and of β on the grid", when: "study: landscape", default: "50",
      isMeaningful: isLandscape, defaultValue: { _ in .integer(50) }),
  ]

  private static let transferTable: [ParameterDefinition] = [
    .init(
      .transferD, .integerOrUniform(1...ambientDimensionMax),
      "dimension of the subspace or sphere on which the layer is used",
      when: "study: transfer; task: linear, sphere", default: "d",
      isMeaningful: { isTransfer($0) && !isMixture($0) }, defaultValue: { $0[.d] }),
    .init(
      .transferL, .integer(1...1_000_000), "length of the contexts with which the layer is used",
      when: "study: transfer", default: "L", isMeaningful: isTransfer, defaultValue: { $0[.L] }),
  ]

  private static let retrievalTable: [ParameterDefinition] = [
    .retrieval(
      .contexts, .integer(1...1_000_000), "contexts whose queries descend their energy", default: "200",
      defaultValue: { _ in .integer(200) }),
    .retrieval(
      .queriesPerContext, .integer(1...10_000), "queries of each context", default: "50",
      defaultValue: { _ in .integer(50) }),
    .retrieval(
      .steps, .integer(1...10_000), "steps of the curves; queries then go on until they converge", default: "100",
      defaultValue: { _ in .integer(100) }),
    .retrieval(
      .stepSize, .real(.positive),
      "γ of Eq 17 in units of the step that is attention: α, or αβ with attention: linear; below 2 the energy falls",
      default: "1", defaultValue: { _ in .real(1) }),
    .retrieval(
      .valueScale, .real(.positive), "α of the energy", default: "1", defaultValue: { _ in .real(1) }),
    .retrieval(
      .keyQueryScale, .real(.positive), "β of the energy",
      default: "1/σ_Z² (softmax, gaussian), 1/(s + σ_Z²) with s the mean variance of a token (linear)",
      defaultValue: { _ in nil }),
  ]

  // Set by the `seeds` section, for every trial.
  private static let seedTable: [ParameterDefinition] = [
    .init(.seed, .integer(1...Int.max), "number of the seed", default: nil) { _ in nil },
    .init(.seedRoot, .integer(0...Int.max), "what all seeds of a sweep are derived from", default: nil) { _ in nil },
    .init(
      .dataSeed, .integer(1...Int.max), "number of the seed of the prompts: the seed, or 1 with shared_data",
      default: nil
    ) { _ in nil },
  ]

  /// A parameter of retrieval.
  private static func retrieval(
    _ key: ParameterKey, _ kind: ParameterKind, _ summary: String, default text: String,
    defaultValue: @escaping @Sendable (Assignment) -> ParameterValue?
  ) -> ParameterDefinition {
    .init(
      key, kind, summary, when: "study: retrieval", default: text, isMeaningful: isRetrieval,
      defaultValue: defaultValue)
  }

  /// A parameter of studies that train a layer.
  private static func training(
    _ key: ParameterKey, _ kind: ParameterKind, _ summary: String, when meaning: String? = nil, default text: String,
    isMeaningful: @escaping @Sendable (Assignment) -> Bool = { _ in true },
    defaultValue: @escaping @Sendable (Assignment) -> ParameterValue?
  ) -> ParameterDefinition {
    .init(
      key, kind, summary, when: "study: training, transfer" + (meaning.map { "; \($0)" } ?? ""), default: text,
      isMeaningful: { trains($0) && isMeaningful($0) }, defaultValue: defaultValue)
  }
}
