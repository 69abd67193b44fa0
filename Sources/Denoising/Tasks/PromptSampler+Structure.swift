import Numerics

// The hidden task of a prompt, and the clean query.
extension PromptSampler {
  func drawStructure(_ number: UInt64) -> PromptStructure {
    var stream = stream(.structure, number)
    switch task.family {
    case .linearSubspace(let dimension, _):
      return .linearSubspace(basis: haarBasis(number, rank: dimension.draw(&stream)))
    case .sphere(let dimension, _):
      return .sphere(basis: haarBasis(number, rank: dimension.draw(&stream) + 1))
    case .gaussianMixture(let mixture):
      let count = mixture.componentCount.draw(&stream)
      return .gaussianMixture(centres: centres(number, count: count, radius: mixture.radius))
    }
  }

  /// An orthonormal basis of a Haar-random subspace: the Q of a Gaussian matrix, with R's diagonal positive.
  private func haarBasis(_ number: UInt64, rank: Int) -> Matrix {
    let normals = self.stream(.basis, number).normals(count: n * rank)
    return Matrix(rows: n, columns: rank, values: normals.map(Double.init)).orthonormalBasis
  }

  /// Centres uniform on the sphere of the given radius, as columns.
  private func centres(_ number: UInt64, count: Int, radius: Double) -> Matrix {
    let normals = self.stream(.basis, number).normals(count: n * count)
    var centres = Matrix(rows: n, columns: count)
    for component in 0..<count {
      let direction = normals[(component * n)..<(component * n + n)].map(Double.init)
      var square = 0.0
      for entry in direction { square += entry * entry }
      let scale = radius / square.squareRoot()
      for i in 0..<n { centres[i, component] = direction[i] * scale }
    }
    return centres
  }

  /// A clean query x_{L+1}, drawn like a token, in double precision.
  func drawQueryToken(_ number: UInt64, _ structure: PromptStructure) -> [Double] {
    var labels = stream(.labels, number | 1 << 63)
    switch (structure, task.family) {
    case (.linearSubspace(let basis), .linearSubspace(_, let variance)):
      let deviation = variance.squareRoot()
      return basis * stream(.query, number).normals(count: basis.columns).map { deviation * Double($0) }
    case (.sphere(let basis), .sphere(_, let radius)):
      let normals = stream(.query, number).normals(count: basis.columns).map(Double.init)
      var square = 0.0
      for entry in normals { square += entry * entry }
      let scale = radius / square.squareRoot()
      return basis * normals.map { scale * $0 }
    case (.gaussianMixture(let centres), .gaussianMixture(let mixture)):
      let label = GaussianMixture.label(mixture.cumulativeWeights(count: centres.columns), labels.nextUniform())
      let normals = stream(.query, number).normals(count: n)
      let deviation = mixture.variance(label).squareRoot()
      return (0..<n).map { centres[$0, label] + deviation * Double(normals[$0]) }
    default:
      preconditionFailure("a prompt's structure comes from its own task")
    }
  }
}

extension IntegerDistribution {
  /// A value, uniform over the range.
  fileprivate func draw(_ stream: inout RandomStream) -> Int {
    switch self {
    case .fixed(let value): value
    case .uniform(let range): range.lowerBound + Int(stream.nextInteger(below: UInt32(range.count)))
    }
  }
}
