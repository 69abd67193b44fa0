import Foundation

/// Times and lengths of time for people.
enum PageText {
  /// Times beyond these are those of a damaged store: from 1970 to the end of the year 9999.
  private static let secondsKnown = 0.0..<253_402_300_800

  /// A time in Unix seconds as `2026-11-21 09:30:00 UTC`.
  static func time(_ seconds: Double) -> String {
    guard secondsKnown.contains(seconds) else { return "unknown time" }
    let text = Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    return text.replacing("T", with: " ").replacing("Z", with: " UTC")
  }

  /// A time span; short ones with a decimal.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    return seconds < 10 ? "\(DecimalFormat(decimals: 1).text(max(0, seconds))) s" : ProgressText.duration(seconds)
  }
}
