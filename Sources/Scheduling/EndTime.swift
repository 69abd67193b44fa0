public import Foundation

/// The time by which a program must have ended, as a user or a batch system gives it.
public struct EndTime: Sendable, Hashable {
  /// Why a text is no time; a sentence for the user.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence.
    public var description: String
  }

  /// Where Slurm says when the allocation ends, in Unix seconds (sbatch(1), "OUTPUT ENVIRONMENT VARIABLES").
  public static let slurmVariable = "SLURM_JOB_END_TIME"

  /// In Unix seconds.
  public var unixSeconds: Double

  /// A time in Unix seconds.
  public init(unixSeconds: Double) { self.unixSeconds = unixSeconds }

  /// Reads a time: RFC 3339 (`2026-11-21T18:00:00Z`), the next `18:00` or `18:00:30` of this machine's clock, a while
  /// from now (`+90m`, `+1h30m`, `+45s`, `+2d`), or `@` and Unix seconds. Throws ``Malformed``.
  public init(_ text: String, now: Date = Date(), calendar: Calendar = .current) throws {
    guard let seconds = Self.seconds(text, now: now, calendar: calendar) else {
      throw Malformed(
        description: "'\(text)' is no time; give 2026-11-21T18:00:00Z, 18:00, +1h30m, or @ and Unix seconds")
    }
    unixSeconds = seconds
  }

  /// The end of the Slurm allocation that this process runs in, if it does and Slurm tells.
  public static func ofSlurmAllocation(_ environment: [String: String]) -> EndTime? {
    guard let text = environment[slurmVariable], let seconds = Double(text), seconds.isFinite, seconds > 0 else {
      return nil
    }
    return EndTime(unixSeconds: seconds)
  }

  /// The same moment on the machines' clock.
  public var instant: Instant { Clock.now + .seconds(unixSeconds - Date().timeIntervalSince1970) }

  /// As RFC 3339 in UTC.
  public var text: String { ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: unixSeconds)) }

  private static func seconds(_ text: String, now: Date, calendar: Calendar) -> Double? {
    switch text.first {
    case "+": return duration(text.dropFirst()).map { now.timeIntervalSince1970 + $0 }
    case "@": return Double(text.dropFirst()).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    default: break
    }
    let formatter = ISO8601DateFormatter()
    if let date = formatter.date(from: text) { return date.timeIntervalSince1970 }
    formatter.formatOptions.insert(.withFractionalSeconds)
    if let date = formatter.date(from: text) { return date.timeIntervalSince1970 }
    return clockTime(text, now: now, calendar: calendar)
  }

  /// The next time at which the clock shows `HH:MM` or `HH:MM:SS`.
  private static func clockTime(_ text: String, now: Date, calendar: Calendar) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.count) }) else { return nil }
    let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
    guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
    let wanted = DateComponents(hour: numbers[0], minute: numbers[1], second: numbers.count > 2 ? numbers[2] : 0)
    return calendar.nextDate(after: now, matching: wanted, matchingPolicy: .nextTime)?.timeIntervalSince1970
  }

  /// Reads a while in seconds: numbers with the units `d`, `h`, `m` and `s`, each at most once and in this order; a
  /// number without a unit is in seconds. Nothing for what is none, or is longer than a year.
  public static func duration(_ text: some StringProtocol) -> Double? {
    let units: [(Character, Double)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
    if let seconds = Double(text) { return (0...31_622_400).contains(seconds) ? seconds : nil }
    var rest = text[...]
    var total = 0.0
    for (unit, seconds) in units {
      let digits = rest.prefix { $0.isNumber && $0.isASCII || $0 == "." }
      guard rest.dropFirst(digits.count).first == unit else { continue }
      guard let number = Double(digits) else { return nil }
      total += number * seconds
      rest = rest.dropFirst(digits.count + 1)
    }
    return rest.isEmpty && !text.isEmpty && total <= 31_622_400 ? total : nil
  }
}
