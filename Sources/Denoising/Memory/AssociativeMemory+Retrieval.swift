import Numerics

/// Where a retrieval ended.
public struct Retrieval: Sendable, Hashable {
  /// The last state, n entries.
  public var state: [Double]
  /// Steps taken, or sweeps over all entries.
  public var steps: Int
  /// Whether the last one changed nothing: no entry of a binary state, at most 1e-12 of the length of a spherical one.
  public var hasConverged: Bool

  /// An end of a retrieval.
  public init(state: [Double], steps: Int, hasConverged: Bool) {
    self.state = state
    self.steps = steps
    self.hasConverged = hasConverged
  }
}

extension AssociativeMemory {
  /// All entries at once: the state nearest to Σ_μ ξ_μ F′(⟨ξ_μ, x⟩). For the classical model x ← sgn(Jx), with the
  /// diagonal of J; on the sphere it is the power method.
  ///
  /// It maximises the linearisation of −E over the space. So where F is convex (k even, or e^m) the energy never rises.
  public func step(from state: [Double]) -> [Double] {
    project(patterns * slopes(overlaps(with: state)), previous: state)
  }

  /// Repeats ``step(from:)`` until it changes nothing.
  public func retrieve(from query: [Double], stepsMax: Int = 1000) -> Retrieval {
    var state = project(query, previous: query)
    for step in 0..<stepsMax {
      let next = self.step(from: state)
      let change = squaredDistance(next, state)
      state = next
      if change <= 1e-24 * Double(dimension) { return Retrieval(state: state, steps: step + 1, hasConverged: true) }
    }
    return Retrieval(state: state, steps: stepsMax, hasConverged: false)
  }

  /// Entry after entry, each set to the sign with the lower energy, x_i ← sgn(E(x_i = −1) − E(x_i = +1)), until a whole
  /// sweep changes nothing (Krotov and Hopfield 2016). The energy never rises, for any F. For the classical model it is
  /// x_i ← sgn(Σ_{j≠i} J_ij x_j): the diagonal has no say.
  ///
  /// - Parameter order: the entries of a sweep in the order in which they are set; each occurs once.
  public func retrieveOneByOne(from query: [Double], order: [Int], sweepsMax: Int = 1000) -> Retrieval {
    precondition(stateSpace == .binary, "single entries can be set in binary states only")
    precondition(order.sorted() == Array(0..<dimension), "a sweep sets every entry once")
    var state = project(query, previous: query.map { $0 < 0 ? -1 : 1 })
    var overlaps = overlaps(with: state)
    for sweep in 0..<sweepsMax {
      var hasChanged = false
      for index in order where prefersFlip(index, state[index], overlaps) {
        for pattern in overlaps.indices { overlaps[pattern] -= 2 * state[index] * patterns[index, pattern] }
        state[index] = -state[index]
        hasChanged = true
      }
      if !hasChanged { return Retrieval(state: state, steps: sweep + 1, hasConverged: true) }
    }
    return Retrieval(state: state, steps: sweepsMax, hasConverged: false)
  }

  /// Whether the energy falls when an entry of the given value changes sign. Overlaps of binary vectors are integers, so
  /// that the sums for small powers are exact, and a tie is one.
  private func prefersFlip(_ index: Int, _ entry: Double, _ overlaps: [Double]) -> Bool {
    patterns.values.withUnsafeBufferPointer { values in
      let row = index * patterns.columns
      switch interaction {
      case .power(let k):
        var gain = 0.0
        for pattern in overlaps.indices {
          let flipped = overlaps[pattern] - 2 * entry * values[row + pattern]
          gain += power(flipped, k) - power(overlaps[pattern], k)
        }
        return gain > 0
      case .exponential:
        let largest = overlaps.reduce(-Double.infinity) { max($0, $1) }
        var gain = 0.0
        for pattern in overlaps.indices {
          let flipped = overlaps[pattern] - 2 * entry * values[row + pattern]
          gain += exponential(flipped - largest) - exponential(overlaps[pattern] - largest)
        }
        return gain > 0
      }
    }
  }

  /// F′(m) of every overlap; for the exponential interaction divided by the largest, which no projection notices.
  private func slopes(_ overlaps: [Double]) -> [Double] {
    switch interaction {
    case .power(let k): return overlaps.map { Double(k) * power($0, k - 1) }
    case .exponential:
      let largest = overlaps.max() ?? 0
      return overlaps.map { exponential($0 - largest) }
    }
  }
}
