import Foundation
import GRDB
public import Sweeps

/// Reading.
extension ResultStore {
  /// The trials that have a result.
  public func committedTrials() throws -> Set<TrialID> {
    try read { database in
      let committed = try Self.rowsWithResult(database)
      var trials = Set<TrialID>(minimumCapacity: committed.count)
      // Both columns are in the index of the names, so that no row of `trials` is read, which is long.
      let rows = try Row.fetchCursor(database, sql: "SELECT id, trial FROM trials")
      while let row = try rows.next() {
        guard committed.contains(try row.decode(Int64.self, atIndex: 0)) else { continue }
        let name = try row.decode(String.self, atIndex: 1)
        guard let trial = TrialID(name) else {
          throw StoreError.corrupt(path: path, reason: "“\(name)” is not the name of a trial")
        }
        trials.insert(trial)
      }
      return trials
    }
  }

  private static func rowsWithResult(_ database: Database) throws -> Set<Int64> {
    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM results") ?? 0
    var found = Set<Int64>(minimumCapacity: count)
    let rows = try Int64.fetchCursor(database, sql: "SELECT trial_id FROM results")
    while let row = try rows.next() { found.insert(row) }
    return found
  }

  /// The metrics of each of the given trials, in their order; nothing for those without a result.
  public func metrics(of trials: [TrialID]) throws -> [MetricValues?] {
    try read { database in
      var collector = MetricCollector()
      var found: [MetricValues?] = []
      found.reserveCapacity(trials.count)
      for batch in stride(from: 0, to: trials.count, by: Self.trialsPerQueryMax) {
        let wanted = trials[batch..<min(batch + Self.trialsPerQueryMax, trials.count)]
        try Self.collectMetrics(of: wanted, from: database, into: &collector)
        found += collector.take(count: wanted.count)
      }
      return found
    }
  }

  /// How many of the given trials' results come from each version of the program.
  public func versions(of trials: [TrialID]) throws -> [String: Int] {
    try read { database in
      var counts: [String: Int] = [:]
      for batch in stride(from: 0, to: trials.count, by: Self.trialsPerQueryMax) {
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT r.version, count(*) FROM json_each(?) w JOIN trials t ON t.trial = w.value
            JOIN results r ON r.trial_id = t.id GROUP BY r.version
            """, arguments: [Self.list(trials[batch..<min(batch + Self.trialsPerQueryMax, trials.count)])])
        for row in rows { counts[try row.decode(atIndex: 0), default: 0] += try row.decode(Int.self, atIndex: 1) }
      }
      return counts
    }
  }

  /// The whole result of a trial, bit for bit as it was committed; nothing if it has none.
  public func result(of trial: TrialID) throws -> TrialResult? {
    guard let row = try read({ try Self.resultRow(trial, in: $0) }), let record = try records(in: [row]).first else {
      return nil
    }
    do { return try record.decodedResult() } catch {
      throw StoreError.corrupt(path: path, reason: "trial \(trial): \(error.text)")
    }
  }

  /// How the result of a trial came about; nothing if it has none.
  public func origin(of trial: TrialID) throws -> ResultOrigin? {
    try read { database in
      guard let id = try Self.resultRow(trial, in: database) else { return nil }
      return try Row.fetchOne(database, sql: "SELECT * FROM results WHERE trial_id = ?", arguments: [id]).map {
        ResultOrigin(
          digest: try $0.decode(forColumn: "digest"), attempt: try $0.decode(forColumn: "attempt"),
          worker: try $0.decode(forColumn: "worker"), host: try $0.decode(forColumn: "host"),
          startedAt: try $0.decode(forColumn: "started_at"), seconds: try $0.decode(forColumn: "seconds"),
          version: try $0.decode(forColumn: "version"))
      }
    }
  }

  /// The canonical bytes of a trial that has a result or a failure.
  public func canonicalBytes(of trial: TrialID) throws -> [UInt8]? {
    try read { database in
      try Data.fetchOne(
        database, sql: "SELECT canonical FROM trials WHERE trial = ?", arguments: [trial.description]
      ).map { [UInt8]($0) }
    }
  }

  /// Trials that one query asks for: bounds the length of its list, about 35 bytes for each.
  static let trialsPerQueryMax = 10_000

  /// The names of trials as the JSON array that `json_each` takes.
  static func list(_ trials: ArraySlice<TrialID>) -> String {
    "[" + trials.map { JSONText.string($0.description) }.joined(separator: ",") + "]"
  }

  private static func collectMetrics(
    of trials: ArraySlice<TrialID>, from database: Database, into collector: inout MetricCollector
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT w.key, m.name, m.value FROM json_each(?) w
        JOIN trials t ON t.trial = w.value JOIN metrics m ON m.trial_id = t.id ORDER BY w.key, m.position
        """, arguments: [list(trials)])
    while let row = try rows.next() {
      // A metric without a value is one that was not a number.
      guard let value = try row.decode(Double?.self, atIndex: 2) else { continue }
      collector.add(try row.decode(String.self, atIndex: 1), value, of: try row.decode(Int.self, atIndex: 0))
    }
  }

  /// Row number of a trial that has a result.
  static func resultRow(_ trial: TrialID, in database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT trial_id FROM results JOIN trials ON id = trial_id WHERE trial = ?",
      arguments: [trial.description])
  }
}
