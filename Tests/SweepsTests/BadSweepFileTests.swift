import Foundation
import Sweeps
import Testing

/// A text that is no sweep file, and what must be said about it first: place, part of the message, part of the hint.
struct BadFile: Sendable, CustomTestStringConvertible {
  let what: String
  let text: String
  let place: String
  let message: String
  let hint: String

  init(_ what: String, _ text: String, _ place: String, _ message: String, _ hint: String) {
    self.what = what
    self.text = text
    self.place = place
    self.message = message
    self.hint = hint
  }

  var testDescription: String { what }
}

struct BadSweepFileTests {
  static let sections: [BadFile] = [
    BadFile("unknown key", "name: a\nparameter: {L: 20}\n", "2:1", "unknown key parameter", "mean parameters"),
    BadFile("parameter at the top", "name: a\nL: 20\n", "2:1", "unknown key L", "under parameters or axes"),
    BadFile(
      "unknown parameter", "name: a\nparameters:\n  lenght: 3\n", "3:3", "unknown parameter lenght", "known here"),
    BadFile(
      "misspelt parameter", "name: a\nparameters:\n  noise_varience: 3\n", "3:3", "unknown parameter noise_varience",
      "mean noise_variance"),
    BadFile("synonym", "name: a\nparameters: {lr: 0.1}\n", "2:14", "unknown parameter lr", "mean learning_rate"),
    BadFile("wrong case", "name: a\nparameters: {l: 5}\n", "2:14", "unknown parameter l", "mean L"),
    BadFile("seed as a parameter", "name: a\nparameters: {seed: 5}\n", "2:14", "seed is not set", "section seeds"),
    BadFile("no name", "axes: {L: [20]}\n", "1:1", "the sweep has no name", "add `name"),
    BadFile("name is a path", "name: ../a\n", "1:7", "not usable as a file name", "letters, digits"),
    BadFile("empty section", "name: a\naxes:\nseeds: 2\n", "2:1", "axes is empty", "remove it"),
    BadFile("section of a wrong type", "name: a\nparameters: [1]\n", "2:13", "must be a mapping", "name: value"),
    BadFile("list as a document", "- a\n- b\n", "1:1", "a sweep file is a mapping, not a list", "name"),
    BadFile("word as a document", "hello\n", "1:1", "a sweep file is a mapping, not hello", "name"),
    BadFile("empty cases", "name: a\ncases: []\n", "2:8", "cases must be a list of mappings", "task"),
    BadFile("unknown key of seeds", "name: a\nseeds: {count: 2, rot: 3}\n", "2:19", "unknown key rot", "mean root"),
    BadFile("no seeds", "name: a\nseeds: 0\n", "2:8", "seeds must be an integer from 1", "count"),
    BadFile(
      "seeds beyond all numbers", "name: a\nseeds: {first: 9223372036854775807}\n", "2:16", "first must be", "seeds"),
    BadFile("shared_data", "name: a\nseeds: {shared_data: yes}\n", "2:22", "must be true or false, not yes", "true"),
    BadFile("unknown key of report", "name: a\nreport: {titel: x}\n", "2:10", "unknown key titel", "mean title"),
    BadFile(
      "set twice", "name: a\nparameters:\n  L: 20\naxes:\n  L: [20, 30]\n", "5:3",
      "L is set under axes and under parameters", "3:6"),
    BadFile(
      "case and axis", "name: a\ncases:\n  - {d: 4}\naxes: {d: [2, 3]}\n", "4:8", "d is set under axes and under cases",
      "3:9"),
  ]

