import Denoising
import Foundation
import Numerics

/// A plain sampler of prompts for Monte Carlo checks: SplitMix64 and Box–Muller, sharing nothing with the product's own.
struct TwinSampler {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea and Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in (0, 1].
  mutating func uniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let length = (-2 * Foundation.log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = length * Foundation.sin(angle)
    return length * Foundation.cos(angle)
  }

  mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  mutating func draw(_ distribution: IntegerDistribution) -> Int {
    let range = distribution.range
    return range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func unitVector(_ count: Int) -> [Double] {
    let x = normals(count)
    let norm = squaredNorm(x).squareRoot()
    return x.map { $0 / norm }
  }

  /// A prompt of the task with its own context length, or another (0 where the context does not matter).
  mutating func prompt(_ task: TaskConfiguration, contextLength: Int? = nil) -> Prompt {
    let n = task.ambientDimension
    let structure: PromptStructure
    switch task.family {
    case .linearSubspace(let dimension, _): structure = .linearSubspace(basis: basis(n, draw(dimension)))
    case .sphere(let dimension, _): structure = .sphere(basis: basis(n, draw(dimension) + 1))
    case .gaussianMixture(let mixture):
      let count = draw(mixture.componentCount)
      let rows = (0..<count).map { _ in unitVector(n).map { mixture.radius * $0 } }
      structure = .gaussianMixture(centres: Matrix(rows: count, columns: n, values: rows.flatMap { $0 }).transposed)
    }
    let length = contextLength ?? task.contextLength
    let tokens = (0...length).map { _ in token(task.family, structure) }
    let noise = task.noiseVariance.squareRoot()
    return Prompt(
      context: Matrix(rows: length, columns: n, values: tokens.dropLast().flatMap { $0 }).transposed,
      query: tokens[length].map { $0 + noise * normal() }, target: tokens[length], structure: structure)
  }

  private mutating func basis(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, values: normals(rows * columns)).orthonormalBasis
  }

  private mutating func token(_ family: TaskFamily, _ structure: PromptStructure) -> [Double] {
    switch (family, structure) {
    case (.linearSubspace(_, let signal), .linearSubspace(let basis)):
      return basis * normals(basis.columns).map { signal.squareRoot() * $0 }
    case (.sphere(_, let radius), .sphere(let basis)):
      return basis * unitVector(basis.columns).map { radius * $0 }
    case (.gaussianMixture(let mixture), .gaussianMixture(let centres)):
      let weights = (0..<centres.columns).map { mixture.weights.isEmpty ? 1 : mixture.weights[$0] }
      var place = uniform() * weights.reduce(0, +)
      var component = 0
      while component + 1 < weights.count, place > weights[component] {
        place -= weights[component]
        component += 1
      }
      let variance = mixture.variances.count == 1 ? mixture.variances[0] : mixture.variances[component]
      return centres.column(component).map { $0 + variance.squareRoot() * normal() }
    default: fatalError("a structure of another family")
    }
  }
}

/// A mean with its standard error.
struct MonteCarloMean {
  private var count = 0.0
  private var sum = 0.0
  private var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    squares += value * value
  }

  var mean: Double { sum / count }
  var standardError: Double { ((squares / count - mean * mean) / count).squareRoot() }

  /// Distance from an expected value, in standard errors.
  func deviation(from expected: Double) -> Double { (mean - expected).magnitude / standardError }
}

/// Entries uniform in [−1, 1) from Knuth's 64-bit congruential generator, from which the SciPy values start too:
/// `s = (s * 6364136223846793005 + 1442695040888963407) % 2**64; v = ((s >> 11) / 2**53) * 2 - 1`.
func congruentialMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var state = seed
  let values = (0..<(rows * columns)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53 * 2 - 1
  }
  return Matrix(rows: rows, columns: columns, values: values)
}

/// Largest magnitude of a difference; infinite if the lengths differ or something is not a number.
func distance(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { worst, pair in
    let difference = (pair.0 - pair.1).magnitude
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// The paper's three tasks at its settings: n = 16, d = 8 or p = 8.
enum PaperTask {
  static func linear(contextLength: Int = 500) -> TaskConfiguration {
    TaskConfiguration(
      family: .linearSubspace(dimension: .fixed(8), signalVariance: 2), ambientDimension: 16,
      contextLength: contextLength, noiseVariance: 1)
  }
  static let sphere = TaskConfiguration(
    family: .sphere(dimension: .fixed(8), radius: 1), ambientDimension: 16, contextLength: 500, noiseVariance: 0.1)
  static let mixture = TaskConfiguration(
    family: .gaussianMixture(GaussianMixture(componentCount: .fixed(8), radius: 1, variances: [0.02])),
    ambientDimension: 16, contextLength: 500, noiseVariance: 0.1)
}
