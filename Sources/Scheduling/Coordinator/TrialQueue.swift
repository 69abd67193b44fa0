/// The order of execution: longest first, ties in grid order. Made once for a run.
final class ExecutionOrder: Sendable {
  /// Positions of trials, sorted.
  let order: [Int32]
  /// Place of each trial in `order`.
  let rank: [Int32]
  /// Cost of each trial in `order`, so that costs fall; what cannot be compared counts as 0.
  private let costs: [Double]

  init(costs: [Double]) {
    let costs = costs.map { $0.isFinite ? $0 : 0 }
    order = costs.indices.sorted { (costs[$0], $1) > (costs[$1], $0) }.map(Int32.init)
    var rank = [Int32](repeating: 0, count: costs.count)
    for (place, index) in order.enumerated() { rank[Int(index)] = Int32(place) }
    self.rank = rank
    self.costs = order.map { costs[Int($0)] }
  }

  /// The first place whose trial costs no more than that.
  func firstPlace(costAtMost limit: Double) -> Int {
    var (low, high) = (0, costs.count)
    while low < high {
      let middle = (low + high) / 2
      if costs[middle] <= limit { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Trials that wait, in the order of execution. Every operation takes the same small time, however many wait.
struct TrialQueue {
  private let order: ExecutionOrder
  /// Places in the order.
  private var places: BitSet

  /// A queue in which nothing waits.
  init(_ order: ExecutionOrder) {
    self.order = order
    places = BitSet(capacity: order.order.count)
  }

  /// The first trial.
  var first: Int? { places.first(from: 0).map { Int(order.order[$0]) } }

  /// The first trial that costs no more than that.
  func first(costAtMost limit: Double) -> Int? {
    places.first(from: order.firstPlace(costAtMost: limit)).map { Int(order.order[$0]) }
  }

  func contains(_ index: Int) -> Bool { places.contains(Int(order.rank[index])) }

  mutating func insert(_ index: Int) { places.insert(Int(order.rank[index])) }

  /// Takes a trial out, if it waits.
  mutating func remove(_ index: Int) { places.remove(Int(order.rank[index])) }
}
