import Numerics

/// Sums over all queries of what a retrieval curve shows.
struct RetrievalTally {
  /// One query after some steps.
  struct Entry {
    var step = 0
    var loss = 0.0
    var energy = 0.0
    var tokenDistance = 0.0
    /// 1 if the query is forgotten, 0 otherwise.
    var forgotten = 0.0
  }

  private struct Sums {
    var entry = Entry()
    /// Σ over contexts and their queries of ‖s − mean of its context‖².
    var spread = 0.0
  }

  private var sums: [Sums]
  private var queryCount = 0
  private let hasSpread: Bool

  // Of the context at hand: states are summed as differences from those of its first query, so that the spread of
  // states that have become equal is exactly zero.
  private let dimension: Int
  private var references: [Double]
  private var deviations: [Double]
  private var squares: [Double]
  private var contextQueries = 0

  init(_ configuration: RetrievalConfiguration, dimension: Int) {
    let points = configuration.steps + 1
    sums = Swift.Array(repeating: Sums(), count: points)
    hasSpread = configuration.queriesPerContext > 1
    self.dimension = dimension
    references = Swift.Array(repeating: 0, count: points * dimension)
    deviations = references
    squares = Swift.Array(repeating: 0, count: points)
  }

  mutating func add(_ entry: Entry, _ state: [Double]) {
    let step = entry.step
    sums[step].entry.loss += entry.loss
    sums[step].entry.energy += entry.energy
    sums[step].entry.tokenDistance += entry.tokenDistance
    sums[step].entry.forgotten += entry.forgotten
    var square = 0.0
    for (offset, entry) in state.enumerated() {
      let place = step * dimension + offset
      if contextQueries == 0 { references[place] = entry }
      let deviation = entry - references[place]
      deviations[place] += deviation
      square += deviation * deviation
    }
    squares[step] += square
  }

  /// All steps of a query were added.
  mutating func endQuery() {
    queryCount += 1
    contextQueries += 1
  }

  /// All queries of a context were added.
  mutating func endContext() {
    for step in sums.indices {
      let total = squaredNorm(Swift.Array(deviations[(step * dimension)..<((step + 1) * dimension)]))
      sums[step].spread += max(0, squares[step] - total / Double(contextQueries))
      squares[step] = 0
    }
    for index in deviations.indices { deviations[index] = 0 }
    contextQueries = 0
  }

  /// The means.
  var curve: [RetrievalPoint] {
    let count = Double(queryCount)
    let first = sums[0].spread
    return sums.enumerated().map { step, sums in
      RetrievalPoint(
        step: step, loss: sums.entry.loss / count, energy: sums.entry.energy / count,
        tokenDistance: sums.entry.tokenDistance / count,
        forgottenShare: sums.entry.forgotten / count,
        queryVariance: hasSpread && first > 0 ? sums.spread / first : nil)
    }
  }
}
