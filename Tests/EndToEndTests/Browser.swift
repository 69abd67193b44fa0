import Foundation

/// Chromium without a window, where it is installed.
struct Browser {
  private let program: URL
  private static let secondsMax: TimeInterval = 60

  /// Nothing if no browser is in PATH.
  init?() {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let places = folders.flatMap { folder in ["chromium", "chromium-browser"].map { "\(folder)/\($0)" } }
    guard let place = places.first(where: FileManager.default.isExecutableFile) else { return nil }
    program = URL(fileURLWithPath: place)
  }

  /// The document after its scripts have run.
  func document(of page: String, in scratch: Scratch) throws -> String {
    let output = "\(scratch.path)/.document"
    try Data().write(to: URL(fileURLWithPath: output))
    let process = Process()
    process.executableURL = program
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(scratch.path)/.browser", "--dump-dom",
      "file://\(scratch.path)/\(page)",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    try process.run()
    let end = Date(timeIntervalSinceNow: Self.secondsMax)
    while process.isRunning, Date() < end { usleep(10_000) }
    guard !process.isRunning else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw Failure("the browser did not end within \(Self.secondsMax) s")
    }
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}
