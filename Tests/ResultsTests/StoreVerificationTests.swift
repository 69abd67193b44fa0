import Foundation
import Results
import Sweeps
import Synchronization
import Testing

/// A store of a few small trials with their true results, which is then damaged in every way.
@Suite struct StoreVerificationTests {
  private static let version = "1.0"

  /// Trials that take about a millisecond.
  private static func trial(seed: Int) throws -> Trial {
    var parameters = testParameters(L: 9, d: .integer(2), seed: seed)
    for (name, value) in [("n", 4), ("train_prompts", 20), ("test_prompts", 6), ("batch_size", 8), ("epochs", 5)] {
      parameters[name] = .integer(value)
    }
    return try Trial(parameters: parameters)
  }

  private static func record(_ trial: Trial, _ result: TrialResult) -> ResultRecord {
    ResultRecord(
      trial: trial, result: result, attempt: 1, worker: "w", host: "h", startedAt: 0, seconds: 1,
      workerVersion: version)
  }

  /// Verifies a store of `count` trials after a change to it.
  private static func verify(
    count: Int = 3, sample: StoreVerification.Sample = .count(0), seed: UInt64 = 0, threads: Int = 2,
    trials: Set<TrialID>? = nil, after change: (ResultStore, String) throws -> Void = { _, _ in }
  ) throws -> VerificationReport {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let all = try (1...count).map(Self.trial(seed:))
      try store.commit(try all.map { record($0, try $0.run { false }) })
      try change(store, directory)
      return try StoreVerification(
        store,
        options: .init(trials: trials, sample: sample, sampleSeed: seed, threads: threads, version: version)
      ).run()
    }
  }

  private static func damaged(_ statement: String) throws -> VerificationReport {
    try verify { store, _ in
      _ = try store.rows("PRAGMA foreign_keys = OFF")
      _ = try store.rows("PRAGMA ignore_check_constraints = ON")
      _ = try store.rows(statement)
      #expect(try store.rows("SELECT changes() > 0") == [["1"]], "the statement must change something")
    }
  }

  @Test func anUntouchedStoreAgrees() throws {
    for threads in [1, 4] {
      let report = try Self.verify(count: 70, sample: .count(5), threads: threads)
      #expect(report.agrees && report.checked == 70 && report.rerun.count == 5, "\(report.findings)")
    }
    let report = try Self.verify(sample: .all)
    let names = try (1...3).map { try Self.trial(seed: $0).id.description }
    #expect(report.agrees && report.rerun == names)
    #expect(try Self.verify().rerun.isEmpty)
  }

  @Test func theSampleDependsOnItsSeedAlone() throws {
    func sample(_ seed: UInt64, threads: Int) throws -> [String] {
      try Self.verify(count: 20, sample: .count(4), seed: seed, threads: threads).rerun
    }
    let first = try sample(0, threads: 1)
    #expect(try sample(0, threads: 3) == first)
    #expect(try sample(1, threads: 1) != first)
    #expect(Set(first).count == 4)
  }

  @Test func singleTrialsCanBeChosen() throws {
    let second = try Self.trial(seed: 2).id
    let report = try Self.verify(sample: .all, trials: [second]) { store, _ in
      _ = try store.rows("UPDATE metrics SET value = value + 1 WHERE trial_id = 1 AND position = 0")
    }
    #expect(report.agrees && report.checked == 1 && report.rerun == [second.description])
  }

  /// A changed number is found without being asked to run anything, and named with both values.
  @Test(arguments: [
    ("UPDATE metrics SET value = -value WHERE trial_id = 2 AND name = 'test_loss'", "metric test_loss"),
    ("UPDATE metrics SET value = NULL WHERE trial_id = 2 AND name = 'beta'", "metric beta"),
    ("UPDATE metrics SET name = 'Beta' WHERE trial_id = 2 AND name = 'beta'", "name 6 of the metrics"),
    ("DELETE FROM metrics WHERE trial_id = 2 AND name = 'alpha'", "name 5 of the metrics"),
    (
      "UPDATE curves SET points = replace(points, '[', '[1') WHERE trial_id = 2 AND name = 'train_loss'",
      "curve train_loss, point 0 (epoch 0)"
    ),
    ("UPDATE curves SET points = '[]' WHERE trial_id = 2 AND name = 'beta'", "points of curve beta"),
    ("DELETE FROM weights WHERE trial_id = 2 AND name = 'final_value'", "name 2 of the arrays"),
    ("UPDATE weights SET shape = '[2,8]' WHERE trial_id = 2 AND name = 'final_value'", "shape of array final_value"),
    (
      """
      UPDATE weights SET float32 = CAST(substr(float32, 1, 59) || x'7f' || substr(float32, 61) AS BLOB)
      WHERE trial_id = 2 AND name = 'final_key_query'
      """, "array final_key_query, entry [3, 2]"
    ),
  ])
  func aChangedResultIsNamed(statement: String, place: String) throws {
    let report = try Self.damaged(statement)
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1 && report.damagedTrials == 1 && report.checked == 3, "\(report.findings)")
    #expect(finding.kind == .contents)
    let second = try Self.trial(seed: 2).id.description
    #expect(finding.trial == second && report.rerun == [second])
    #expect(finding.difference?.place == place)
  }

  /// What cannot be decoded, or does not belong to the trial, is named too.
  @Test(arguments: [
    ("UPDATE metrics SET value = CAST('x' AS BLOB) WHERE trial_id = 2 AND name = 'alpha'", "contents", "metric alpha"),
    ("UPDATE curves SET points = '[1,x]' WHERE trial_id = 2 AND name = 'beta'", "contents", "curve beta"),
    ("UPDATE weights SET float32 = x'00' WHERE trial_id = 2 AND position = 1", "contents", "array initial_key_query"),
    ("UPDATE weights SET shape = '[9e18,9e18]' WHERE trial_id = 2 AND position = 1", "contents", "array initial_key"),
    ("UPDATE results SET digest = replace(digest, 'a', 'b') WHERE trial_id = 2", "digest", "stored digest"),
    ("UPDATE trials SET L = 10 WHERE id = 2", "parameters", "column L holds 10,"),
    ("UPDATE trials SET task = NULL WHERE id = 2", "parameters", "column task holds NULL"),
    (
      "UPDATE trials SET parameters = replace(parameters, '0.01', '0.02') WHERE id = 2", "parameters",
      "column parameters"
    ),
    (
      "UPDATE trials SET canonical = CAST(canonical || x'00' AS BLOB) WHERE id = 2", "identity",
      "the canonical bytes are"
    ),
    ("UPDATE trials SET trial = 'f' || substr(trial, 2) WHERE id = 2", "identity", "the canonical bytes are"),
  ])
  func aChangedRowIsNamed(statement: String, kind: String, words: String) throws {
    let report = try Self.damaged(statement)
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1 && report.checked == 3, "\(report.findings)")
    #expect(finding.kind.rawValue == kind && finding.message.contains(words), "\(finding)")
    let second = try Self.trial(seed: 2).id.description
    #expect(finding.trial?.dropFirst() == second.dropFirst())
  }

  @Test func rowsThatBelongToNothingAreNamed() throws {
    let lost = try Self.damaged("DELETE FROM results WHERE trial_id = 2")
    #expect(lost.checked == 2)
    #expect(
      Set(lost.findings.map(\.kind)) == [.file] && lost.findings.contains { $0.message.contains("rows of metrics") })
    let nameless = try Self.damaged("DELETE FROM trials WHERE id = 2")
    #expect(nameless.checked == 3 && nameless.findings.contains { $0.kind == .identity && $0.trial == "in row 2" })
  }

  @Test func aChangedViewIsNamed() throws {
    let report = try Self.verify { store, _ in
      _ = try store.rows("DROP VIEW losses")
      _ = try store.rows("CREATE VIEW losses AS SELECT trial, 0 AS test_loss FROM trials")
    }
    #expect(report.findings.map(\.message) == ["the definition of view losses was changed"])
    // Looking into the file, an index of one's own and statistics do no harm.
    let own = try Self.verify { store, _ in
      _ = try store.rows("CREATE INDEX mine ON metrics (name)")
      _ = try store.rows("ANALYZE")
    }
    #expect(own.agrees, "\(own.findings)")
  }

  @Test func aChangedSweepFileIsNamed() throws {
    let report = try Self.verify { store, _ in
      try store.recordSweep(SweepRecord(name: "a", text: "b", hash: "c", path: "d"), at: 0)
    }
    #expect(report.findings.map(\.message) == ["the text of sweep “a” was changed: it has not the hash c"])
  }

  /// A result that never came from the trial agrees with its own digest; only running the trial again shows it.
  @Test func aForgedResultIsFoundByRunningAgain() throws {
    let forged = try Self.trial(seed: 9)
    func verify(_ sample: StoreVerification.Sample, version: String = Self.version) throws -> VerificationReport {
      try Self.verify(sample: sample) { store, _ in
        var result = try forged.run { false }
        result.metrics[1].value = 0.125
        var record = Self.record(forged, result)
        record.workerVersion = version
        try store.commit([record])
      }
    }
    #expect(try verify(.count(0)).agrees)
    let finding = try #require(try verify(.all).findings.first)
    #expect(finding.kind == .recomputation && finding.trial == forged.id.description)
    #expect(finding.difference?.place == "metric test_loss")
    #expect(finding.difference?.stored == "0.125 (bits 3fc0000000000000)")
    #expect(finding.message == "run again, the trial gives other bits")
    #expect(
      try verify(.all, version: "0.9").findings.first?.message.hasSuffix("by version 0.9, and this is 1.0") == true)
  }

  /// A store that is damaged throughout is reported throughout, but only some of its trials are run again.
  @Test func onlySomeDamagedTrialsAreRunAgain() throws {
    let report = try Self.verify(count: 40) { store, _ in
      _ = try store.rows("UPDATE metrics SET value = value + 1 WHERE name = 'alpha'")
    }
    #expect(report.damagedTrials == 40 && report.findings.count == 40 && report.rerun.count == 16)
    #expect(report.findings.count { $0.difference != nil } == 16)
  }

  @Test func progressCountsUp() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(
        try (1...40).map { Self.record(try Self.trial(seed: $0), try Self.trial(seed: $0).run { false }) })
      let heard = Mutex<[StoreVerification.Progress]>([])
      _ = try StoreVerification(store, options: .init(sample: .count(3), threads: 2, version: "1")).run { progress in
        heard.withLock { $0.append(progress) }
      }
      let progress = heard.withLock { $0 }
      #expect(progress.filter { $0.phase == .checking }.map(\.done) == [32, 40])
      #expect(progress.filter { $0.phase == .running }.map(\.done) == [1, 2, 3])
      #expect(progress.last?.total == 3)
    }
  }

  /// One flipped bit anywhere in the file: never a crash; and in the bytes of a stored number always found.
  @Test func anyFlippedBitOfTheFileIsSurvived() throws {
    try withTemporaryDirectory { directory in
      do {
        let store = try ResultStore(directory: directory, access: .create)
        try store.commit(
          try (1...2).map { Self.record(try Self.trial(seed: $0), try Self.trial(seed: $0).run { false }) })
        try store.close()
      }
      let file = URL(fileURLWithPath: "\(directory)/\(ResultStore.fileName)")
      let whole = try Data(contentsOf: file)
      let options = StoreVerification.Options(sample: .count(0), threads: 1, version: "1")
      func isFound(_ position: Int, _ bit: UInt8) throws -> Bool {
        var bytes = whole
        bytes[position] ^= 1 << bit
        try bytes.write(to: file)
        do {
          let store = try ResultStore(directory: directory, access: .readOnly)
          return try !StoreVerification(store, options: options).run().agrees
        } catch is StoreError { return true }
      }
      for step in 0..<100 { _ = try isFound((step * 7919) % whole.count, UInt8(step % 8)) }
      let result = try Self.trial(seed: 1).run { false }
      let weights = result.arrays[3].values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
      let place = try #require(whole.range(of: Data(weights)))
      for step in 0..<64 { #expect(try isFound(place.lowerBound + step, UInt8(step % 8))) }
    }
  }
}
