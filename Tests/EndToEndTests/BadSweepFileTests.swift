import Foundation
import Testing

/// Bad sweep files, given to the real program: exit code 2, the place, the cause and the remedy; nothing is written.
@Suite struct BadSweepFileTests {
  struct Case: Sendable {
    let name: String
    let text: String
    /// `:line:column`, or the beginning of that.
    let place: String
    let cause: String
  }

  static let good = """
    name: good
    parameters: {task: linear, attention: linear, n: 4, d: 2, L: 5, train_prompts: 10, test_prompts: 5, epochs: 1}
    seeds: 1

    """

  /// The good file with one text in it replaced by another. The error is to be where `culprit` stands in the new file.
  private static func broken(_ name: String, _ old: String, _ new: String, at culprit: String, _ cause: String) -> Case
  {
    let text = good.replacingOccurrences(of: old, with: new)
    guard let range = text.range(of: culprit, range: (text.range(of: new) ?? text.startIndex..<text.endIndex)) else {
      preconditionFailure("\(name): the culprit is not in the new text")
    }
    let before = text[..<range.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    let place = ":\(before.count):\((before.last?.count ?? 0) + 1)"
    return Case(name: name, text: text, place: place, cause: cause)
  }

  static let cases: [Case] = [
    broken("unknown key", "seeds: 1", "sedes: 1", at: "sedes", "did you mean seeds"),
    broken("unknown parameter", "epochs: 1", "epoch: 1", at: "epoch", "did you mean epochs"),
    broken("wrong type", "n: 4", "n: four", at: "four", "n must be an integer"),
    broken("text for a number", "n: 4", "n: \"4\"", at: "\"4\"", "quotes"),
    broken("negative variance", "d: 2", "d: 2, noise_variance: -1", at: "-1", "noise_variance must be positive"),
    broken("d above n", "d: 2", "d: 5", at: "5", "d = 5 is larger than n = 4"),
    broken("L is zero", "L: 5", "L: 0", at: "0", "L must be an integer from 1"),
    broken("overflow", "L: 5", "L: 99999999999999999999", at: "9", "too large"),
    broken("not a number", "d: 2", "d: 2, noise_variance: .nan", at: ".nan", "noise_variance"),
    broken("infinite", "d: 2", "d: 2, noise_variance: .inf", at: ".inf", "noise_variance"),
    broken("unknown word", "attention: linear", "attention: linaer", at: "linaer", "did you mean linear"),
    broken("duplicate key", "n: 4", "n: 4, n: 5", at: "n: 5", "given twice"),
    broken("no seeds", "seeds: 1", "seeds: 0", at: "0", "seeds"),
    broken("empty axis", "seeds: 1", "axes: {noise_variance: []}", at: "[]", "noise_variance"),
    broken("set twice", "seeds: 1", "axes: {L: [3]}", at: "L", "L"),
    broken("meaningless parameter", "d: 2", "d: 2, radius: 1", at: "1", "radius has no meaning"),
    broken("no name", "name: good", "description: x", at: "description", "name"),
    broken("bad name", "name: good", "name: ../../etc", at: "../../etc", "name"),
    broken("idle exclusion", "seeds: 1", "exclude: [{n: 9}]", at: "{n: 9}", "exclude"),
    broken(
      "too many trials", "seeds: 1", "seeds: 1000000\naxes: {noise_variance: {linspace: [1, 2, 1000]}}", at: "axes",
      "trials"),
    broken("backward range", "seeds: 1", "axes: {noise_variance: {range: [2, 1, 0.5]}}", at: "0.5", "range"),
    Case(
      name: "syntax", text: good.replacingOccurrences(of: "seeds: 1", with: "seeds: [1"), place: ":4:1",
      cause: "YAML syntax"),
    Case(name: "empty", text: "", place: ":1:1", cause: "the file is empty"),
    Case(name: "a list", text: "- 1\n- 2\n", place: ":1:1", cause: "not a list"),
    Case(name: "two documents", text: good + "---\n" + good, place: ":4:", cause: "document"),
  ]

  @Test(arguments: cases.indices) func isRefusedWithItsPlace(index: Int) throws {
    let example = Self.cases[index]
    let scratch = try Scratch()
    try scratch.write(example.text, to: "sweep.yaml")
    for command in ["run", "plan"] {
      let output = try Program.run([command, "sweep.yaml"], in: scratch, deadline: 60)
      #expect(output.status == 2, "\(example.name)")
      #expect(output.standardOutput.isEmpty)
      #expect(output.standardError.contains("sweep.yaml\(example.place)"), "\(example.name): \(output.standardError)")
      #expect(output.standardError.contains(example.cause), "\(example.name): \(output.standardError)")
      #expect(output.standardError.contains("hint: "), "\(example.name): \(output.standardError)")
      #expect(scratch.contents == ["sweep.yaml"], "\(example.name)")
    }
  }

  @Test func filesThatAreNoTextAreRefused() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/folder.yaml", withIntermediateDirectories: true)
    try Data([0x6E, 0x61, 0x6D, 0x65, 0x3A, 0x20, 0xFF, 0xFE]).write(
      to: URL(fileURLWithPath: "\(scratch.path)/latin.yaml"))
    for (name, cause) in [("folder.yaml", "directory"), ("latin.yaml", "UTF-8"), ("absent.yaml", "no such file")] {
      let output = try Program.run(["run", name], in: scratch, deadline: 60)
      #expect(output.status == 2)
      #expect(output.standardError.contains(name) && output.standardError.contains(cause))
      #expect(output.standardError.contains("hint: "))
    }
    #expect(scratch.contents == ["folder.yaml", "latin.yaml"])
  }

  /// What an error quotes may hold what a terminal would obey.
  @Test func errorsHoldNoControlCharacters() throws {
    let scratch = try Scratch()
    let output = try Program.run(["plan", "no\u{1B}[31m\u{7}such.yaml"], in: scratch)
    #expect(output.status == 2 && output.standardError.contains("such.yaml"), "\(output.standardError)")
    #expect(!output.standardError.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test func theGoodFileIsGood() throws {
    let scratch = try Scratch()
    try scratch.write(Self.good, to: "sweep.yaml")
    #expect(try Program.run(["plan", "sweep.yaml"], in: scratch).status == 0)
    #expect(scratch.contents == ["sweep.yaml"])
  }
}
