import Foundation
public import Sweeps

/// A snapshot of a run in words; pure, so that it can be tested.
public struct ProgressText: Sendable {
  /// The snapshot.
  public let progress: RunProgress

  /// The words for a snapshot.
  public init(_ progress: RunProgress) { self.progress = progress }

  private var done: Int { progress.committedBefore + progress.committedNow }

  /// Share of the grid that has a result or was given up, from 0 to 1.
  public var share: Double {
    progress.planned > 0 ? min(1, Double(done + progress.failed) / Double(progress.planned)) : 1
  }

  /// One line of plain text without a bar, for logs.
  public var line: String { ([counts] + details).joined(separator: ", ") }

  /// One line with a bar, at most so many columns wide. Where it is narrow, the details go first, then the bar.
  public func bar(width: Int, isColored: Bool) -> String {
    let texts = ["\(percent) \(counts)"] + details
    for kept in stride(from: texts.count, through: 1, by: -1) {
      let text = texts.prefix(kept).joined(separator: "  ")
      let room = width - text.count - 3
      if room >= (kept == texts.count ? Self.barColumnsWanted : Self.barColumnsMin) {
        return Self.drawBar(share, columns: min(room, Self.barColumnsMax), isColored: isColored) + " " + text
      }
    }
    return String("\(percent) \(counts)".prefix(max(0, width)))
  }

  private static let barColumnsMin = 8
  private static let barColumnsWanted = 16
  private static let barColumnsMax = 40

  private var percent: String {
    // Rounded down: 100 % means all.
    let text = String(Int((share * 100).rounded(.down)))
    return String(repeating: " ", count: max(0, 3 - text.count)) + text + " %"
  }

  private var counts: String {
    "\(done)/\(progress.planned) trials" + (progress.failed > 0 ? ", \(progress.failed) failed" : "")
  }

  private var details: [String] {
    var details: [String] = []
    if progress.committedNow > 0, progress.elapsedSeconds > 0 {
      details.append(Self.rate(Double(progress.committedNow) / progress.elapsedSeconds))
    }
    if let remaining = progress.remainingSeconds, remaining.isFinite, progress.running + progress.queued > 0 {
      details.append("\(Self.duration(remaining)) left")
    }
    details.append(progress.workers == 1 ? "1 worker" : "\(progress.workers) workers")
    return details
  }

  /// Trials per second, minute or hour, whichever is a number that says something.
  package static func rate(_ perSecond: Double) -> String {
    let (value, unit) =
      perSecond >= 1 ? (perSecond, "s") : perSecond >= 1 / 60 ? (perSecond * 60, "min") : (perSecond * 3600, "h")
    return String(format: value >= 100 ? "%.0f/%@" : "%.1f/%@", locale: nil, value, unit)
  }

  /// A time span in its two largest units: `59 s`, `2 min 05 s`, `3 h 07 min`, `4 d 11 h`.
  package static func duration(_ seconds: Double) -> String {
    let total = Int(min(max(0, seconds.rounded(.up)), 1e12))
    let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(padded(minutes)) min" }
    if minutes > 0 { return "\(minutes) min \(padded(total % 60)) s" }
    return "\(total) s"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func drawBar(_ share: Double, columns: Int, isColored: Bool) -> String {
    let eighths = Int((share * Double(columns * 8)).rounded(.down))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let full = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    let bar = full + String(repeating: " ", count: columns - full.count)
    return isColored ? "▕\u{1B}[36m\(bar)\u{1B}[0m▏" : "▕\(bar)▏"
  }
}
