import Denoising
import Numerics

extension Experiment {
  /// The training experiment that the parameters of a valid trial describe.
  init(parameters: ParameterSet) {
    let train = parameters.integer(.trainPrompts)
    self.init(
      task: TaskConfiguration(parameters), attention: AttentionConfiguration(parameters),
      training: TrainingConfiguration(
        trainPromptCount: train, testPromptCount: parameters.integer(.testPrompts),
        batchSize: min(parameters.integer(.batchSize), train), epochs: parameters.integer(.epochs),
        optimizer: Optimizer(parameters), learningRate: parameters.real(.learningRate),
        decayMilestones: parameters.reals(.decayAt),
        decayFactor: parameters[.decayFactor] == nil ? 1 : parameters.real(.decayFactor),
        initialScale: parameters.real(.initialScale),
        evaluationInterval: parameters[.evaluationInterval] == nil ? 1 : parameters.integer(.evaluationInterval)),
      streams: ExperimentStreams(parameters: parameters))
  }
}

extension TaskConfiguration {
  /// The task that the parameters of a valid trial describe.
  init(_ parameters: ParameterSet) {
    self.init(
      family: TaskFamily(parameters), ambientDimension: parameters.integer(.n),
      contextLength: parameters.integer(.L), noiseVariance: parameters.real(.noiseVariance),
      transform: CoordinateTransform.of(parameters),
      contextSampling: parameters[.contextSampling] == nil ? .tokens : parameters.word(.contextSampling))
  }
}

extension AttentionConfiguration {
  /// The layer that the parameters of a valid trial describe.
  init(_ parameters: ParameterSet) {
    self.init(
      kind: parameters.word(.attention),
      parameterization: parameters[.weights] == nil ? .scaledIdentity : parameters.word(.weights),
      hasResidual: parameters[.residual] == .flag(true))
  }
}

extension TaskFamily {
  fileprivate init(_ parameters: ParameterSet) {
    switch parameters[.task] {
    case .text("sphere")?:
      self = .sphere(dimension: parameters.distribution(.d), radius: parameters.real(.radius))
    case .text("mixture")?:
      self = .gaussianMixture(
        GaussianMixture(
          componentCount: parameters.distribution(.componentCount), radius: parameters.real(.radius),
          weights: parameters[.componentWeights] == nil ? [] : parameters.reals(.componentWeights),
          variances: parameters.reals(.signalVariance)))
    default:
      self = .linearSubspace(
        dimension: parameters.distribution(.d), signalVariance: parameters.real(.signalVariance))
    }
  }
}

extension Optimizer {
  fileprivate init(_ parameters: ParameterSet) {
    self =
      parameters[.optimizer] == .text("sgd")
      ? .sgd(momentum: parameters.real(.momentum))
      : .adam(
        beta1: parameters.real(.beta1), beta2: parameters.real(.beta2), epsilon: parameters.real(.epsilon))
  }
}

extension CoordinateTransform {
  fileprivate static func of(_ parameters: ParameterSet) -> CoordinateTransform? {
    let n = parameters.integer(.n)
    switch parameters[.transform] {
    case .text("random")?:
      return .random(
        dimension: n, conditionNumber: parameters.real(.transformCondition),
        key: ExperimentStreams.key(
          "icd stream transform", root: parameters.integer(.transformSeed), seed: n, []),
        target: parameters.word(.transformTarget))
    case .reals(let entries)?:
      return CoordinateTransform(
        matrix: Matrix(rows: n, columns: n, values: entries), target: parameters.word(.transformTarget))
    default: return nil
    }
  }
}

// What a valid trial has, by type. A trial is made only of parameters that were checked against the table, so that a
// missing one is a fault of this program, not of its input.
extension ParameterSet {
  subscript(key: ParameterKey) -> ParameterValue? { self[key.name] }

  func integer(_ key: ParameterKey) -> Int {
    guard case .integer(let value)? = self[key] else { preconditionFailure("a trial without an integer \(key.name)") }
    return value
  }

  func real(_ key: ParameterKey) -> Double {
    guard case .real(let value)? = self[key] else { preconditionFailure("a trial without a real \(key.name)") }
    return value
  }

  /// A list; a single number is a list of one.
  func reals(_ key: ParameterKey) -> [Double] {
    switch self[key] {
    case .reals(let values)?: return values
    case .real(let value)?: return [value]
    default: preconditionFailure("a trial without a list \(key.name)")
    }
  }

  func distribution(_ key: ParameterKey) -> IntegerDistribution {
    switch self[key] {
    case .integer(let value)?: return .fixed(value)
    case .integerRange(let range)?: return .uniform(range)
    default: preconditionFailure("a trial without \(key.name)")
    }
  }

  func word<Word: RawRepresentable<String>>(_ key: ParameterKey) -> Word {
    guard case .text(let text)? = self[key], let word = Word(rawValue: text) else {
      preconditionFailure("a trial with an unknown \(key.name)")
    }
    return word
  }
}
