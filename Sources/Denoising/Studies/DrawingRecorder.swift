import Numerics

/// Gathers what a picture of one context of two-dimensional tokens needs.
struct DrawingRecorder {
  /// Queries that are drawn; a picture with more is no longer read.
  static let queriesMax = 8
  /// Tokens that are drawn.
  static let tokensMax = 4096
  /// Places of the grid along each axis.
  static let gridCount = 121

  private var targets: [[Double]] = []
  private var paths: [[[Double]]] = []
  private var ends: [[Double]] = []

  /// Whether no more queries are drawn.
  var isFull: Bool { targets.count >= Self.queriesMax }

  /// One more query, unless there are enough.
  mutating func add(target: [Double], path: [[Double]], end: [Double]) {
    guard !isFull else { return }
    targets.append(target)
    paths.append(path)
    ends.append(end)
  }

  /// The picture: a square around zero with room for all that is drawn, and the energy on it.
  func drawing(of context: Matrix, _ energy: any MemoryEnergy) -> RetrievalDrawing {
    let tokens = (0..<min(context.columns, Self.tokensMax)).map { context.column($0) }
    let extent = (tokens + targets + paths.joined()).joined().reduce(0) { max($0, $1.magnitude) }
    let half = 1.1 * extent
    let axis = (0..<Self.gridCount).map { half * (2 * Double($0) / Double(Self.gridCount - 1) - 1) }
    let energies = axis.flatMap { y in axis.map { x in energy.evaluate(at: [x, y]).value } }
    return RetrievalDrawing(
      tokens: tokens, targets: targets, trajectories: paths, ends: ends, axis: axis, energies: energies)
  }
}
