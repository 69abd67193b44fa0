import Foundation

/// Why a report could not be written.
public enum ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file or directory could not be written.
  case cannotWrite(path: String, reason: String)
  /// The drawing program is not there.
  case noGnuplot
  /// The drawing program ended with an error.
  case gnuplotFailed(figure: String, message: String)
  /// The drawing program did not end in time.
  case gnuplotTooSlow(figure: String, seconds: Int)

  /// A sentence on what is wrong, and one on what to do.
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason). Choose another place, or change its permissions."
    case .noGnuplot:
      "figures need gnuplot, which is not in PATH. Install it (Debian: apt install gnuplot-nox) and ask again."
    case .gnuplotFailed(let figure, let message): "gnuplot could not draw \(figure): \(message)"
    case .gnuplotTooSlow(let figure, let seconds):
      "gnuplot did not draw \(figure) within \(seconds) s and was stopped. Run it by hand to see why."
    }
  }
}

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes a text file in UTF-8: first beside its place, then renamed into it, so that no reader ever sees half of it
  /// and an interruption leaves the old one.
  ///
  /// Throws ``ReportError``.
  public static func write(_ text: String, to path: String) throws {
    let place = URL(fileURLWithPath: path)
    try makeDirectory(place.deletingLastPathComponent().path)
    let temporary = place.deletingLastPathComponent()
      .appendingPathComponent(".\(place.lastPathComponent).\(UUID().uuidString)")
    do {
      try Data(text.utf8).write(to: temporary)
      try rename(temporary.path, to: path)
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error is ReportError ? error : ReportError.cannotWrite(path: path, reason: reason(error))
    }
  }

  /// Renames a file over another, as one step.
  static func rename(_ old: String, to new: String) throws {
    guard Foundation.rename(old, new) == 0 else {
      throw ReportError.cannotWrite(path: new, reason: String(cString: strerror(errno)))
    }
  }

  static func makeDirectory(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ReportError.cannotWrite(path: path, reason: reason(error))
    }
  }

  /// What the system says, without the domains and codes that Foundation wraps it in.
  private static func reason(_ error: any Error) -> String {
    if let error = error as? CocoaError {
      if error.code == .fileWriteFileExists { return "a file of that name is in the way" }
      if let cause = error.underlying as? POSIXError { return String(cString: strerror(cause.code.rawValue)) }
    }
    let text = error.localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