  static let values: [BadFile] = [
    BadFile("L = 0", "name: a\naxes:\n  L: [20, 0]\n", "3:11", "L must be an integer from 1", "context tokens"),
    BadFile(
      "negative variance", "name: a\nparameters:\n  noise_variance: -1\n", "3:19", "noise_variance must be positive",
      "corruption"),
    BadFile(
      "zero variance", "name: a\nparameters: {signal_variance: 0}\n", "2:31", "must be one positive number", "mixture"),
    BadFile("word for a number", "name: a\nparameters:\n  n: many\n", "3:6", "n must be an integer", "dimension"),
    BadFile("quoted number", "name: a\nparameters:\n  d: \"8\"\n", "3:6", "the text \"8\", not a number", "quotes"),
    BadFile("fraction for an integer", "name: a\naxes: {L: [20.5]}\n", "2:12", "L must be an integer", "whole"),
    BadFile("octal", "name: a\naxes: {L: [020]}\n", "2:12", "must not begin with 0", "integer"),
    BadFile("overflow", "name: a\naxes: {L: [99999999999999999999]}\n", "2:12", "too large for a 64-bit", "integer"),
    BadFile(
      "real overflow", "name: a\nparameters: {radius: 1e999, task: sphere}\n", "2:22", "too large for a double",
      "number"),
    BadFile("infinity", "name: a\nparameters: {noise_variance: .inf}\n", "2:30", "must be finite", "positive"),
    BadFile("NaN", "name: a\nparameters: {noise_variance: .nan}\n", "2:30", "not NaN", "positive"),
    BadFile(
      "beyond single precision", "name: a\nparameters: {noise_variance: 1e200}\n", "2:30", "must be positive (1e-30",
      "corruption"),
    BadFile("list for a number", "name: a\nparameters: {L: [20, 30]}\n", "2:17", "L must be an integer", "one value"),
    BadFile(
      "yes for a flag", "name: a\nparameters: {residual: yes}\n", "2:24", "must be true or false, not yes", "write true"
    ),
    BadFile(
      "off for a flag", "name: a\nparameters: {residual: off}\n", "2:24", "must be true or false, not off",
      "write false"),
    BadFile(
      "unknown word", "name: a\naxes: {attention: [linear, sofmax]}\n", "2:28", "must be one of linear, softmax",
      "softmax"),
    BadFile("no value", "name: a\nparameters:\n  L:\n  d: 4\n", "3:3", "L has no value", "an integer"),
    BadFile("null", "name: a\nparameters: {L: ~}\n", "2:17", "L has no value", "an integer"),
    BadFile("descending milestones", "name: a\nparameters: {decay_at: [0.9, 0.8]}\n", "2:24", "ascending", "fractions"),
    BadFile(
      "uniform without end", "name: a\nparameters: {d: {uniform: [4]}}\n", "2:27", "uniform needs two integers",
      "uniform"),
    BadFile(
      "uniform backwards", "name: a\nparameters: {d: {uniform: [8, 4]}}\n", "2:28", "begins at 8, after its end 4",
      "[4, 8]"),
    BadFile(
      "singular transform", "name: a\nparameters: {n: 2, d: 1, transform: [[1, 2], [2, 4]]}\n", "2:37", "invertible",
      "matrix"),
    BadFile(
      "ragged transform", "name: a\nparameters: {n: 2, d: 1, transform: [[1, 2], [2]]}\n", "2:46", "rows of 2 numbers",
      "["),
  ]

  static let axes: [BadFile] = [
    BadFile("empty axis", "name: a\naxes:\n  L: []\n", "3:6", "the axis L is empty", "at least one value"),
    BadFile("scalar axis", "name: a\naxes: {L: 20}\n", "2:11", "must be a list or a generator, not 20", "[20]"),
    BadFile(
      "unknown generator", "name: a\naxes: {L: {rang: [1, 2, 1]}}\n", "2:11", "needs a value or one of", "mean range"),
    BadFile("two arguments", "name: a\naxes: {L: {range: [1, 2]}}\n", "2:19", "range needs three numbers", "step"),
    BadFile("zero step", "name: a\naxes: {L: {range: [1, 9, 0]}}\n", "2:26", "does not lead from the first", "step"),
    BadFile(
      "wrong direction", "name: a\naxes: {L: {range: [9, 1, 2]}}\n", "2:26", "does not lead from the first", "step"),
    BadFile(
      "endless range", "name: a\naxes: {noise_variance: {range: [1, 2, 1e-9]}}\n", "2:39", "more than 100000",
      "larger step"),
    BadFile(
      "range beyond integers", "name: a\naxes: {L: {range: [0, -9223372036854775808, -1]}}\n", "2:20",
      "L must be an integer",
      "context"),
    BadFile(
      "range out of bounds", "name: a\naxes: {L: {range: [0, 20, 10]}}\n", "2:20", "L must be an integer from 1",
      "context"),
    BadFile(
      "logspace of exponents", "name: a\naxes: {L: {logspace: [0, 3, 4]}}\n", "2:23", "positive ends",
      "not their exponents"),
    BadFile(
      "count of one", "name: a\naxes: {L: {linspace: [1, 3, 1]}}\n", "2:29", "count must be an integer from 2",
      "how many"),
    BadFile(
      "range of words", "name: a\naxes: {task: {range: [1, 3, 1]}}\n", "2:14", "task is not a number", "list its values"
    ),
    BadFile(
      "too many trials",
      "name: a\naxes:\n  L: {range: [1, 90000, 1]}\n  noise_variance: {linspace: [1, 2, 90000]}\nseeds: 1000000\n",
      "2:1",
      "1 × 90000 × 90000 × 1000000 trials; the limit is 10000000", "fewer"),
    BadFile(
      "d > n from axes", "name: a\naxes:\n  n: [4, 8]\n  d: [2, 6]\n", "4:10",
      "d = 6 is larger than n = 4 (n is set at 3:7), at the grid point n=4 d=6", "at most d = 4"),
    BadFile(
      "sphere too large", "name: a\nparameters: {task: sphere, n: 8, d: 8}\n", "2:37",
      "8-sphere does not fit",
      "n - 1 = 7"),
    BadFile("default d > n", "name: a\nparameters:\n  n: 4\n", "3:6", "d = 8 is larger than n = 4", "subspace"),
    BadFile(
      "too much data", "name: a\nparameters: {train_prompts: 10000000, n: 512, d: 4}\n", "2:29",
      "take 9803 GiB besides their contexts; the limit is 16 GiB", "fewer prompts"),
    BadFile(
      "weights without components", "name: a\nparameters: {task: mixture, component_weights: [1, 2, 3]}\n", "2:48",
      "lists 3 weights for component_count = 8", "one for each"),
    BadFile(
      "weights of a random count",
      "name: a\nparameters: {task: mixture, component_count: {uniform: [2, 3]}, signal_variance: [1, 2]}\n", "2:82",
      "needs a fixed component_count", "one integer"),
    BadFile(
      "transform of another size", "name: a\nparameters: {transform: [[2]]}\n", "2:25", "1 entries for n = 16",
      "16 rows"),
    BadFile(
      "no meaning", "name: a\nparameters:\n  momentum: 0.9\n  L: 20\n", "3:13", "momentum has no meaning",
      "optimizer: sgd"),
    BadFile(
      "axis without meaning", "name: a\naxes: {radius: [1, 2]}\n", "2:8", "radius has no meaning", "sphere, mixture"),
    BadFile(
      "case without meaning", "name: a\ncases:\n  - {task: linear, d: 4}\n  - {task: mixture, d: 4}\n", "4:24",
      "d has no meaning for any trial of this case", "task: linear, sphere"),
    BadFile(
      "too many rules", "name: a\nexclude: [" + String(repeating: "{L: 1}, ", count: 1000) + "{L: 1}]\n", "2:10",
      "1001 rules of exclude; the limit is 1000", "lists of values"),
    BadFile(
      "rule that matches nothing", "name: a\naxes: {L: [20, 30]}\nexclude:\n  - {L: 40}\n", "4:5", "matches no point",
      "remove"),
    BadFile(
      "everything excluded", "name: a\naxes: {L: [20]}\nexclude:\n  - {L: 20}\n", "1:1",
      "every point of the grid is excluded",
      "rule"),
  ]

