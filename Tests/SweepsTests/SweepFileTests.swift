import Foundation
import Sweeps
import Testing

/// The values that one axis of a file gives the cells, as they print.
private func axis(_ name: String, _ values: String, parameters: String = "train_prompts: 800") throws -> [String] {
  let plan = try plan("{name: a, parameters: {\(parameters)}, axes: {\(name): \(values)}}")
  return plan.cells.map { $0.parameters[name]?.description ?? "absent" }
}

struct SweepFileTests {
  @Test func integersAreReadInEveryForm() throws {
    #expect(try axis("L", "[20, +30, 1e2, 2_000, 40.0]") == ["20", "30", "100", "2000", "40"])
    #expect(try axis("L", "{range: [10, 30, 10]}") == ["10", "20", "30"])
    #expect(try axis("L", "{range: [30, 11, -10]}") == ["30", "20"])
    #expect(try axis("L", "{range: [5, 5, 1]}") == ["5"])
    #expect(try axis("L", "[7, {range: [10, 20, 5]}, 100]") == ["7", "10", "15", "20", "100"])
    #expect(try axis("L", "{linspace: [10, 20, 5]}") == ["10", "13", "15", "18", "20"])
    #expect(try axis("L", "{logspace: [10, 1000, 3]}") == ["10", "100", "1000"])
    #expect(try axis("L", "{logspace: [1, 4, 7]}") == ["1", "2", "3", "4"])
  }

  @Test func realsOfAGeneratorAreThoseOfAList() throws {
    let name = "noise_variance"
    #expect(try axis(name, "{range: [0.1, 0.5, 0.1]}") == ["0.1", "0.2", "0.3", "0.4", "0.5"])
    #expect(try axis(name, "{linspace: [0.5, 2, 4]}") == ["0.5", "1.0", "1.5", "2.0"])
    #expect(try axis(name, "{logspace: [0.01, 10, 4]}") == ["0.01", "0.1", "1.0", "10.0"])
    #expect(try axis(name, "{logspace: [1, 2, 3]}") == ["1.0", "1.41421356237", "2.0"])
    #expect(try axis(name, "[1, .5, 2., 1e-3, 5E+1]") == ["1.0", "0.5", "2.0", "0.001", "50.0"])
    let generated = try plan("{name: a, axes: {noise_variance: {range: [0.1, 0.5, 0.1]}}}").trials.map(\.id)
    let listed = try plan("{name: a, axes: {noise_variance: [0.1, 0.2, 0.3, 0.4, 0.5]}}").trials.map(\.id)
    #expect(generated == listed)
  }

