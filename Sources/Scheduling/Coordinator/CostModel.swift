/// Learns how many seconds a unit of cost takes, from the trials that are done.
struct CostModel {
  /// Weight of the past after each trial: about the last hundred count.
  private static let memory = 0.99
  /// Below this a cost carries no information.
  private static let costMin = 1.0

  private var seconds = 0.0
  private var cost = 0.0

  /// Takes a finished trial into account.
  mutating func observe(cost: Double, seconds: Double) {
    self.seconds = Self.memory * self.seconds + seconds
    self.cost = Self.memory * self.cost + Self.effective(cost)
  }

  /// Predicted seconds for that much work; nothing before the first trial is done.
  func predict(cost: Double) -> Double? {
    self.cost > 0 ? Self.effective(cost) * seconds / self.cost : nil
  }

  /// A cost that can be added and divided by.
  static func effective(_ cost: Double) -> Double { cost.isFinite ? max(cost, costMin) : costMin }
}
