import Foundation
import Results
import Sweeps

extension FuzzTarget {
  /// A column with something else in it is read or refused, never believed where it matters.
  static func storedRecords() throws -> FuzzTarget {
    let rig = try StoreRig()
    let seeds = try StoreRig.columns.indices.map { index in
      [UInt8(index), 0, StoreRig.columns[index].kind] + (try rig.content(of: StoreRig.columns[index]))
    }
    return FuzzTarget(
      name: "stored-records", casesInTests: 400, seeds: seeds,
      mutate: { input, other, generator in
        // The place may change, the content mostly does.
        var head = Array(input.prefix(3))
        if generator.once(in: 4) { head[generator.below(3)] = generator.byte() }
        var content = Array(input.dropFirst(3))
        ByteMutation.apply(to: &content, from: other, &generator)
        return head + content
      },
      check: { try rig.check(damage: $0) })
  }

  /// A file that is no store, or half of one, is refused with a reason.
  static func storeFiles() throws -> FuzzTarget {
    let rig = try StoreRig()
    let pristine = try rig.close()
    return FuzzTarget(
      name: "store-files", casesInTests: 300, seeds: [pristine],
      mutate: { input, other, generator in
        var input = input
        guard !generator.once(in: 3) else {
          ByteMutation.apply(to: &input, from: other, &generator)
          return input
        }
        // The head of a page says how the rest is to be read.
        let page = generator.below(input.count / StoreRig.pageBytes) * StoreRig.pageBytes
        let end = min(input.count, page + (page == 0 ? 200 : 60))
        var head = Array(input[page..<end])
        ByteMutation.apply(to: &head, from: other, &generator)
        input.replaceSubrange(page..<end, with: head)
        return input
      },
      check: { try rig.check(file: $0) })
  }
}

/// A store of two small trials with their true results.
private final class StoreRig: Sendable {
  struct Column {
    let table: String
    let name: String
    /// As in a seed: see ``literal(kind:_:)``.
    let kind: UInt8
    /// Whether any other content must be noticed: other columns may say the same in two ways.
    var isExact = false

    var key: String { table == "trials" ? "id" : "trial_id" }
  }

  static let columns = [
    Column(table: "trials", name: "trial", kind: 0, isExact: true),
    Column(table: "trials", name: "canonical", kind: 1, isExact: true),
    Column(table: "trials", name: "parameters", kind: 0, isExact: true), Column(table: "trials", name: "d", kind: 2),
    Column(table: "results", name: "digest", kind: 0, isExact: true), Column(table: "metrics", name: "name", kind: 0),
    Column(table: "metrics", name: "value", kind: 3, isExact: true), Column(table: "curves", name: "name", kind: 0),
    Column(table: "curves", name: "points", kind: 0), Column(table: "weights", name: "name", kind: 0),
    Column(table: "weights", name: "shape", kind: 0), Column(table: "weights", name: "float32", kind: 1, isExact: true),
  ]

  static let pageBytes = 4_096
  private static let version = "1.0"
  private let directory: FuzzDirectory
  private let store: ResultStore
  private let trials: [Trial]
  private let hash: String

  init() throws {
    directory = try FuzzDirectory()
    store = try ResultStore(directory: directory.path, access: .create)
    let text = """
      name: store
      parameters: {n: 4, d: 2, train_prompts: 20, test_prompts: 6, batch_size: 8, epochs: 5}
      axes: {L: [9, 10]}
      """
    let plan = SweepPlan(try SweepFile.parse(text: text, path: "store.yaml"))
    trials = plan.trials
    hash = plan.sweep.hash
    try store.recordSweep(SweepRecord(name: plan.sweep.name, text: text, hash: hash, path: "store.yaml"), at: 0)
    _ = try store.beginRun(
      RunRecord(host: "h", pid: 1, workers: 1, versions: ["icd": Self.version], startedAt: 0), ofSweep: hash)
    try store.commit(
      trials.map {
        ResultRecord(
          trial: $0, result: try $0.run { false }, attempt: 1, worker: "w", host: "h", startedAt: 0, seconds: 1,
          workerVersion: Self.version)
      })
    try store.record([
      FailureRecord(
        trial: trials[0], attempt: 1, kind: "error", message: "m", worker: "w",
        host: "h", at: 0, isFinal: true)
    ])
    _ = try store.rows("PRAGMA synchronous = OFF")
  }

