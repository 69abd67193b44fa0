package import Numerics

/// The learnt numbers of an attention layer, in one flat vector, and the n × n matrices that they stand for.
struct AttentionParameters {
  /// The matrices of a layer: W_PV, then W_KQ, or W_Q and W_K for Gaussian attention.
  enum Role: String, CaseIterable {
    case value
    case keyQuery = "key_query"
    case query
    case key
  }

  let configuration: AttentionConfiguration
  let size: Int
  /// The numbers that the optimizer moves: all matrices row-major one after the other, or one scale for each.
  var values: [Float]

  /// The roles of the matrices, in the order in which they are kept.
  static func roles(of kind: AttentionConfiguration.Kind) -> [Role] {
    kind == .gaussian ? [.value, .query, .key] : [.value, .keyQuery]
  }

  private var roles: [Role] { Self.roles(of: configuration.kind) }
  private var valuesPerMatrix: Int { configuration.parameterization == .full ? size * size : 1 }

  /// Initial weights, uniform in ± scale/√n, each matrix from a random stream of its own.
  init(configuration: AttentionConfiguration, size: Int, scale: Double, key: UInt64) {
    self.configuration = configuration
    self.size = size
    values = []
    let bound = scale / Double(size).squareRoot()
    for matrix in roles.indices {
      var stream = RandomStream(key: key, domain: UInt32(matrix), substream: 0)
      for _ in 0..<valuesPerMatrix { values.append(Float((2 * stream.nextUniform() - 1) * bound)) }
    }
  }

  /// The n × n matrices, row-major.
  var matrices: [[Float]] {
    roles.indices.map { matrix in
      let slice = values[(matrix * valuesPerMatrix)..<((matrix + 1) * valuesPerMatrix)]
      guard configuration.parameterization == .scaledIdentity, let scale = slice.first else { return Array(slice) }
      var identity = [Float](repeating: 0, count: size * size)
      for i in 0..<size { identity[i * size + i] = scale }
      return identity
    }
  }

  /// The matrices under their names.
  var weightMatrices: [WeightMatrix] {
    zip(roles, matrices).map { WeightMatrix(name: $0.rawValue, size: size, values: $1) }
  }

  /// Puts the weights into a kernel.
  func load(into kernel: AttentionKernel) {
    values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      configuration.parameterization == .full ? kernel.setWeights(first) : kernel.setScales(first)
    }
  }

  /// Writes the gradient with respect to ``values`` of the gradients that a kernel has gathered: for scaled identities,
  /// the trace of each.
  func copyGradient(from kernel: AttentionKernel, into gradient: inout [Float]) {
    gradient.withUnsafeMutableBufferPointer { gradient in
      guard let first = gradient.baseAddress else { return }
      configuration.parameterization == .full
        ? kernel.copyGradients(into: first) : kernel.copyGradientTraces(into: first)
    }
  }

  /// α, the mean of the diagonal of W_PV.
  var valueScale: Double {
    let value = matrices[0]
    var sum = 0.0
    for i in 0..<size { sum += Double(value[i * size + i]) }
    return sum / Double(size)
  }

  /// β, the mean of the diagonal of W_KQ, which for Gaussian attention is W_Kᵀ W_Q.
  var keyQueryScale: Double {
    let matrices = matrices
    var sum = 0.0
    if configuration.kind == .gaussian {
      for (query, key) in zip(matrices[1], matrices[2]) { sum += Double(query) * Double(key) }
    } else {
      for i in 0..<size { sum += Double(matrices[1][i * size + i]) }
    }
    return sum / Double(size)
  }
}

extension AttentionConfiguration.Kind {
  /// The kernel's name for it.
  package var pooling: AttentionKernel.Pooling {
    switch self {
    case .linear: .linear
    case .softmax: .softmax
    case .gaussian: .gaussian
    }
  }

  /// What a kernel of this kind needs of a context.
  package var contextForm: PromptSet.ContextForm { self == .linear ? .secondMoments : .tokens }
}
