/// Learns how many seconds a unit of cost takes, from the trials that are done.
///
/// Costs are sorted into classes, each twice the one before, because trials of unlike size run at unlike speed. The
/// rate of a class is the median of the last ``window`` trials in it, which a few outliers do not move; a
/// class of which nothing is known takes the rate of the nearest one.
package struct CostModel: Sendable {
  /// So many trials of a class count: enough to outvote a dozen outliers, few enough to follow a machine that slows down.
  static let window = 31
  /// Below this a cost carries no information.
  static let costMin = 1.0
  /// Classes: the last one holds all from 2⁶³ on.
  static let classCount = 64

  private var rates = [RunningMedian](repeating: RunningMedian(window: window), count: classCount)
  /// One bit for each class of which something is known.
  private var known: UInt64 = 0

  package init() {}

  /// Takes a finished trial into account.
  package mutating func observe(cost: Double, seconds: Double) {
    guard seconds.isFinite, seconds >= 0 else { return }
    let cost = Self.effective(cost)
    let place = Self.costClass(cost)
    rates[place].insert(seconds / cost)
    known |= 1 << UInt64(place)
  }

  /// Predicted seconds for that much work; nothing before the first trial is done.
  package func predict(cost: Double) -> Double? {
    let cost = Self.effective(cost)
    return rate(ofClass: Self.costClass(cost)).map { $0 * cost }
  }

  /// Seconds for a unit of cost in a class; nothing before the first trial is done.
  func rate(ofClass place: Int) -> Double? {
    guard known != 0 else { return nil }
    // The nearest class that is known; the upper one of two at the same distance.
    let above = known >> UInt64(place)
    let below = known << UInt64(Self.classCount - 1 - place)
    let up = above == 0 ? Int.max : above.trailingZeroBitCount
    let down = below == 0 ? Int.max : below.leadingZeroBitCount
    return rates[up <= down ? place + up : place - down].median
  }

  /// The largest cost of a class that is predicted to take no longer than that; nothing if none is.
  func costMax(ofClass place: Int, within seconds: Double) -> Double? {
    guard let rate = rate(ofClass: place) else { return nil }
    let limit = rate > 0 ? seconds / rate : .infinity
    guard limit >= Self.lowerBound(ofClass: place) else { return nil }
    let upper = place == Self.classCount - 1 ? .infinity : Self.lowerBound(ofClass: place + 1).nextDown
    return min(limit, upper)
  }

  /// The class of an effective cost.
  static func costClass(_ cost: Double) -> Int { min(max(Int(cost.exponent), 0), classCount - 1) }

  /// A cost that can be added and divided by.
  static func effective(_ cost: Double) -> Double { cost.isFinite ? max(cost, costMin) : costMin }

  private static func lowerBound(ofClass place: Int) -> Double { Double(sign: .plus, exponent: place, significand: 1) }
}
