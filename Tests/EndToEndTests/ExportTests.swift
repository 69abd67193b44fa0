import Denoising
import Foundation
import Numerics
import Results
import Testing

/// `icd export` of the real program: the files say what was trained, and the mathematics on them gives what is stored.
@Suite struct ExportTests {
  private static func trials(_ sweep: String, _ scratch: Scratch) throws -> [String] {
    let plan = try Program.run(["plan", sweep, "--trials", "--output", "out"], in: scratch)
    return plan.standardOutput.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t")
      return fields.count == 3 ? String(fields[1]) : nil
    }
  }

  private static let sweep = """
    name: small
    parameters:
      n: 6
      d: 3
      L: 25
      train_prompts: 50
      test_prompts: 20
      batch_size: 16
      epochs: 30
      evaluation_interval: 10
    axes:
      task: [linear, sphere]
      attention: [linear, softmax, gaussian]
    seeds: {count: 1, root: 3}

    """

  /// Mean loss of reference attention on exported prompts.
  private static func loss(_ directory: String, _ split: String, _ when: String, kind: String) throws -> Double {
    func file(_ name: String) throws -> NPYFile { try NPYFile("\(directory)/\(name).npy") }
    func matrix(_ name: String) throws -> Matrix {
      let found = try file("\(when)_\(name)")
      #expect(found.type == "<f4")
      return Matrix(rows: found.shape[0], columns: found.shape[1], values: found.doubles)
    }
    let attention: any ReferenceAttention =
      switch kind {
      case "linear": LinearAttention(value: try matrix("value"), keyQuery: try matrix("key_query"))
      case "softmax": SoftmaxAttention(value: try matrix("value"), keyQuery: try matrix("key_query"))
      default: GaussianAttention(value: try matrix("value"), query: try matrix("query"), key: try matrix("key"))
      }
    let (contexts, queries) = (try file("contexts_\(split)"), try file("queries_\(split)"))
    let targets = try file("targets_\(split)").doubles
    let (count, L, n) = (contexts.shape[0], contexts.shape[1], contexts.shape[2])
    #expect(queries.shape == [count, n])
    let (tokens, questions) = (contexts.doubles, queries.doubles)
    var sum = 0.0
    for prompt in 0..<count {
      let context = Matrix(rows: L, columns: n, values: Array(tokens[prompt * L * n..<(prompt + 1) * L * n])).transposed
      let span = prompt * n..<(prompt + 1) * n
      sum += attention.squaredError(context: context, query: Array(questions[span]), target: Array(targets[span]))
    }
    return sum / Double(count * n)
  }

  @Test func theExportedArraysGiveTheStoredLosses() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sweep, to: "sweep.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    let trials = try Self.trials("sweep.yaml", scratch)
    #expect(trials.count == 6)
    for trial in trials {
      let output = try Program.run(
        ["export", "out", "--trial", String(trial.prefix(12)), "--to", "x/\(trial)"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let directory = "\(scratch.path)/x/\(trial)"
      let json = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/parameters.json"))
      let about = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
      #expect(about["trial"] as? String == trial)
      let parameters = try #require(about["parameters"] as? [String: Any])
      #expect(parameters["L"] as? Int == 25 && parameters["batch_size"] as? Int == 16)
      let kind = try #require(parameters["attention"] as? String)
      let epochs = try NPYFile("\(directory)/history_epoch.npy")
      #expect(epochs.type == "<i8" && epochs.doubles == [0, 10, 20, 30])
      for split in ["train", "test"] {
        let history = try NPYFile("\(directory)/history_\(split)_loss.npy")
        #expect(history.type == "<f8" && history.shape == [4])
        for (when, stored) in [("initial", history.doubles[0]), ("final", history.doubles[3])] {
          let loss = try Self.loss(directory, split, when, kind: kind)
          #expect(abs(loss / stored - 1) < 1e-5, "\(kind) \(split) \(when): \(loss) and \(stored)")
        }
      }
      let order = try NPYFile("\(directory)/batch_order.npy")
      #expect(order.shape == [30, 50] && Set(order.doubles.prefix(50)) == Set((0..<50).map(Double.init)))
      let rates = try NPYFile("\(directory)/learning_rate.npy").doubles
      #expect(rates[23] == 0.01 && abs(rates[24] - 1e-3) < 1e-15 && abs(rates[27] - 1e-4) < 1e-15)
      let arrays = try #require(about["arrays"] as? [String: [String: Any]])
      for (name, entry) in arrays {
        let file = try NPYFile("\(directory)/\(name).npy")
        #expect(entry["dtype"] as? String == file.type && entry["shape"] as? [Int] == file.shape, "\(name)")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/x").sorted() == trials.sorted())
  }

  /// A trial without a result is run for its export, which has the same bytes as when it comes from the store.
  @Test func aTrialThatHasNotRunYetIsExportedTheSame() throws {
    let scratch = try Scratch()
    let text = Self.sweep.replacingOccurrences(of: "[linear, sphere]", with: "[linear]")
    try scratch.write(text.replacingOccurrences(of: "[linear, softmax, gaussian]", with: "[linear]"), to: "sweep.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    // The larger sweep becomes the directory's own, without being run to its end.
    try scratch.write(Self.sweep.replacingOccurrences(of: "epochs: 30", with: "epochs: 6000"), to: "large.yaml")
    let run = try Program.Running(["run", "large.yaml", "--output", "out", "--workers", "1"], in: scratch)
    #expect(eventually { (try? RunTests.results("out", scratch).count >= 2) ?? false })
    run.signal(SIGKILL)
    _ = try run.wait()
    let trials = try Self.trials("large.yaml", scratch)
    let committed = try RunTests.results("out", scratch)
    let missing = try #require(trials.last { committed[$0] == nil })
    let export = ["export", "out", "--trial", missing, "--to"]
    let early = try Program.run(export + ["early"], in: scratch)
    #expect(early.status == 0 && early.standardError.contains("has no result yet"), "\(early.standardError)")
    #expect(try Program.run(["run", "large.yaml", "--output", "out"], in: scratch).status == 0)
    let late = try Program.run(export + ["late"], in: scratch)
    #expect(late.status == 0 && !late.standardError.contains("has no result yet"))
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/early")
    // A Gaussian layer has a matrix more, before and after.
    #expect(names.count == (names.contains("final_key.npy") ? 21 : 19))
    for name in names {
      #expect(
        FileManager.default.contentsEqual(
          atPath: "\(scratch.path)/early/\(name)", andPath: "\(scratch.path)/late/\(name)"), "\(name)")
    }
    // A trial of the first sweep is still in the store, and can be exported too.
    let old = try #require(committed.keys.first { !trials.contains($0) })
    #expect(try Program.run(["export", "out", "--trial", old, "--to", "old"], in: scratch).status == 0)
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    let scratch = try Scratch()
    let large = Self.sweep.replacingOccurrences(of: "L: 25", with: "L: 1000000")
    try scratch.write(Self.sweep, to: "sweep.yaml")
    try scratch.write(large, to: "large.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    let trial = try Self.trials("sweep.yaml", scratch)[0]
    let export = ["export", "out", "--trial", trial, "--to"]
    try scratch.write("mine", to: "taken")
    let taken = try Program.run(export + ["taken"], in: scratch)
    #expect(taken.status == 2 && taken.standardError.contains("taken exists already"), "\(taken.standardError)")
    #expect(try String(contentsOfFile: "\(scratch.path)/taken", encoding: .utf8) == "mine")
    #expect(try Program.run(export + ["/proc/nowhere"], in: scratch).status == 3)
    for wrong in ["", "12345g", "0", String(repeating: "0", count: 33)] {
      let output = try Program.run(["export", "out", "--trial", wrong, "--to", "x"], in: scratch)
      #expect(output.status == 2, "\(wrong): \(output.standardError)")
    }
    // Before anything is drawn or trained: 70 prompts of a million tokens are 1.6 GiB.
    let run = try Program.Running(["run", "large.yaml", "--output", "out", "--workers", "1"], in: scratch)
    #expect(eventually { (try? Self.isLatest("L: 1000000", "out", scratch)) ?? false })
    // Stopped in good order once it has workers, so that its private directory goes with it.
    #expect(eventually { !RunTests.children(of: run.process.processIdentifier).isEmpty })
    run.signal(SIGTERM)
    #expect(try run.wait(deadline: 60).status == 130)
    let big = try Program.run(
      ["export", "out", "--trial", try Self.trials("large.yaml", scratch)[0], "--to", "big"], in: scratch)
    #expect(big.status == 2 && big.standardError.contains("1.6 GiB, more than 1.0 GiB"), "\(big.standardError)")
    #expect(!scratch.contents.contains { $0.hasPrefix("big") || $0.hasPrefix("x") })
  }

  private static func isLatest(_ words: String, _ directory: String, _ scratch: Scratch) throws -> Bool {
    let store = try ResultStore(directory: "\(scratch.path)/\(directory)", access: .readOnly)
    defer { try? store.close() }
    return try store.latestSweep()?.text.contains(words) ?? false
  }
}
