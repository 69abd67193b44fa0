public import Numerics

/// What an estimator looks at besides the query.
public struct EvidenceKinds: OptionSet, Sendable, Hashable {
  /// One bit for each kind.
  public let rawValue: Int

  /// A set from its bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The hidden task: subspace or centres.
  public static let hiddenTask = EvidenceKinds(rawValue: 1)
  /// The mean of the context tokens.
  public static let contextMean = EvidenceKinds(rawValue: 2)
  /// The subspace of the context's leading principal directions.
  public static let principalSubspace = EvidenceKinds(rawValue: 4)
  /// Every context token.
  public static let contextTokens = EvidenceKinds(rawValue: 8)
}

/// What is known of one prompt besides the query. Only what was asked for is there.
public struct Evidence: Sendable {
  /// The hidden task.
  public let structure: PromptStructure
  /// (1/L) Σ X_t, n entries.
  public let contextMean: [Double]?
  /// n × r, orthonormal: the r leading eigenvectors of X Xᵀ/L, r being the rank of the hidden subspace or, in a shorter
  /// context, L: directions beyond the context's own span would be arbitrary.
  public let principalBasis: Matrix?
  /// X, n × L.
  public let context: Matrix?

  /// The evidence of the given kinds in a prompt. The context may be left empty if no kind needs it.
  ///
  /// - Parameters:
  ///   - secondMoment: X Xᵀ/L, n × n, if the caller has it already; it is computed otherwise.
  ///   - contextLength: L, where the context is left empty because its second moment is all that is known of it.
  public init(of prompt: Prompt, kinds: EvidenceKinds, secondMoment: Matrix? = nil, contextLength: Int? = nil) {
    structure = prompt.structure
    contextMean = kinds.contains(.contextMean) ? prompt.context.columnMean : nil
    context = kinds.contains(.contextTokens) ? prompt.context : nil
    if kinds.contains(.principalSubspace), let rank = prompt.structure.subspaceRank {
      let moment = secondMoment ?? prompt.context.secondMoment
      principalBasis = SymmetricEigenDecomposition(of: moment).leadingVectors(
        min(rank, contextLength ?? prompt.context.columns))
    } else {
      principalBasis = nil
    }
  }
}

/// A predictor of the clean query.
public protocol Estimator: Sendable {
  /// What it looks at besides the query.
  var evidence: EvidenceKinds { get }

  /// x̂, n entries, from x̃ and the evidence that this estimator asks for.
  func estimate(_ query: [Double], from evidence: Evidence) -> [Double]
}

extension Estimator {
  /// x̂, n entries, for a whole prompt.
  public func estimate(_ prompt: Prompt) -> [Double] {
    estimate(prompt.query, from: Evidence(of: prompt, kinds: evidence))
  }
}

extension PromptStructure {
  /// An orthonormal basis of the subspace that the tokens lie in, n × d or n × (d + 1); nothing for a mixture.
  public var subspaceBasis: Matrix? {
    switch self {
    case .linearSubspace(let basis), .sphere(let basis): basis
    case .gaussianMixture: nil
    }
  }

  /// Dimension of the subspace that the tokens lie in; nothing for a mixture.
  public var subspaceRank: Int? { subspaceBasis?.columns }
}
