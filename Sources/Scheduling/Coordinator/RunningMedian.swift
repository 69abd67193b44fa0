/// The median of the last few numbers.
package struct RunningMedian: Sendable, Hashable {
  private let window: Int
  /// In the order in which they came; when it is full, the oldest is at `oldest`.
  private var recent: [Double] = []
  private var oldest = 0
  private var sorted: [Double] = []
  /// The middle one, or the upper of the middle two; 0 of none.
  package private(set) var median = 0.0

  /// How many numbers there are.
  package var count: Int { recent.count }

  /// Of no numbers yet, and of the last `window` later.
  package init(window: Int) { self.window = window }

  /// Takes a number, which is not NaN, and forgets the oldest if there are too many.
  package mutating func insert(_ number: Double) {
    if recent.count < window {
      recent.append(number)
    } else {
      sorted.remove(at: place(of: recent[oldest]))
      recent[oldest] = number
      oldest = (oldest + 1) % window
    }
    sorted.insert(number, at: place(of: number))
    median = sorted[sorted.count / 2]
  }

  /// The first place whose number is not smaller.
  private func place(of number: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// How much slower than the others a worker is.
struct WorkerSpeed: Sendable, Hashable {
  /// The last so many trials count.
  private static let window = 9
  /// Weight, in trials, of the assumption that it is like the others.
  private static let prior = 2.0

  private var ratios = RunningMedian(window: window)
  /// Seconds on this worker for each second on another.
  private(set) var factor = 1.0

  /// A trial took so many times as long as was predicted for a worker like the others.
  mutating func observe(ratio: Double) {
    guard ratio.isFinite, ratio > 0 else { return }
    ratios.insert(ratio)
    let count = Double(ratios.count)
    factor = (Self.prior + count * ratios.median) / (Self.prior + count)
  }
}
