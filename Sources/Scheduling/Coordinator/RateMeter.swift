/// How many trials were committed in a second, over the last minute or since the start.
package struct RateMeter {
  /// The time that is looked at.
  static let window = Span.seconds(60)
  /// Time between two samples.
  static let interval = Span.seconds(1)

  private var samples: [(at: Instant, count: Int)] = []

  package init() {}

  /// Takes note of how many trials are committed by now.
  package mutating func note(_ count: Int, at now: Instant) {
    if let last = samples.last, now - last.at < Self.interval { return }
    samples.append((now, count))
    // One sample older than the window stays, to measure from.
    while samples.count > 2, now - samples[1].at > Self.window { samples.removeFirst() }
  }

  /// Trials per second up to now.
  package func rate(_ count: Int, at now: Instant) -> Double {
    guard let first = samples.first, now > first.at else { return 0 }
    return Double(count - first.count) / (now - first.at).seconds
  }
}
