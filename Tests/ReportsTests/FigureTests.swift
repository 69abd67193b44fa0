import Denoising
import Foundation
import Reports
import Results
import Sweeps
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureTests {
  private let nasty = "It's \"a\" <title> & `touch pwned` $x_1^2 {/Bold b} \\n @m\nset output '|touch pwned'"

  private func names(_ report: SweepReport) throws -> [String] { try SweepFigures(report).all().figures.map(\.name) }

  @Test func oneFigureOfEachKindForEachTask() throws {
    let kinds = ["loss", "excess", "scale-product"]
    #expect(
      try names(SyntheticReport().report)
        == ["linear", "sphere", "mixture"].flatMap { task in kinds.map { "\($0)-\(task)" } })
    #expect(try names(SyntheticReport(tasks: ["linear"]).report) == kinds)
  }

  @Test func aSingleContextLengthHasNoFigureAgainstIt() throws {
    #expect(try names(SyntheticReport(contextLengths: [50]).report).isEmpty)
    #expect(try names(SyntheticReport(seeds: 0).report).isEmpty)
  }

  @Test func gnuplotDrawsEveryFormatAndNothingElseStays() throws {
    try withTemporaryDirectory { directory in
      let figure = try #require(try SweepFigures(SyntheticReport(title: nasty).report).all().figures.first)
      let pictures = try Gnuplot().draw(figure, into: directory)
      #expect(pictures.count == 3)
      let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
      #expect(files == ["dat", "gp", "pdf", "png", "svg"].map { "loss-linear.\($0)" })
      func start(_ ending: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(directory)/loss-linear.\(ending)")).prefix(8)
      }
      #expect(try start("png") == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      #expect(try start("pdf").prefix(5) == Data("%PDF-".utf8))
      let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: "\(directory)/loss-linear.svg")))
      let text = TextCollector()
      parser.delegate = text
      #expect(parser.parse())
      #expect(
        text.text.contains("It's \"a\" <title> & `touch pwned` $x_1^2 {/Bold b} \\n @m set output '|touch pwned'"))
      #expect(text.text.contains("linear: closed form"))
    }
  }

  @Test func theScriptCanBeRunByHandAndDrawsTheSame() throws {
    try withTemporaryDirectory { directory in
      let figure = try #require(try SweepFigures(SyntheticReport(seeds: 1).report).all([.svg]).figures.last)
      let picture = try #require(try Gnuplot().draw(figure, into: directory).first)
      let first = try Data(contentsOf: URL(fileURLWithPath: picture))
      try FileManager.default.removeItem(atPath: picture)
      let process = try Process.run(
        URL(fileURLWithPath: "/usr/bin/env"), arguments: ["-C", directory, "gnuplot", "\(figure.name).gp"])
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(try Data(contentsOf: URL(fileURLWithPath: picture)) == first)
    }
  }

  @Test func aGridOfOtherParametersBecomesOneFigureForEachPoint() throws {
    var report = SyntheticReport(tasks: ["linear"], attentions: [.linear]).report
    let cells = report.cells
    report.cells = [1.0, 0.25].flatMap { noise in
      cells.map { cell in
        var cell = cell
        cell.parameters["noise_variance"] = .real(noise)
        cell.parameters["epochs"] = .integer(noise == 1 ? 100 : 200)
        return cell
      }
    }
    let kinds = ["loss", "excess", "scale-product"]
    let expected = ["1.0", "0.25"].flatMap { noise in kinds.map { "\($0)-noise_variance\(noise)" } }
    #expect(try names(report) == expected)
  }

  @Test func anExcessThatIsNotPositiveIsNotPlottedOnALogarithm() throws {
    var report = SyntheticReport(tasks: ["sphere"], attentions: [.linear]).report
    for index in report.cells.indices {
      report.cells[index].seeds = report.cells[index].seeds.map { seed in
        var values = seed.values.dictionary
        if index == 0 { values["train_loss"] = -1 }
        return .init(values, isSignFree: true)
      }
    }
    try withTemporaryDirectory { directory in
      for figure in try SweepFigures(report).all([.svg]).figures {
        let pictures = try Gnuplot().draw(figure, into: directory)
        #expect(pictures.count == 1)
      }
    }
  }

  @Test func withoutGnuplotTheErrorSaysWhatToInstall() throws {
    try withTemporaryDirectory { directory in
      let error = #expect(throws: ReportError.noGnuplot) { try Gnuplot(searchPath: directory) }
      #expect(error?.description.contains("gnuplot-nox") == true)
    }
  }

  @Test func aFailureOfTheProgramIsReportedAndLeavesNothing() throws {
    try withTemporaryDirectory { directory in
      var figure = try #require(try SweepFigures(SyntheticReport().report).all().figures.first)
      figure.script = "plot nonsense("
      let error = #expect(throws: ReportError.self) { try Gnuplot().draw(figure, into: directory) }
      #expect(error?.description.contains("loss-linear") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }
  }

  @Test func aProgramThatHangsIsStopped() throws {
    try withTemporaryDirectory { directory in
      let program = "\(directory)/sleeper"
      try "#!/bin/sh\nexec sleep 100\n".write(toFile: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
      let figure = try #require(try SweepFigures(SyntheticReport().report).all().figures.first)
      #expect(throws: ReportError.gnuplotTooSlow(figure: "loss-linear", seconds: 1)) {
        try Gnuplot(executable: program, secondsMax: 1).draw(figure, into: directory)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["sleeper"])
    }
  }
}

private final class TextCollector: NSObject, XMLParserDelegate {
  var text = ""

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
