import Foundation
import Sweeps
import Testing

/// What docs/sweep-files.md says is what the program does.
struct DocumentationTests {
  private func page() throws -> String {
    try String(contentsOfFile: repositoryFile("docs/sweep-files.md"), encoding: .utf8)
  }

  /// The fenced blocks of a language.
  private func blocks(_ language: String) throws -> [String] {
    try page().components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  @Test func everyExampleIsAValidFile() throws {
    let examples = try blocks("yaml")
    #expect(examples.count == 10)
    for example in examples {
      let sweep = try SweepFile.parse(text: example, path: "docs/sweep-files.md")
      #expect(SweepPlan(sweep).trials.count == sweep.trialCount)
    }
    #expect(try SweepFile.parse(text: examples[0], path: "").trialCount == 24)
  }

  @Test func theTableOfParametersIsComplete() throws {
    let page = try page()
    let rows = ParameterDefinition.table.filter(\.isSettable).map { definition in
      let cells = [
        "`\(definition.key.name)`", definition.kind.description, definition.defaultText ?? "none", definition.meaning,
        definition.summary,
      ]
      return "| \(cells.joined(separator: " | ")) |"
    }
    #expect(page.contains(rows.joined(separator: "\n")), "\(rows.joined(separator: "\n"))")
  }

  @Test func theLimitsAreTheProgramsOwn() throws {
    let page = try page()
    for row in [
      "| length of a file | \(SweepLimits.fileBytesMax >> 20) MiB |",
      "| trials of a sweep | \(SweepLimits.trialsMax) |",
      "| values of an axis | \(SweepLimits.axisValuesMax) |",
      "| rules of `exclude` | \(SweepLimits.exclusionsMax) |", "× 4 bytes | \(Assignment.dataBytesMax >> 30) GiB |",
      "(the first \(SweepLimits.diagnosticsMax))",
      "up to \(SweepLimits.nameBytesMax) letters", "from 1 to \(SweepLimits.seedsMax);",
    ] {
      #expect(page.contains(row), "\(row)")
    }
  }

  @Test func theShownErrorsAreThoseOfTheProgram() throws {
    let text = "name: a\n\nparameters:\n  nosie_variance: 1\naxes:\n  n: [4, 8]\n  d: [2, 6]\n"
    let shown = try #require(try blocks("text").first)
    var printed = ""
    for text in [text, text.replacing("nosie", with: "noise")] {
      do { _ = try SweepFile.parse(text: text, path: "sweep.yaml") } catch { printed += error.description + "\n" }
    }
    #expect(printed == shown)
  }
}
