import Foundation
public import Sweeps

/// Shows how far a run is: on a terminal one line that is redrawn in place, elsewhere a plain line now and then.
///
/// Belongs to one thread. Writes to standard error by default, so that tables on standard output stay clean.
public struct ProgressDisplay {
  /// How progress is shown.
  public enum Style: Sendable, Hashable {
    /// One line, redrawn in place, of the terminal's width.
    case bar(isColored: Bool)
    /// A line at the start, at the end, and in between as often as it is worth one.
    case lines
  }

  /// The bar is redrawn no more often than this, in seconds.
  static let redrawInterval = 0.1
  /// Plain lines are at least so far apart, in seconds; this keeps short runs to a few lines.
  static let lineIntervalMin = 2.0
  /// A plain line comes at every step of the share done, …
  static let lineShareStep = 0.1
  /// … and at the latest after so many seconds.
  static let lineIntervalMax = 30.0

  private let style: Style
  private let width: () -> Int
  private let write: (String) -> Void
  private var lastShown: (seconds: Double, share: Double)?
  private var isBarOnScreen = false

  /// A display that writes to a file descriptor, a bar if that is a terminal.
  public init(
    descriptor: Int32 = ProcessEnvironment.standardError,
    environment: [String: String] = ProcessEnvironment.variables
  ) {
    let isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    // https://no-color.org: present and not empty, whatever its value.
    let isColored = environment["NO_COLOR", default: ""].isEmpty
    self.init(
      style: isTerminal ? .bar(isColored: isColored) : .lines, width: { Self.columns(of: descriptor) },
      // Progress is worth neither a failure nor a wait.
      write: { _ = DescriptorText.write($0, to: descriptor, patience: .zero) })
  }

  /// A display that hands its text to a closure.
  package init(style: Style, width: @escaping () -> Int, write: @escaping (String) -> Void) {
    self.style = style
    self.width = width
    self.write = write
  }

  /// Shows a snapshot, unless it is too soon after the last one.
  public mutating func update(_ progress: RunProgress) {
    let text = ProgressText(progress)
    guard isDue(progress.elapsedSeconds, text.share) else { return }
    show(text, at: progress.elapsedSeconds)
  }

  /// Shows the last snapshot and leaves the cursor on a new line.
  public mutating func finish(_ progress: RunProgress) {
    show(ProgressText(progress), at: progress.elapsedSeconds)
    if isBarOnScreen { write("\n") }
    isBarOnScreen = false
  }

  /// Writes a message, for example the first failure, at once and above the bar. It may come from anywhere: control
  /// characters but line ends become spaces.
  public mutating func print(_ message: String) {
    write((isBarOnScreen ? Self.clearLine : "") + TerminalText.printableLines(message) + "\n")
    isBarOnScreen = false
    // The bar comes back with the next snapshot.
    if case .bar = style { lastShown = nil }
  }

  private static let clearLine = "\r\u{1B}[K"

  private func isDue(_ seconds: Double, _ share: Double) -> Bool {
    guard let lastShown else { return true }
    let elapsed = seconds - lastShown.seconds
    switch style {
    case .bar: return elapsed >= Self.redrawInterval
    case .lines:
      let isStep = Int(share / Self.lineShareStep) > Int(lastShown.share / Self.lineShareStep)
      return elapsed >= Self.lineIntervalMax || isStep && elapsed >= Self.lineIntervalMin
    }
  }

  private mutating func show(_ text: ProgressText, at seconds: Double) {
    lastShown = (seconds, text.share)
    switch style {
    case .bar(let isColored):
      // One column stays free: a terminal wraps when the last one is written.
      write(Self.clearLine + text.bar(width: width() - 1, isColored: isColored))
      isBarOnScreen = true
    case .lines: write(text.line + "\n")
    }
  }

  /// Columns of a terminal; 80 where it does not say.
  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
