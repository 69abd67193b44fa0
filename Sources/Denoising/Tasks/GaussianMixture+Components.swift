extension GaussianMixture {
  /// w_a, relative: 1 for equal weights.
  func weight(_ component: Int) -> Double { weights.isEmpty ? 1 : weights[component] }

  /// σ_a².
  func variance(_ component: Int) -> Double { variances.count == 1 ? variances[0] : variances[component] }

  /// The cumulative probabilities of `count` components; the last is 1.
  func cumulativeWeights(count: Int) -> [Double] {
    let total = (0..<count).reduce(0) { $0 + weight($1) }
    var sum = 0.0
    var cumulative = (0..<count).map { component in
      sum += weight(component)
      return sum / total
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
