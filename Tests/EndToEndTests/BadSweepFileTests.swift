import Foundation
import Testing

/// Bad sweep files, given to the real program: exit code 2, the place, the cause and the remedy; nothing is written.
@Suite struct BadSweepFileTests {
  struct Case: Sendable {
    let name: String
    let text: String
    let place: String
    let cause: String
  }

  static let good = """
    name: good
    parameters: {task: linear, attention: linear, n: 4, d: 2, L: 5, train_prompts: 10, test_prompts: 5, epochs: 1}
    seeds: 1

    """

  /// The good file with one text in it replaced by another.
  private static func broken(_ name: String, _ old: String, _ new: String, at place: String, _ cause: String) -> Case {
    precondition(good.contains(old))
    return Case(name: name, text: good.replacingOccurrences(of: old, with: new), place: place, cause: cause)
  }

  static let cases: [Case] = [
    broken("unknown key", "seeds: 1", "sedes: 1", at: ":3:1", "seeds"),
    broken("unknown parameter", "epochs: 1", "epoch: 1", at: ":2:101", "epochs"),
    broken("wrong type", "n: 4", "n: four", at: ":2:46", "n"),
    broken("text for a number", "n: 4", "n: \"4\"", at: ":2:46", "n"),
    broken("negative variance", "d: 2", "d: 2, noise_variance: -1", at: ":2:69", "noise_variance"),
    broken("d above n", "d: 2", "d: 5", at: ":2:52", "d"),
    broken("L is zero", "L: 5", "L: 0", at: ":2:58", "L"),
    broken("overflow", "L: 5", "L: 99999999999999999999", at: ":2:58", "L"),
    broken("not a number", "d: 2", "d: 2, noise_variance: .nan", at: ":2:69", "noise_variance"),
    broken("infinite", "d: 2", "d: 2, noise_variance: .inf", at: ":2:69", "noise_variance"),
    broken("unknown word", "attention: linear", "attention: linaer", at: ":2:39", "linear"),
    broken("duplicate key", "n: 4", "n: 4, n: 5", at: ":2:49", "n"),
    broken("no seeds", "seeds: 1", "seeds: 0", at: ":3:8", "seeds"),
    broken("empty axis", "seeds: 1", "axes: {noise_variance: []}", at: ":3:24", "noise_variance"),
    broken("set twice", "seeds: 1", "axes: {L: [3]}", at: ":3:8", "L"),
    broken("meaningless parameter", "d: 2", "d: 2, radius: 1", at: ":2:55", "radius"),
    broken("syntax", "seeds: 1", "seeds: [1", at: ":4:1", ""),
    broken("no name", "name: good", "description: x", at: ":1:1", "name"),
    broken("bad name", "name: good", "name: ../../etc", at: ":1:7", "name"),
    broken("backward range", "seeds: 1", "axes: {noise_variance: {range: [2, 1, 0.5]}}", at: ":3:", "range"),
    broken(
      "too many trials", "seeds: 1", "seeds: 1000000\naxes: {noise_variance: {linspace: [1, 2, 1000]}}", at: ":",
      "trials"),
    broken("idle exclusion", "seeds: 1", "exclude: [{n: 9}]", at: ":3:11", "exclude"),
    Case(name: "empty", text: "", place: ":1:1", cause: "empty"),
    Case(name: "a list", text: "- 1\n- 2\n", place: ":1:1", cause: ""),
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

  @Test func theGoodFileIsGood() throws {
    let scratch = try Scratch()
    try scratch.write(Self.good, to: "sweep.yaml")
    #expect(try Program.run(["plan", "sweep.yaml"], in: scratch).status == 0)
    #expect(scratch.contents == ["sweep.yaml"])
  }
}
