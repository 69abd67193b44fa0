import Foundation
import Results
import Testing

/// `icd report` and `icd status`: which sweep, in which form, and what they say to odd directories.
@Suite struct ReportTests {
  /// Two sweeps with two trials each, run into one directory.
  private static func twoSweeps(_ scratch: Scratch) throws {
    for name in ["first", "second"] {
      let text = RunTests.sweep(seeds: 2, lengths: "[10]", epochs: 2)
      try scratch.write(text.replacing("name: small", with: "name: \(name)"), to: "\(name).yaml")
      let run = try Program.run(["run", "\(name).yaml", "--workers", "1", "--output", "out", "--quiet"], in: scratch)
      #expect(run.status == 0, "\(run.standardError)")
    }
  }

  @Test func everySweepOfADirectoryCanBeReported() throws {
    let scratch = try Scratch()
    try Self.twoSweeps(scratch)
    let latest = try Program.run(["status", "out"], in: scratch)
    #expect(latest.standardOutput.hasPrefix("second: 2 done"), "\(latest.standardOutput)")
    #expect(latest.standardError.contains("out also holds first ("), "\(latest.standardError)")
    let named = try Program.run(["status", "out", "--sweep", "first"], in: scratch)
    #expect(named.standardOutput.hasPrefix("first: 2 done"), "\(named.standardOutput)")

    let hash = try #require(latest.standardError.split(separator: "first (").last?.prefix { $0 != ")" })
    let report = try Program.run(["report", "out", "--sweep", String(hash), "--format", "json"], in: scratch)
    let object = try JSONSerialization.jsonObject(with: Data(report.standardOutput.utf8)) as? [String: Any]
    #expect(object?["sweep"] as? String == "first")
    #expect((object?["tables"] as? [[String: Any]])?.map { $0["table"] as? String } == ["loss", "weights"])

    let unknown = try Program.run(["report", "out", "--sweep", "third"], in: scratch)
    #expect(unknown.status == 2)
    #expect(unknown.standardError.contains("no sweep “third”; it holds second ("), "\(unknown.standardError)")
  }

  @Test func severalCSVTablesNeedAFileEach() throws {
    let scratch = try Scratch()
    try Self.twoSweeps(scratch)
    let refused = try Program.run(["report", "out", "--format", "csv"], in: scratch)
    #expect(refused.status == 2 && refused.standardOutput.isEmpty)
    #expect(refused.standardError.contains("--table") && refused.standardError.contains("--to DIR"))
    let written = try Program.run(["report", "out", "--format", "csv", "--to", "tables"], in: scratch)
    #expect(written.status == 0 && written.standardOutput.isEmpty, "\(written.standardError)")
    let one = try Program.run(["report", "out", "--format", "csv", "--table", "weights"], in: scratch)
    #expect(try String(contentsOfFile: "\(scratch.path)/tables/weights.csv", encoding: .utf8) == one.standardOutput)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/tables").count == 2)
  }

  @Test func aPageHoldsTheFiguresAndTheTablesAndIsTheSameEachTime() throws {
    let scratch = try Scratch()
    let text = RunTests.sweep(seeds: 2, lengths: "[10, 20]", epochs: 2)
    let sweep = try scratch.write(text + "report: {title: 'A <b>title</b> & \"more\"'}\n", to: "sweep.yaml")
    #expect(try Program.run(["run", sweep, "--workers", "1", "--output", "out", "--quiet"], in: scratch).status == 0)
    let output = try Program.run(["report", "out", "--html", "pages/report.html"], in: scratch)
    #expect(output.status == 0 && output.standardError.contains("wrote pages/report.html"), "\(output.standardError)")
    let page = try String(contentsOfFile: "\(scratch.path)/pages/report.html", encoding: .utf8)
    for part in ["Training curves", "Weights before and after", "Loss against context length", "Weight scales"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.contains("<h1>A &lt;b&gt;title&lt;/b&gt; &amp; &quot;more&quot;</h1>") && !page.contains("<b>title"))
    #expect(page.components(separatedBy: "<svg ").count - 1 == 5)
    #expect(page.contains(">4 of 4 done<") && page.contains("name: small"))
    #expect(try Program.run(["report", "out", "--html", "again.html"], in: scratch).status == 0)
    #expect(try String(contentsOfFile: "\(scratch.path)/again.html", encoding: .utf8) == page)

    // A browser, where there is one: the policy lets the page's own script run, which puts buttons into the headings.
    guard let browser = Browser() else { return }
    let shown = try browser.document(of: "pages/report.html", in: scratch)
    #expect(shown.contains("<button type=\"button\">train loss</button>"))
  }

  @Test func withoutGnuplotAPageSaysSo() throws {
    let scratch = try Scratch()
    try Self.twoSweeps(scratch)
    let output = try Program.run(
      ["report", "out", "--html", "report.html"], in: scratch, environment: ["PATH": scratch.path])
    #expect(output.status == 0 && output.standardError.contains("gnuplot-nox"), "\(output.standardError)")
    let page = try String(contentsOfFile: "\(scratch.path)/report.html", encoding: .utf8)
    #expect(page.contains("figures need gnuplot") && !page.contains("<svg "))
    #expect(try Program.run(["report", "out", "--html", ""], in: scratch).status == 2)
  }

  /// Plain sentences with something to do, and none of the library's own.
  @Test func placesThatCannotHoldResultsAreNamed() throws {
    let scratch = try Scratch()
    let sweep = try scratch.write(RunTests.sweep(seeds: 1, lengths: "[10]", epochs: 1), to: "sweep.yaml")
    try scratch.write("", to: "file")
    let folder = "\(scratch.path)/folder/\(ResultStore.fileName)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/empty", withIntermediateDirectories: true)
    try scratch.write("", to: "empty/\(ResultStore.fileName)")
    let cases: [(arguments: [String], status: Int32, text: String)] = [
      (["run", sweep, "--output", ""], 2, "--output is empty"),
      (["run", sweep, "--output", "file"], 2, "file is a file; name a directory"),
      (["run", sweep, "--output", "file/below"], 2, "file is a file; name a directory"),
      (["run", sweep, "--output", "folder"], 3, "it is a directory, and should be a file"),
      (["report", "folder"], 3, "it is a directory, and should be a file"),
      (["report", "empty"], 3, "holds no results yet. Run a sweep"),
      (["status", "empty"], 3, "holds no results yet. Run a sweep"),
      (["status", "file"], 2, "holds no results"), (["report", ""], 2, "holds no results"),
      (["plan", sweep, "--output", "empty"], 0, ""),
    ]
    for (arguments, status, text) in cases {
      let output = try Program.run(arguments, in: scratch, deadline: 30)
      #expect(output.status == status, "\(arguments): \(output.standardError)")
      let words = output.standardError
      #expect(text.isEmpty || words.contains(text), "\(arguments): \(words)")
      #expect(!words.contains("..") && !words.contains("Cocoa") && !words.contains("SQLite error"), "\(words)")
    }
  }
}
