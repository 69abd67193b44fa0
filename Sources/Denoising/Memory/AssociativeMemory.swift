public import Numerics

/// The nonlinearity F of an associative memory E(x) = −Σ_μ F(⟨ξ_μ, x⟩).
public enum MemoryInteraction: Sendable, Hashable {
  /// F = m^k, 2 ≤ k ≤ 32. k = 2 is the classical model (Hopfield 1982), k ≥ 3 a dense one (Krotov and Hopfield 2016).
  case power(Int)
  /// F = e^m (Demircigil et al. 2017).
  case exponential
}

/// What the states of an associative memory are.
public enum MemoryStateSpace: String, Sendable, Hashable, CaseIterable {
  /// x ∈ {−1, +1}ⁿ.
  case binary
  /// ‖x‖² = n (Appendix I.1).
  case spherical
}

/// A classical Hopfield network or a dense associative memory: p patterns ξ_μ as the low places of an energy, from which a
/// corrupted pattern is to find back to its original.
///
///     E(x) = −Σ_μ F(⟨ξ_μ, x⟩)
///
/// With F = m² and binary states it is the classical model E = −xᵀJx, J = Σ_μ ξ_μ ξ_μᵀ.
public struct AssociativeMemory: Sendable {
  /// ξ, n × p: the patterns as columns, each a state of the space.
  public let patterns: Matrix
  /// F.
  public let interaction: MemoryInteraction
  /// What states are.
  public let stateSpace: MemoryStateSpace

  /// A memory of at least one pattern.
  public init(patterns: Matrix, interaction: MemoryInteraction, stateSpace: MemoryStateSpace = .binary) {
    if case .power(let k) = interaction { precondition(2...32 ~= k, "the power of an interaction is 2 to 32") }
    precondition(patterns.columns > 0, "a memory needs at least one pattern")
    self.patterns = patterns
    self.interaction = interaction
    self.stateSpace = stateSpace
  }

  /// n.
  public var dimension: Int { patterns.rows }

  /// ⟨ξ_μ, x⟩ for every pattern.
  public func overlaps(with state: [Double]) -> [Double] { patterns.transposedTimes(state) }

  /// E(x); for the exponential interaction −log Σ_μ e^⟨ξ_μ, x⟩, which orders states alike and does not overflow.
  public func energy(of state: [Double]) -> Double {
    let overlaps = overlaps(with: state)
    switch interaction {
    case .power(let k): return -overlaps.reduce(0) { $0 + power($1, k) }
    case .exponential:
      let largest = overlaps.max() ?? 0
      return -largest - logarithm(overlaps.reduce(0) { $0 + Numerics.exponential($1 - largest) })
    }
  }

  /// The nearest state of the space: signs (of zero, that of `previous`), or the vector scaled to ‖x‖² = n.
  func project(_ vector: [Double], previous: [Double]) -> [Double] {
    switch stateSpace {
    case .binary: return zip(vector, previous).map { $0 == 0 ? $1 : $0 < 0 ? -1 : 1 }
    case .spherical:
      let largest = vector.reduce(0) { max($0, $1.magnitude) }
      guard largest > 0, largest.isFinite else { return previous }
      let direction = vector.map { $0 / largest }
      let scale = (Double(dimension) / squaredNorm(direction)).squareRoot()
      return direction.map { scale * $0 }
    }
  }
}

/// mᵏ for k ≥ 0.
func power(_ m: Double, _ k: Int) -> Double {
  var result = 1.0
  for _ in 0..<k { result *= m }
  return result
}
