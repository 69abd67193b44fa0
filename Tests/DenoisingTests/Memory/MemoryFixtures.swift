import Denoising
import Numerics
import Testing

/// Random numbers for the tests of the memory module.
struct MemoryFixtures {
  private let seed: UInt64
  private var substream: UInt64 = 0

  init(seed: UInt64) { self.seed = seed }

  mutating func normals(_ count: Int, scale: Double = 1) -> [Double] {
    substream += 1
    return RandomStream(key: seed, domain: 71, substream: substream).normals(count: count).map { scale * Double($0) }
  }

  mutating func matrix(_ rows: Int, _ columns: Int, scale: Double = 1) -> Matrix {
    Matrix(rows: rows, columns: columns, values: normals(rows * columns, scale: scale))
  }

  /// An invertible matrix that is neither symmetric nor orthogonal.
  mutating func transform(_ size: Int) -> Matrix { .identity(size, scale: 1.5) + matrix(size, size, scale: 0.3) }

  /// n × p of random signs.
  mutating func signs(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, values: normals(rows * columns).map { $0 < 0 ? -1 : 1 })
  }

  /// 0 ..< count in a random order.
  mutating func permutation(_ count: Int) -> [Int] {
    let keys = normals(count)
    return (0..<count).sorted { keys[$0] < keys[$1] }
  }
}

extension Matrix {
  /// The sum of two matrices of one shape.
  static func + (left: Matrix, right: Matrix) -> Matrix {
    Matrix(rows: left.rows, columns: left.columns, values: zip(left.values, right.values).map { $0 + $1 })
  }

  /// A matrix times a number.
  static func * (scale: Double, matrix: Matrix) -> Matrix {
    Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { scale * $0 })
  }
}

/// Energies of every kind on random memories, with the layer that a step of each is.
struct EnergyCase: Sendable, CustomTestStringConvertible {
  let name: String
  let energy: any MemoryEnergy
  let layer: any ReferenceAttention
  let context: Matrix
  let states: [[Double]]

  var testDescription: String { name }

  static let all: [EnergyCase] = [(1, 1), (2, 5), (4, 3), (5, 12)].flatMap(cases)

  private static func cases(n: Int, L: Int) -> [EnergyCase] {
    var random = MemoryFixtures(seed: UInt64(100 * n + L))
    let context = random.matrix(n, L)
    let states = (0..<4).map { random.normals(n, scale: [0.1, 1, 1, 5][$0]) }
    func scaled(_ scale: Double) -> Matrix { .identity(n, scale: scale) }
    var cases: [EnergyCase] = []
    func add(_ name: String, _ energy: any MemoryEnergy, _ layer: any ReferenceAttention, _ context: Matrix) {
      cases.append(
        EnergyCase(name: "\(name), n = \(n), L = \(L)", energy: energy, layer: layer, context: context, states: states))
    }
    for (alpha, beta) in [(1.0, 2.0), (1.3, 0.4), (0.7, 10), (0.9, -1.5), (-0.8, -2)] {
      add(
        "softmax α = \(alpha), β = \(beta)",
        DenseAssociativeEnergy(memories: context, valueScale: alpha, keyQueryScale: beta),
        SoftmaxAttention(value: scaled(alpha), keyQuery: scaled(beta)), context)
      add(
        "linear α = \(alpha), β = \(beta)", SphericalHopfieldEnergy(memories: context, scaleProduct: alpha * beta),
        LinearAttention(value: scaled(alpha), keyQuery: scaled(beta)), context)
      guard beta > 0 else { continue }
      let root = scaled(beta.squareRoot())
      add(
        "gaussian α = \(alpha), β = \(beta)",
        DenseAssociativeEnergy(memories: context, valueScale: alpha, keyQueryScale: beta, kernel: .gaussian),
        GaussianAttention(value: scaled(alpha), query: root, key: root), context)
    }
    for scale in [0.6, -0.5] {
      let keyQuery = random.matrix(n, n, scale: 0.8)
      let value = scale * keyQuery.transposed
      let field = AttentionField(memories: context, valueWeights: value, keyQueryWeights: keyQuery)
      guard let energy = WeightedAssociativeEnergy(field) else { preconditionFailure("W_PV = c W_KQᵀ has an energy") }
      add("weighted c = \(scale)", energy, SoftmaxAttention(value: value, keyQuery: keyQuery), context)
    }
    return cases
  }
}
