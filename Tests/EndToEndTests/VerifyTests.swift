import Foundation
import Results
import Sweeps
import Testing

/// `icd verify` on stores that the real program made, and on the same stores with a changed bit.
@Suite struct VerifyTests {
  private static func verify(_ arguments: [String], _ scratch: Scratch) throws -> Program.Output {
    try Program.run(["verify"] + arguments, in: scratch)
  }

  private static func sqlite(_ statements: String, on directory: String, _ scratch: Scratch) throws {
    let process = try Process.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      arguments: ["sqlite3", "\(scratch.path)/\(directory)/\(ResultStore.fileName)", statements])
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test func everyDigestHoldsForOneAndFourWorkersAndAfterAKill() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 8, epochs: 400), to: "sweep.yaml")
    for workers in ["1", "4"] {
      let run = try Program.run(["run", "sweep.yaml", "--workers", workers, "--output", "out\(workers)"], in: scratch)
      #expect(run.status == 0, "\(run.standardError)")
    }
    let cut = try Program.Running(["run", "sweep.yaml", "--workers", "2", "--output", "cut"], in: scratch)
    #expect(eventually { (try? RunTests.results("cut", scratch).count >= 3) ?? false })
    cut.signal(SIGKILL)
    #expect(try cut.wait().status == 128 + SIGKILL)
    let partial = try Self.verify(["cut", "--sample", "2"], scratch)
    #expect(partial.status == 0, "\(partial.standardOutput)")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "cut"], in: scratch).status == 0)

    for directory in ["out1", "out4", "cut"] {
      let output = try Self.verify([directory, "--sample", directory == "cut" ? "all" : "3"], scratch)
      #expect(output.status == 0, "\(output.standardOutput)")
      #expect(output.standardOutput.contains("24 results agree with their digests"))
      #expect(output.standardOutput.contains("run again, every bit the same"))
    }
    let digests = try ["out1", "out4", "cut"].map { try RunTests.results($0, scratch).mapValues { $0[0] } }
    #expect(digests[0].count == 24 && digests[0] == digests[1] && digests[0] == digests[2])
  }

  @Test func aFlippedBitIsFoundAndNamed() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 2), to: "sweep.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    let entry = try Self.value(
      "SELECT hex(substr(float32, 41, 1)) FROM weights WHERE trial_id = 3 AND position = 2", scratch)
    let byte = try #require(UInt8(entry, radix: 16))
    let flipped = String(format: "%02x", byte ^ 1)
    let damages = [
      (
        "UPDATE metrics SET value = value * 1.0000000000000003 WHERE trial_id = 3 AND name = 'test_loss'",
        "metric test_loss: stored "
      ),
      (
        """
        UPDATE weights SET float32 = CAST(substr(float32, 1, 40) || x'\(flipped)' || substr(float32, 42) AS BLOB)
        WHERE trial_id = 3 AND name = 'final_value'
        """, "array final_value, entry [1, 2]: stored "
      ),
      (
        "UPDATE curves SET points = replace(points, ',0.', ',0.0') WHERE trial_id = 3 AND name = 'train_loss'",
        "curve train_loss, point "
      ),
    ]
    let trial = try Self.name(ofRow: 3, in: "out", scratch)
    for (statement, words) in damages {
      let copy = "copy-\(UUID().uuidString)"
      try FileManager.default.copyItem(atPath: "\(scratch.path)/out", toPath: "\(scratch.path)/\(copy)")
      try Self.sqlite(statement, on: copy, scratch)
      let output = try Self.verify([copy, "--sample", "0"], scratch)
      #expect(output.status == 1)
      #expect(output.standardOutput.contains("trial \(trial): the stored result was changed: \(words)"), "\(output)")
      #expect(output.standardOutput.contains("1 of 6 results differ"), "\(output.standardOutput)")
      let json = try Self.verify([copy, "--sample", "0", "--format", "json"], scratch)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [String: Any])
      #expect(json.status == 1 && object["agrees"] as? Bool == false && object["checked"] as? Int == 6)
      let findings = try #require(object["findings"] as? [[String: Any]])
      #expect(findings.count == 1 && findings[0]["trial"] as? String == trial)
      #expect(findings[0]["kind"] as? String == "contents" && findings[0]["stored"] is String)
      // The damaged trial alone, by its first digits; and another one, which is as it was.
      #expect(try Self.verify([copy, "--trial", String(trial.prefix(10))], scratch).status == 1)
      let other = try Self.name(ofRow: 1, in: copy, scratch)
      #expect(try Self.verify([copy, "--trial", other], scratch).status == 0)
    }
  }

  private static func name(ofRow row: Int, in directory: String, _ scratch: Scratch) throws -> String {
    try value("SELECT trial FROM trials WHERE id = \(row)", in: directory, scratch)
  }

  /// The one value that a query gives.
  private static func value(_ query: String, in directory: String = "out", _ scratch: Scratch) throws -> String {
    let store = try ResultStore(directory: "\(scratch.path)/\(directory)", access: .readOnly)
    defer { try? store.close() }
    return try #require(try store.rows(query).first?.first ?? nil)
  }

  @Test func wrongArgumentsAreRefused() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 1), to: "sweep.yaml")
    #expect(try Self.verify(["nowhere"], scratch).status == 2)
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch).status == 0)
    for arguments in [
      ["--sample", "some"], ["--sample", "-1"], ["--threads", "0"], ["--trial", "xyz"],
      ["--trial", "00000000000000000000000000000000"],
    ] {
      let output = try Self.verify(["out"] + arguments, scratch)
      #expect(output.status == 2 && !output.standardError.isEmpty, "\(arguments)")
    }
  }

  /// On a processor without AVX2 the program says so and ends, before anything else.
  @Test(.enabled(if: canReplaceProcessorDescription, "unshare with a mount namespace of its own"))
  func anOldProcessorIsRefused() throws {
    let scratch = try Scratch()
    let description = "processor : 0\nmodel name : Old One\nflags : fpu sse sse2 avx\n"
    let file = try scratch.write(description, to: "cpuinfo")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "unshare", "-rm", "sh", "-c", "mount --bind \(file) /proc/cpuinfo && exec \(Program.path) --version",
    ]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let message = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 3)
    #expect(message.hasPrefix("icd: this processor (Old One) lacks "), "\(message)")
    #expect(message.contains("avx2"))
    #expect(try output.fileHandleForReading.readToEnd()?.isEmpty ?? true)
  }
}

/// Whether this user may see another `/proc/cpuinfo` in a namespace of its own.
private let canReplaceProcessorDescription: Bool = {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["unshare", "-rm", "mount", "--bind", "/dev/null", "/proc/cpuinfo"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()
