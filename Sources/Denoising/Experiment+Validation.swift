import Numerics

extension Experiment {
  /// Checks everything that the sampler and the kernels take for granted.
  ///
  /// - Throws: ``ExperimentError/invalid(_:)`` with what is wrong.
  func validate() throws(ExperimentError) {
    try task.validate()
    try training.validate()
    if task.contextSampling == .wishart {
      guard attention.kind == .linear, case .linearSubspace = task.family else {
        throw .invalid("second moments alone suffice for linear attention on the linear task only")
      }
    }
  }
}

/// Throws what is wrong unless a condition holds.
private func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(ExperimentError) {
  if !condition { throw .invalid(problem()) }
}

extension TaskConfiguration {
  /// Checks everything that the sampler takes for granted.
  func validate() throws(ExperimentError) {
    let n = ambientDimension
    try require(n >= 1, "the ambient dimension is \(n); it must be at least 1")
    try require(contextLength >= 1, "the context length is \(contextLength); it must be at least 1")
    try require(
      noiseVariance >= 0 && noiseVariance.isFinite, "the noise variance is \(noiseVariance); it must not be negative")
    switch family {
    case .linearSubspace(let dimension, let variance):
      try require(
        dimension.range.lowerBound >= 1 && dimension.range.upperBound <= n,
        "a subspace of dimension \(dimension.range) does not fit into \(n) dimensions")
      try require(variance > 0 && variance.isFinite, "the signal variance is \(variance); it must be positive")
    case .sphere(let dimension, let radius):
      try require(
        dimension.range.lowerBound >= 1 && dimension.range.upperBound <= n - 1,
        "a sphere of dimension \(dimension.range) does not fit into \(n) dimensions")
      try require(radius > 0 && radius.isFinite, "the radius is \(radius); it must be positive")
    case .gaussianMixture(let mixture):
      try mixture.validate()
    }
    if let matrix = transform?.matrix {
      try require(matrix.rows == n && matrix.columns == n, "the transform is not a \(n) × \(n) matrix")
      try require(LUDecomposition(of: matrix) != nil, "the transform is a singular matrix")
    }
  }
}

extension GaussianMixture {
  fileprivate func validate() throws(ExperimentError) {
    let counts = componentCount.range
    try require(counts.lowerBound >= 1, "a mixture needs at least one component")
    try require(radius >= 0 && radius.isFinite, "the radius is \(radius); it must not be negative")
    try require(
      variances.count == 1 || (counts.count == 1 && variances.count == counts.upperBound),
      "\(variances.count) variances do not fit \(counts.upperBound) components")
    try require(
      variances.allSatisfy { $0 >= 0 && $0.isFinite }, "the variances of a mixture must not be negative")
    try require(
      weights.isEmpty || (counts.count == 1 && weights.count == counts.upperBound),
      "\(weights.count) weights do not fit \(counts.upperBound) components")
    try require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && (weights.isEmpty || weights.contains { $0 > 0 }),
      "the weights of a mixture must not be negative, nor all zero")
  }
}

extension TrainingConfiguration {
  fileprivate func validate() throws(ExperimentError) {
    try require(trainPromptCount >= 1 && testPromptCount >= 1, "training and testing need at least one prompt each")
    try require(batchSize >= 1, "the batch size is \(batchSize); it must be at least 1")
    try require(epochs >= 0, "the number of epochs is \(epochs); it must not be negative")
    try require(evaluationInterval >= 1, "the evaluation interval is \(evaluationInterval); it must be at least 1")
    try require(learningRate.isFinite && learningRate >= 0, "the learning rate must be a number, and not negative")
  }
}