  @Test func otherKindsOfValuesMakeAxesToo() throws {
    #expect(try axis("residual", "[true, false]") == ["true", "false"])
    #expect(try axis("d", "[{uniform: [2, 4]}, 3, {uniform: [5, 5]}]") == ["{uniform: [2, 4]}", "3", "5"])
    #expect(try axis("decay_at", "[[], [0.5], [0.8, 0.9]]") == ["[]", "[0.5]", "[0.8, 0.9]"])
    #expect(
      try axis("transform", "[none, random, [[0, 1], [2, 0]]]", parameters: "n: 2, d: 1")
        == ["none", "random", "[0.0, 1.0, 2.0, 0.0]"])
    #expect(
      try axis("signal_variance", "[0, 0.5, [1, 2]]", parameters: "task: mixture, component_count: 2")
        == ["0.0", "0.5", "[1.0, 2.0]"])
  }

  @Test func negativeZeroIsZero() throws {
    let negative = try plan("{name: a, parameters: {optimizer: sgd, momentum: -0.0}}")
    let positive = try plan("{name: a, parameters: {optimizer: sgd, momentum: 0}}")
    #expect(negative.trials.map(\.id) == positive.trials.map(\.id))
    #expect(try ParameterSet(canonicalBytes: negative.trials[0].canonicalBytes) == positive.trials[0].parameters)
  }

  @Test func theHeadOfAFileIsKept() throws {
    let text = "name: my-sweep_1.2\ndescription: |\n  Two\n  lines\nreport: {title: \"A: title\"}\n"
    let sweep = try SweepFile.parse(text: text, path: "x.yaml")
    #expect(sweep.name == "my-sweep_1.2")
    #expect(sweep.description == "Two\nlines\n")
    #expect(sweep.title == "A: title")
    #expect(sweep.text == text)
    #expect(sweep.trialCount == 1)
    // By Python: hashlib.sha256(b"name: a\n").hexdigest()
    let smallest = try SweepFile.parse(text: "name: a\n", path: "x.yaml")
    #expect(smallest.hash == "1e7e5f3c45fc71cc0d92ffd6a4136ce35256118f2cb9a940b09a9e336022a571")
    #expect(smallest.title == "a")
  }

  @Test func otherLineEndsAndAByteOrderMarkAreNoDifference() throws {
    let plain = try plan("name: a\naxes:\n  L: [20, 30]\n")
    for text in ["name: a\r\naxes:\r\n  L: [20, 30]\r\n", "\u{FEFF}name: a\naxes:\n  L: [20, 30]\n"] {
      #expect(try SweepsTests.plan(text).trials == plain.trials)
    }
  }

  @Test func allProblemsAreShownInTheOrderOfTheFile() {
    let text = "nane: a\nparameters:\n  L: 0\n  nosie_variance: 1\naxes:\n  d: []\nseeds: none\n"
    let error = #expect(throws: SweepFileError.self) { try SweepFile.parse(text: text, path: "dir/x.yaml") }
    #expect(
      error?.description == """
        dir/x.yaml:1:1: error: unknown key nane
          hint: did you mean name?
        dir/x.yaml:1:1: error: the sweep has no name
          hint: add `name: my-sweep`
        dir/x.yaml:3:6: error: L must be an integer from 1 to 1000000, not 0
          hint: number of clean context tokens; the query is not counted
        dir/x.yaml:4:3: error: unknown parameter nosie_variance
          hint: did you mean noise_variance?
        dir/x.yaml:6:6: error: the axis d is empty
          hint: give it at least one value, or remove it
        dir/x.yaml:7:8: error: seeds must be an integer from 1 to 1000000, not none
          hint: seeds: {count: 6, root: 0, first: 1, shared_data: false}, or just a count
        """)
  }

  @Test func aFloodOfProblemsIsCut() {
    let text = "name: a\naxes: {L: [" + String(repeating: "0, ", count: 200) + "0]}\n"
    let error = #expect(throws: SweepFileError.self) { try SweepFile.parse(text: text, path: "x.yaml") }
    #expect(error?.diagnostics.count == SweepLimits.diagnosticsMax)
    #expect(error?.omittedCount == 201 - SweepLimits.diagnosticsMax)
    #expect(error?.description.hasSuffix("and 151 more errors") == true)
  }

  @Test func pointsWithTheSameFaultAreOneProblem() {
    let text = "{name: a, parameters: {n: 4}, axes: {d: [2, 6, 7], L: [10, 20, 30]}}"
    let error = #expect(throws: SweepFileError.self) { try SweepFile.parse(text: text, path: "x.yaml") }
    #expect(error?.diagnostics.count == 2)
    #expect(error?.diagnostics.first?.message.hasSuffix("at the grid point d=6 L=10 and 2 more") == true)
  }

  @Test func anAliasBombIsRefusedAtOnce() {
    var text = "name: a\nx0: &x0 [1, 1]\n"
    for level in 1...60 { text += "x\(level): &x\(level) [*x\(level - 1), *x\(level - 1)]\n" }
    text += "? *x60\n: 1\n"
    let error = #expect(throws: SweepFileError.self) { try SweepFile.parse(text: text, path: "x.yaml") }
    #expect(error?.description.contains("too many YAML aliases") == true)
  }

  @Test func randomTextNeverCrashesTheReader() throws {
    var random = SeededGenerator(state: 3)
    let good = Array(
      try String(contentsOfFile: repositoryFile("examples/three-tasks.yaml"), encoding: .utf8).unicodeScalars)
    let pieces = Array("{}[],:&*!|>'\"%@`#-? \n\t\\0123456789.eE_~axyzL\u{e9}\u{1F600}".unicodeScalars)
    var valid = 0
    for _ in 0..<3000 {
      var text = good
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = pieces.randomElement(using: &random) ?? " "
        case 1: text.remove(at: place)
        default: text.insert(contentsOf: pieces.shuffled(using: &random).prefix(3), at: place)
        }
      }
      var string = String.UnicodeScalarView()
      string.append(contentsOf: text)
      if (try? SweepFile.parse(text: String(string), path: "x.yaml")) != nil { valid += 1 }
    }
    #expect(valid > 100 && valid < 2900)
  }
}

/// Files that are no text of a sweep.
struct SweepFileLoadingTests {
  private func error(loading data: Data?) throws -> SweepFileError? {
    let directory = FileManager.default.temporaryDirectory.appending(path: "icd-sweep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: "bad.yaml")
    try data?.write(to: file)
    let error = #expect(throws: SweepFileError.self) {
      try SweepFile.load(path: data == nil ? directory.path : file.path)
    }
    #expect(error?.diagnostics.count == 1)
    return error
  }

  @Test func aDirectoryIsNamed() throws {
    let error = try error(loading: nil)
    #expect(error?.diagnostics.first?.message == "this is a directory")
    #expect(error?.diagnostics.first?.line == nil)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: SweepFileError.self) { try SweepFile.load(path: "/nonexistent/sweep.yaml") }
    #expect(error?.description.hasPrefix("/nonexistent/sweep.yaml: error: no such file\n  hint: ") == true)
  }

  @Test func otherEncodingsAreRefusedWithThePlaceOfTheByte() throws {
    let error = try error(loading: Data("name: a\ndescription: caf\u{e9}\n".unicodeScalars.map { UInt8($0.value) }))
    #expect(error?.diagnostics.first?.message == "this is not UTF-8 text")
    #expect(error?.diagnostics.first?.line == 2)
    #expect(error?.diagnostics.first?.column == 17)
  }

  @Test func anEmptyFileIsNamed() throws {
    #expect(try error(loading: Data())?.diagnostics.first?.message == "the file is empty")
  }

  @Test func aHugeFileIsNotRead() throws {
    let error = try error(loading: Data(repeating: UInt8(ascii: "#"), count: SweepLimits.fileBytesMax + 1))
    #expect(error?.diagnostics.first?.message == "the file is larger than 4 MiB")
    #expect(throws: SweepFileError.self) { try SweepFile.load(path: "/dev/zero") }
  }
}
