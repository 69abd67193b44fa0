import Foundation

/// Sweep files: YAML in, a validated ``Sweep`` out. `docs/sweep-files.md` is the reference.
public enum SweepFile {
  /// Reads and checks the sweep file at a path.
  ///
  /// Throws ``SweepFileError`` with everything that is wrong, each with its place.
  public static func load(path: String) throws(SweepFileError) -> Sweep {
    try parse(text: SweepText.read(path: path), path: path)
  }

  /// Checks the text of a sweep file; the path is only for messages.
  ///
  /// Throws ``SweepFileError`` with everything that is wrong, each with its place.
  public static func parse(text: String, path: String) throws(SweepFileError) -> Sweep {
    let diagnostics = DiagnosticCollector(path: path)
    guard SweepText.check(text, diagnostics), let root = SourceNode.parse(text, diagnostics) else {
      throw diagnostics.error
    }
    let contents = SweepSections(root, diagnostics)
    guard diagnostics.isEmpty, let contents else { throw diagnostics.error }
    guard let grid = contents.grid(diagnostics) else { throw diagnostics.error }
    let expansion = GridExpansion(grid: grid, exclusions: contents.exclusions, diagnostics: diagnostics)
    guard diagnostics.isEmpty else { throw diagnostics.error }
    return Sweep(
      name: contents.name, description: contents.description, title: contents.title ?? contents.name, text: text,
      hash: hexadecimal(SHA256.digest(of: Array(text.utf8))), grid: grid, cells: expansion.cells,
      varying: expansion.varying, mergedPoints: expansion.mergedPoints, excludedPoints: expansion.excludedPoints)
  }
}

/// The text of a sweep file, before it is taken for YAML.
enum SweepText {
  /// Reads a file of limited length.
  static func read(path: String) throws(SweepFileError) -> String {
    func failure(_ message: String, hint: String, place: SourcePlace? = nil) -> SweepFileError {
      SweepFileError([Diagnostic(path: path, place: place, message: message, hint: hint)])
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw failure("no such file", hint: "check the path; examples are under examples/")
    }
    guard !isDirectory.boolValue else {
      throw failure("this is a directory", hint: "name a sweep file, which ends in .yaml")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw failure("the file cannot be read", hint: "check its permissions")
    }
    defer { try? file.close() }
    let data: Data
    do { data = try file.read(upToCount: SweepLimits.fileBytesMax + 1) ?? Data() } catch {
      throw failure("the file cannot be read: \(error)", hint: "check the disk and its permissions")
    }
    guard data.count <= SweepLimits.fileBytesMax else {
      throw failure(
        "the file is larger than \(SweepLimits.fileBytesMax >> 20) MiB", hint: "is this a sweep file?")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw failure(
        "this is not UTF-8 text", hint: "save the file as UTF-8", place: placeOfInvalidByte(in: data))
    }
    return text
  }

  /// Where the longest valid beginning ends.
  private static func placeOfInvalidByte(in data: Data) -> SourcePlace {
    var decoder = Unicode.UTF8()
    var bytes = data.makeIterator()
    var (line, column) = (1, 1)
    while case .scalarValue(let scalar) = decoder.decode(&bytes) {
      if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return SourcePlace(line: line, column: column)
  }

  /// Reports what no YAML text may hold. Returns whether the text can be parsed.
  static func check(_ text: String, _ diagnostics: DiagnosticCollector) -> Bool {
    guard text.utf8.count <= SweepLimits.fileBytesMax else {
      diagnostics.report(
        .start, "the file is larger than \(SweepLimits.fileBytesMax >> 20) MiB", hint: "is this a sweep file?")
      return false
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      diagnostics.report(
        .start, "the file is empty", hint: "a sweep file has at least a name and an axis or a parameter")
      return false
    }
    var (line, column) = (1, 1)
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard isPrintable(scalar) || (index == 0 && scalar == "\u{FEFF}") else {
        let code = String(scalar.value, radix: 16, uppercase: true)
        diagnostics.report(
          SourcePlace(line: line, column: column), "a control character (U+\(code))",
          hint: "remove it; is this a text file?")
        return false
      }
      if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return true
  }

  /// YAML 1.1, section 5.1.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
