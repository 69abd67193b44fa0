import Results
import Testing

@Suite struct MetricValuesTests {
  /// What a collector gives back for trials that each have some of the metrics.
  func collect(_ trials: [[(String, Double)]], into collector: inout MetricCollector) -> [[String: Double]?] {
    for (index, metrics) in trials.enumerated() {
      for (name, value) in metrics { collector.add(name, value, of: index) }
    }
    return collector.take(count: trials.count).map { $0?.dictionary }
  }

  /// Lists of names that are alike, begin alike, end early, or have nothing in common, one after the other.
  @Test func everyTrialHasItsOwnMetrics() {
    let trials: [[(String, Double)]] = [
      [("a", 1), ("b", 2), ("c", 3)], [("a", 4), ("b", 5), ("c", 6)], [("a", 7), ("b", 8)], [],
      [("a", 9), ("x", 10), ("c", 11)], [("c", 12)], [("a", 13), ("b", 14), ("c", 15), ("d", 16)],
      [("a", 17), ("b", 18), ("c", 19)],
    ]
    let expected = trials.map { $0.isEmpty ? nil : Dictionary(uniqueKeysWithValues: $0) }
    var collector = MetricCollector()
    #expect(collect(trials, into: &collector) == expected)
    // The next batch begins anew, with another number of trials.
    #expect(collect(Array(trials.dropFirst(4)), into: &collector) == Array(expected.dropFirst(4)))
    #expect(collector.take(count: 2).allSatisfy { $0 == nil })
  }

  @Test func trialsWithTheSameMetricsShareTheirNames() throws {
    var collector = MetricCollector()
    for trial in 0..<3 {
      collector.add("a", 0, of: trial)
      if trial == 1 { collector.add("b", 0, of: trial) }
    }
    let values = try collector.take(count: 3).map { try #require($0) }
    #expect(values[0].sharesNames(with: values[2]) && !values[0].sharesNames(with: values[1]))
    let seeds = values.map { SeedMetrics($0, isSignFree: false) }
    #expect(seeds.metricNames == ["a", "b"])
    #expect(values[1]["b"] == 0 && values[0]["b"] == nil)
  }
}
