extension GaussianMixture {
  /// σ_a² of a component.
  func variance(of component: Int) -> Double { variances.count == 1 ? variances[0] : variances[component] }

  /// The probability of a component among `count` of them.
  func probability(of component: Int, count: Int) -> Double {
    guard !weights.isEmpty else { return 1 / Double(count) }
    return weights[component] / weights.reduce(0, +)
  }

  /// The cumulative probabilities of `count` components; the last is 1.
  func cumulativeWeights(count: Int) -> [Double] {
    var sum = 0.0
    var cumulative = (0..<count).map { component in
      sum += probability(of: component, count: count)
      return sum
    }
    cumulative[count - 1] = 1
    return cumulative
  }

  /// The component that a uniform deviate in (0, 1) picks.
  static func label(_ cumulative: [Double], _ uniform: Double) -> Int {
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if uniform < cumulative[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
