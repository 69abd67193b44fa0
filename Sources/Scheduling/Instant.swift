/// A point of time on a monotonic clock, in nanoseconds since an arbitrary origin. The machines know no other time, so
/// a simulator may let it run as it likes.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the origin.
  public var nanoseconds: Int64

  /// A point of time.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Earlier than.
  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Later by a span.
  public static func + (instant: Instant, span: Span) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + span.nanoseconds)
  }

  /// Moves to a later point.
  mutating func advance(by span: Span) { nanoseconds += span.nanoseconds }

  /// The span between two points.
  public static func - (later: Instant, earlier: Instant) -> Span {
    Span(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }
}

/// A span of time in nanoseconds.
///
/// The standard library's `Duration` counts attoseconds in 128 bits, which the machines would pay for at every message.
public struct Span: Sendable, Hashable, Comparable {
  /// Nanoseconds.
  public var nanoseconds: Int64

  /// A span.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// So many seconds; at most 290 years.
  public static func seconds(_ seconds: Double) -> Span {
    Span(nanoseconds: Int64(min(max(seconds * 1e9, -9.2e18), 9.2e18)))
  }

  /// So many milliseconds.
  public static func milliseconds(_ milliseconds: Int64) -> Span { Span(nanoseconds: milliseconds * 1_000_000) }

  /// In seconds.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// In whole milliseconds, rounded up, so that a wait never ends just before its time.
  public var milliseconds: Int64 { (nanoseconds + 999_999) / 1_000_000 }

  /// Shorter than.
  public static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The sum.
  public static func + (left: Span, right: Span) -> Span { Span(nanoseconds: left.nanoseconds + right.nanoseconds) }

  /// A multiple.
  public static func * (span: Span, factor: Int64) -> Span { Span(nanoseconds: span.nanoseconds * factor) }

  /// A part.
  public static func / (span: Span, divisor: Int64) -> Span { Span(nanoseconds: span.nanoseconds / divisor) }
}