  static let yaml: [BadFile] = [
    BadFile("empty file", "", "1:1", "the file is empty", "name"),
    BadFile("only comments", "# nothing\n\n", "1:1", "the file is empty", "name"),
    BadFile(
      "duplicate key", "name: a\nseeds: 2\naxes: {L: [20]}\nseeds: 3\n", "4:1", "the key seeds is given twice", "2:1"),
    BadFile(
      "duplicate in flow", "name: a\nparameters: {L: 20, d: 4, L: 30}\n", "2:27", "the key L is given twice", "2:14"),
    BadFile(
      "duplicate axis", "name: a\naxes:\n  L: [1]\n  d: [4]\n  \"L\": [2]\n", "3:3", "the key L is given twice",
      "one of the two"),
    BadFile("two documents", "name: a\n---\nname: b\n", "2:1", "a second YAML document", "file of its own"),
    BadFile("unclosed bracket", "name: a\naxes: {L: [20, 30}\n", "2:18", "YAML syntax", "brackets"),
    BadFile("tab as indentation", "name: a\nparameters:\n\tL: 20\n", "3:1", "YAML syntax", "indentation"),
    BadFile("colon in a value", "name: a: b\n", "1:8", "YAML syntax", "colons"),
    BadFile(
      "alias", "name: a\naxes:\n  L: &lengths [20, 30]\n  d: *lengths\n", "3:6", "YAML alias", "write the values out"),
    BadFile("alias of a scalar", "name: a\naxes: {L: [&x 20, *x]}\n", "2:12", "YAML alias", "write the values out"),
    BadFile("unknown alias", "name: a\naxes: {L: *nothing}\n", "2:11", "undefined alias", "write the values out"),
    BadFile("merge key", "name: a\nparameters:\n  <<: {L: 3}\n", "3:3", "unknown parameter <<", "known here"),
    BadFile("tag", "name: a\nparameters: {L: !!str 20}\n", "2:17", "the text \"20\", not a number", "20"),
    BadFile("own tag", "name: a\nparameters: {L: !int 20}\n", "2:17", "YAML tags are not used", "remove the tag"),
    BadFile("control character", "name: a\u{1}\n", "1:8", "a control character (U+1)", "text file"),
    BadFile(
      "nearly too deep", String(repeating: "[", count: 990) + String(repeating: "]", count: 990), "1:1",
      "a sweep file is a mapping, not a list", "name"),
    BadFile("deep nesting", String(repeating: "[", count: 5000), "1:1", "nested too deeply", "brackets"),
  ]

  @Test(arguments: sections + values + axes + yaml)
  func isRefusedWithItsPlace(file: BadFile) {
    let error = #expect(throws: SweepFileError.self) { try SweepFile.parse(text: file.text, path: "bad.yaml") }
    let first = error?.diagnostics.first
    let place = first.map { "\($0.line ?? 0):\($0.column ?? 0)" }
    #expect(place == file.place, "\(error?.description ?? "")")
    #expect(first?.message.contains(file.message) == true, "\(error?.description ?? "")")
    #expect(first?.hint.contains(file.hint) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("bad.yaml:\(file.place): error: ") == true)
  }
}
