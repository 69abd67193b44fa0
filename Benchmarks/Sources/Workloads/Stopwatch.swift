import Foundation

/// How long something took.
public struct Elapsed: Sendable, Codable {
  /// Time that this process computed, in seconds. What other processes do on the same core does not count.
  public var cpu: Double
  /// Time on the wall, in seconds.
  public var wall: Double

  /// A pair of times in seconds.
  public init(cpu: Double, wall: Double) {
    self.cpu = cpu
    self.wall = wall
  }

  /// The same for one of `count` equal parts.
  public func divided(by count: Double) -> Elapsed { Elapsed(cpu: cpu / count, wall: wall / count) }
}

/// A moment on both clocks.
public struct Instant: Sendable {
  private let cpu: Double
  private let wall: Double

  /// Now.
  public static var now: Instant {
    Instant(cpu: seconds(CLOCK_PROCESS_CPUTIME_ID), wall: seconds(CLOCK_MONOTONIC))
  }

  /// Time from this moment to a later one.
  public func elapsed(to end: Instant) -> Elapsed { Elapsed(cpu: end.cpu - cpu, wall: end.wall - wall) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Runs `body` again and again for at least `seconds` of computing, and returns the mean time of one run.
///
/// The clock is read only after as many runs as take about a hundredth of that time, since reading it takes longer than
/// a short body.
public func meanTime(atLeast seconds: Double, _ body: () -> Void) -> Elapsed {
  var batch = 1
  while true {
    let start = Instant.now
    for _ in 0..<batch { body() }
    if start.elapsed(to: .now).cpu >= seconds / 100 { break }
    batch *= 2
  }
  let start = Instant.now
  var runs = 0
  while true {
    for _ in 0..<batch { body() }
    runs += batch
    let elapsed = start.elapsed(to: .now)
    if elapsed.cpu >= seconds { return elapsed.divided(by: Double(runs)) }
  }
}

/// The median of a list that is not empty.
public func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
