import Foundation

/// The drawing program, run as a process of its own.
public struct Gnuplot: Sendable {
  /// One figure takes a second or two; the first call after an installation may build a cache of fonts.
  package static let secondsMax = 60

  private let executable: String
  private let secondsMax: Int

  /// Finds the program in PATH.
  ///
  /// Throws ``ReportError/noGnuplot``.
  public init(searchPath: String = ProcessEnvironment.searchPath) throws {
    let places = searchPath.split(separator: ":").map { "\($0)/gnuplot" }
    guard let place = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw ReportError.noGnuplot
    }
    self.init(executable: place)
  }

  /// The program at a place, with its own deadline.
  package init(executable: String, secondsMax: Int = Gnuplot.secondsMax) {
    self.executable = executable
    self.secondsMax = secondsMax
  }

  /// Draws a figure into a directory: its script, its data and a picture in each format. Every file appears whole or not
  /// at all.
  ///
  /// Returns the paths of the pictures. Throws ``ReportError``.
  public func draw(_ figure: Figure, into directory: String) throws -> [String] {
    let pictures = figure.formats.map { "\(figure.name).\($0.rawValue)" }
    return try withWorkshop(for: figure, in: directory) { workshop in
      for file in ["\(figure.name).dat", "\(figure.name).gp"] + pictures {
        try AtomicFile.rename("\(workshop)/\(file)", to: "\(directory)/\(file)")
      }
      return pictures.map { "\(directory)/\($0)" }
    }
  }

  /// Draws a figure, one of whose formats must be SVG, and returns that; leaves no file.
  ///
  /// Throws ``ReportError``.
  public func svg(_ figure: Figure) throws -> String {
    try withWorkshop(for: figure, in: FileManager.default.temporaryDirectory.path) { workshop in
      let path = "\(workshop)/\(figure.name).\(FigureFormat.svg.rawValue)"
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw ReportError.gnuplotFailed(figure: figure.name, message: "it wrote no SVG")
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Draws a figure in a folder of its own, which is removed after the body.
  private func withWorkshop<Value>(for figure: Figure, in directory: String, _ body: (String) throws -> Value) throws
    -> Value
  {
    try AtomicFile.makeDirectory(directory)
    let workshop = "\(directory)/.figures-\(UUID().uuidString)"
    try AtomicFile.makeDirectory(workshop)
    defer { try? FileManager.default.removeItem(atPath: workshop) }
    try AtomicFile.write(figure.data, to: "\(workshop)/\(figure.name).dat")
    try AtomicFile.write(figure.script, to: "\(workshop)/\(figure.name).gp")
    try run(figure, in: workshop)
    return try body(workshop)
  }

  private func run(_ figure: Figure, in folder: String) throws {
    let messages = "\(folder)/messages"
    try AtomicFile.write("", to: messages)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    // -d: without the user's own start-up file, which could change anything.
    process.arguments = ["-d", "\(figure.name).gp"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: messages)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw ReportError.gnuplotFailed(figure: figure.name, message: error.localizedDescription)
    }
    guard ended.wait(timeout: .now() + .seconds(secondsMax)) == .success else {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      throw ReportError.gnuplotTooSlow(figure: figure.name, seconds: secondsMax)
    }
    let isWhole = figure.formats.allSatisfy {
      FileManager.default.fileExists(atPath: "\(folder)/\(figure.name).\($0.rawValue)")
    }
    guard process.terminationStatus == 0, isWhole else {
      let text = (try? String(contentsOfFile: messages, encoding: .utf8)) ?? ""
      throw ReportError.gnuplotFailed(
        figure: figure.name, message: TerminalText.printable(text).trimmingCharacters(in: .whitespaces))
    }
  }
}
