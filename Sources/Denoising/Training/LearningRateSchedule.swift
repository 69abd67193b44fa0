/// The step size of each epoch: a start value, multiplied by a factor at each milestone.
package struct LearningRateSchedule {
  private let initialRate: Double
  private let factor: Double
  private let milestones: [Int]

  /// The schedule of a training run. A milestone at a fraction f of E epochs is epoch f·E, rounded to the nearest.
  package init(_ training: TrainingConfiguration) {
    initialRate = training.learningRate
    factor = training.decayFactor
    milestones = training.decayMilestones.map { Int(($0 * Double(training.epochs)).rounded()) }
  }

  /// The step size during an epoch, counted from zero.
  package func rate(epoch: Int) -> Double {
    var rate = initialRate
    for milestone in milestones where milestone <= epoch { rate *= factor }
    return rate
  }
}
