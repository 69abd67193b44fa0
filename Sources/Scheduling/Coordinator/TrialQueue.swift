/// The order of execution: longest first, ties in grid order.
///
/// Trials are taken by a cursor over the sorted list; those that come back wait in a heap. An entry may be stale, because
/// its trial was leased or committed meanwhile, so whoever takes one looks at the trial's state.
struct TrialQueue {
  /// Positions of trials, sorted.
  private let order: [Int32]
  /// Place of each trial in `order`.
  private let rank: [Int32]
  private var cursor = 0
  /// A binary heap of ranks, the smallest first.
  private var returned: [Int32] = []

  init(costs: [Double]) {
    order = costs.indices.sorted { (costs[$0], $1) > (costs[$1], $0) }.map(Int32.init)
    var rank = [Int32](repeating: 0, count: costs.count)
    for (place, index) in order.enumerated() { rank[Int(index)] = Int32(place) }
    self.rank = rank
  }

  /// A queue of the same order in which nothing waits.
  func emptied() -> TrialQueue {
    var queue = self
    queue.cursor = order.count
    queue.returned = []
    return queue
  }

  /// Takes the first trial for which `isQueued` holds; throws stale entries away.
  mutating func take(where isQueued: (Int) -> Bool) -> Int? {
    while true {
      if let first = returned.first, cursor >= order.count || first <= Int32(cursor) {
        removeFirstReturned()
        let index = Int(order[Int(first)])
        if isQueued(index) { return index }
      } else if cursor < order.count {
        let index = Int(order[cursor])
        cursor += 1
        if isQueued(index) { return index }
      } else {
        return nil
      }
    }
  }

  /// Puts a trial back into its place.
  mutating func putBack(_ index: Int) {
    returned.append(rank[index])
    var child = returned.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard returned[child] < returned[parent] else { break }
      returned.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func removeFirstReturned() {
    returned[0] = returned[returned.count - 1]
    returned.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < returned.count && returned[child] < returned[least] {
        least = child
      }
      guard least != parent else { return }
      returned.swapAt(least, parent)
      parent = least
    }
  }
}
