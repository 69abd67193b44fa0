import Foundation
import Reports
import Results
import Sweeps
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HTMLReportTests {
  static let hostile = "</script><img src=x onerror=alert(1)> \"'&lt; ]]> <!-- \u{1B}[31m {{x}} ${y}"

  /// A page in which every text that comes from elsewhere is the given one.
  static func page(_ text: String = "plain", drawings: [HTMLReport.Drawing] = []) -> HTMLReport {
    var report = SyntheticReport(title: text).report
    report.versions = ProgramVersions(results: [text: 144], running: "1")
    return HTMLReport(
      report: report, sweep: SweepRecord(name: "three-tasks", text: "# \(text)\n", hash: report.hash, path: text),
      summary: text,
      runs: [
        RunHistoryEntry(
          run: 1, startedAt: 1_764_000_000, endedAt: 1_764_000_125, outcome: text, host: text, workers: 2,
          versions: ["icd": text, "system": text], results: 144, failedAttempts: 1),
        RunHistoryEntry(
          run: 2, startedAt: .infinity, endedAt: nil, outcome: nil, host: text, workers: 0, versions: [:], results: 0,
          failedAttempts: 0),
      ], hosts: [HostShare(host: text, results: 144, seconds: 12.5)],
      failures: [
        FailedTrial(
          trial: "0123456789abcdef0123456789abcdef", parameters: text, attempts: 3, kind: text, message: text,
          worker: text, host: text, at: 1_764_000_000)
      ], drawings: drawings, figureNotes: [text])
  }

  private static func drawings() throws -> [HTMLReport.Drawing] {
    let figures = try SyntheticReport(tasks: ["linear"]).figures.all([.svg]).figures.prefix(3)
    return try figures.map { HTMLReport.Drawing(figure: $0, svg: try Gnuplot().svg($0)) }
  }

  @Test func aPageIsWellFormedAndHasEveryPart() throws {
    let page = try PageReader(Self.page(drawings: Self.drawings()).source)
    #expect(page.texts["h2"] == ["Overview", "Runs", "Figures", "Tables", "Trials that failed", "Sweep file"])
    #expect(page.count("svg") == 3 && page.count("figcaption") == 3 && page.count("title") == 1)
    // Runs, hosts, failures, and the tables: three tasks, but one series of fits for each.
    #expect(page.count("table") == 3 + 4 * 3)
    #expect(page.texts["td"]?.contains("2025-11-24 16:00:00 UTC") == true)
    #expect(page.texts["td"]?.contains("2 min 05 s") == true)
    #expect(page.texts["td"]?.contains("unknown time") == true)
    #expect(page.texts["td"]?.contains("still runs, or was killed") == true)
    #expect(page.texts["dd"]?.first == "144 of 144 done")
  }

  @Test func everyNameIsDefinedOnceAndEveryReferenceLeadsSomewhereInside() throws {
    let page = try PageReader(Self.page(drawings: Self.drawings()).source)
    #expect(Set(page.ids).count == page.ids.count)
    let targets = page.references.filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
    #expect(!targets.isEmpty && Set(targets).isSubset(of: page.ids))
    #expect(page.references.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:text/") })
  }

  @Test func nothingIsFetchedAndOnlyItsOwnScriptMayRun() throws {
    let source = Self.page().source
    let page = try PageReader(source)
    for name in ["link", "iframe", "img", "object", "embed", "form"] { #expect(page.count(name) == 0) }
    #expect(page.count("script") == 1)
    let script = try #require(page.texts["script"]?.first)
    let digest = Data(SHA256.digest(of: Array(script.utf8))).base64EncodedString()
    let policy = try #require(page.policy)
    #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-\(digest)'"))
    // The script is the same to an HTML parser, which knows no entities in it.
    #expect(source.contains("<script>\(script)</script>"))
    #expect(!source.contains("@import") && !source.contains("url("))
  }

  @Test func whateverComesFromElsewhereStaysText() throws {
    let text = Self.hostile
    let source = Self.page(text).source
    let page = try PageReader(source)
    let shown = text.replacing("\u{1B}", with: " ")
    #expect(page.count("img") == 0 && page.count("script") == 1)
    #expect(!source.contains("<img") && !source.contains("\u{1B}"))
    #expect(page.texts["title"] == [shown] && page.texts["h1"] == [shown])
    #expect(page.texts["pre"]?.first == "# \(shown)\n")
    #expect(page.texts["td"]?.count { $0 == shown } == 9)
    #expect(page.texts["p"]?.contains(shown) == true)
  }

  @Test func theSamePageHasTheSameBytes() throws {
    let drawings = try Self.drawings()
    #expect(Self.page(drawings: drawings).source == Self.page(drawings: try Self.drawings()).source)
  }

  @Test func theCSVInALinkIsTheTable() throws {
    let page = try PageReader(Self.page().source)
    let prefix = "data:text/csv;charset=utf-8;base64,"
    let files = page.references.filter { $0.hasPrefix(prefix) }
      .compactMap { Data(base64Encoded: String($0.dropFirst(prefix.count))) }.map {
        String(decoding: $0, as: UTF8.self)
      }
    let report = SyntheticReport(title: "plain").report
    let tables = TableKind.allCases.map { report.table($0) }.filter { !$0.rows.isEmpty }
    #expect(files.count == 4 && tables.count == 4)
    for (file, table) in zip(files, tables) { #expect(file == table.formatted(.csv)) }
  }

  @Test func aPageIsWrittenWholeOrNotAtAll() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/below/report.html"
      try Self.page().write(to: path)
      try Self.page("again").write(to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.page("again").source)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/below") == ["report.html"])
      #expect(throws: ReportError.self) { try Self.page().write(to: directory) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["below"])
    }
  }

  @Test(arguments: [
    "<svg width=\"1\" height=\"1\"><script>alert(1)</script></svg>",
    "<svg width=\"1\" height=\"1\"><g onload=\"alert(1)\"></g></svg>",
    "<svg width=\"1\" height=\"1\"><use xlink:href=\"https://example.org/x.svg#a\"/></svg>",
    "<svg width=\"1\" height=\"1\"><foreignObject/></svg>", "<svg width=\"1\" height=\"1\"><g", "plain text",
    "<svg width=\"1;x\" height=\"1\"></svg>", "<svg width=\"1\" height=\"1\"><title>never ends",
  ])
  func aDrawingThatIsNotGnuplotsStaysOut(svg: String) throws {
    let figure = try #require(try SyntheticReport().figures.all([.svg]).figures.first)
    let page = try PageReader(Self.page(drawings: [.init(figure: figure, svg: svg)]).source)
    #expect(page.count("svg") == 0 && page.texts["p"]?.contains { $0.contains("not one of gnuplot") } == true)
  }
}

/// What a strict parser finds in a page.
final class PageReader: NSObject, XMLParserDelegate {
  /// The text inside every element of a name, with that of the elements in it.
  private(set) var texts: [String: [String]] = [:]
  private(set) var ids: [String] = []
  private(set) var references: [String] = []
  private(set) var policy: String?
  private var open: [(name: String, text: String)] = []

  init(_ source: String) throws {
    super.init()
    let parser = XMLParser(data: Data(source.utf8))
    parser.delegate = self
    try #require(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
  }

  func count(_ name: String) -> Int { texts[name]?.count ?? 0 }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append((name, ""))
    attributes["id"].map { ids.append($0) }
    for key in ["href", "xlink:href", "src"] { attributes[key].map { references.append($0) } }
    if attributes["http-equiv"] == "Content-Security-Policy" { policy = attributes["content"] }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    for index in open.indices { open[index].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard let element = open.popLast() else { return }
    texts[element.name, default: []].append(element.text)
  }
}