  /// Closes the store and returns its file.
  func close() throws -> [UInt8] {
    try store.close()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: store.path)))
  }

  func content(of column: Column) throws -> [UInt8] {
    let sql = "SELECT hex(CAST(\(column.name) AS BLOB)) FROM \(column.table) LIMIT 1"
    let digits = Array((try store.rows(sql).first?.first.flatMap { $0 } ?? "").utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }

  /// SQL for a value of a kind: text, bytes, a whole number, a real one, or NULL.
  private static func literal(kind: UInt8, _ content: [UInt8]) -> String {
    let digits = content.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    let number = content.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch kind % 5 {
    case 0: return "CAST(x'\(digits)' AS TEXT)"
    case 1: return "x'\(digits)'"
    case 2: return "\(Int64(bitPattern: number))"
    case 3:
      let value = Double(bitPattern: number)
      return value.isNaN ? "NULL" : value.isInfinite ? (value < 0 ? "-9e999" : "9e999") : "\(value)"
    default: return "NULL"
    }
  }

  /// Puts something else into a column, reads everything, and puts back what was there.
  func check(damage: [UInt8]) throws -> Bool {
    guard damage.count >= 3 else { return false }
    let column = Self.columns[Int(damage[0]) % Self.columns.count]
    let place = "WHERE rowid = (SELECT min(rowid) + \(damage[1] % 4) FROM \(column.table))"
    // `metrics` has no row numbers.
    let row =
      column.table == "metrics" ? "WHERE trial_id = \(damage[1] % 2 + 1) AND position = \(damage[1] % 6)" : place
    func current() throws -> String? {
      try store.rows("SELECT quote(\(column.name)) FROM \(column.table) \(row)").first?.first ?? nil
    }
    guard let before = try current() else { return false }
    let value = Self.literal(kind: damage[2], Array(damage.dropFirst(3)))
    do {
      _ = try store.rows("UPDATE \(column.table) SET \(column.name) = \(value) \(row)")
    } catch let error as StoreError {
      // A constraint of the table: the store itself would not take it either.
      try FuzzFailure.requireReadable("\(error)", bytesMax: 100_000)
      return false
    }
    defer { _ = try? store.rows("UPDATE \(column.table) SET \(column.name) = \(before) \(row)") }
    let hasChanged = try current() != before
    let agrees = try readEverything(store)
    try FuzzFailure.require(agrees || hasChanged, "an untouched store does not agree")
    try FuzzFailure.require(
      !agrees || !hasChanged || !column.isExact, "\(column.table).\(column.name) = \(value) goes unnoticed")
    return agrees
  }

  /// Reads a file as a store.
  func check(file: [UInt8]) throws -> Bool {
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
    try Data(file).write(to: URL(fileURLWithPath: store.path))
    do {
      let damaged = try ResultStore(directory: directory.path, access: .readOnly)
      defer { try? damaged.close() }
      return try readEverything(damaged)
    } catch let error as StoreError {
      try FuzzFailure.requireReadable("\(error)", bytesMax: 10_000)
      return false
    }
  }

  /// Calls every reader; returns whether the verification agrees.
  private func readEverything(_ store: ResultStore) throws -> Bool {
    func attempt(_ read: () throws -> Void) throws {
      do { try read() } catch let error as StoreError {
        try FuzzFailure.requireReadable("\(error)", bytesMax: 10_000)
      }
    }
    let identities = trials.map(\.id)
    try attempt { _ = try store.committedTrials() }
    try attempt { _ = try store.holdings() }
    try attempt { _ = try store.bystanders() }
    try attempt { _ = try store.metrics(of: identities) }
    try attempt { _ = try store.versions(of: identities) }
    try attempt { _ = try store.failures() }
    try attempt { _ = try store.sweeps() }
    try attempt { _ = try store.runs(ofSweep: hash) }
    try attempt { _ = try store.hosts(of: identities) }
    try attempt { _ = try store.standingFailures(strikeKinds: ["worker_lost"]) }
    for identity in identities {
      try attempt { _ = try store.result(of: identity) }
      try attempt { _ = try store.origin(of: identity) }
      try attempt { _ = try store.canonicalBytes(of: identity) }
    }
    let options = StoreVerification.Options(sample: .count(0), threads: 1, version: Self.version)
    let report = try StoreVerification(store, options: options).run()
    for finding in report.findings { try FuzzFailure.requireReadable(finding.message, bytesMax: 100_000) }
    return report.agrees
  }
}
