import Foundation
import GRDB
public import Sweeps

/// Reading.
extension ResultStore {
  /// The trials that have a result.
  public func committedTrials() throws -> Set<TrialID> {
    try read { database in
      let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM results") ?? 0
      var trials = Set<TrialID>(minimumCapacity: count)
      let names = try String.fetchCursor(
        database, sql: "SELECT t.trial FROM trials t JOIN results r ON r.trial_id = t.id")
      while let name = try names.next() {
        guard let trial = TrialID(name) else {
          throw StoreError.corrupt(path: path, reason: "“\(name)” is not the name of a trial")
        }
        trials.insert(trial)
      }
      return trials
    }
  }

  /// The metrics, by name, of those of the given trials that have a result.
  public func metrics(of trials: [TrialID]) throws -> [TrialID: [String: Double]] {
    try read { database in
      var found: [TrialID: [String: Double]] = [:]
      for batch in stride(from: 0, to: trials.count, by: Self.trialsPerQueryMax) {
        let wanted = trials[batch..<min(batch + Self.trialsPerQueryMax, trials.count)]
        try Self.collectMetrics(of: wanted, from: database, into: &found)
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
        for row in rows { counts[row[0], default: 0] += row[1] }
      }
      return counts
    }
  }

  /// The whole result of a trial, bit for bit as it was committed; nothing if it has none.
  public func result(of trial: TrialID) throws -> TrialResult? {
    try read { database in
      guard let id = try Self.resultRow(trial, in: database) else { return nil }
      let metrics = try Row.fetchAll(
        database, sql: "SELECT name, value FROM metrics WHERE trial_id = ? ORDER BY position", arguments: [id]
      ).map { TrialResult.Metric(name: $0[0], value: $0[1] ?? .nan) }
      let curves = try Row.fetchAll(
        database, sql: "SELECT name, points FROM curves WHERE trial_id = ? ORDER BY position", arguments: [id]
      ).map { row in
        guard let points = JSONText.parseNumbers(row[1]) else {
          throw damaged(trial, "a curve is not a list of numbers")
        }
        return TrialResult.Curve(name: row[0], values: points)
      }
      let arrays = try Row.fetchAll(
        database, sql: "SELECT name, shape, float32 FROM weights WHERE trial_id = ? ORDER BY position", arguments: [id]
      ).map { row in
        guard let shape = JSONText.parseNumbers(row[1])?.compactMap(Int.init(exactly:)),
          let values = Float32Blob.decode(row[2]), shape.reduce(1, *) == values.count
        else { throw damaged(trial, "an array has not the number of entries that its shape asks for") }
        return TrialResult.Array(name: row[0], shape: shape, values: values)
      }
      return TrialResult(metrics: metrics, curves: curves, arrays: arrays)
    }
  }

  /// How the result of a trial came about; nothing if it has none.
  public func origin(of trial: TrialID) throws -> ResultOrigin? {
    try read { database in
      guard let id = try Self.resultRow(trial, in: database) else { return nil }
      return try Row.fetchOne(database, sql: "SELECT * FROM results WHERE trial_id = ?", arguments: [id]).map {
        ResultOrigin(
          digest: $0["digest"], attempt: $0["attempt"], worker: $0["worker"], host: $0["host"],
          startedAt: $0["started_at"], seconds: $0["seconds"], version: $0["version"])
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
    of trials: ArraySlice<TrialID>, from database: Database, into found: inout [TrialID: [String: Double]]
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT w.key, m.name, m.value FROM json_each(?) w
        JOIN trials t ON t.trial = w.value JOIN metrics m ON m.trial_id = t.id
        """, arguments: [list(trials)])
    var values = [[String: Double]](repeating: [:], count: trials.count)
    while let row = try rows.next() {
      // A metric without a value is one that was not a number.
      guard let value: Double = row[2] else { continue }
      values[row[0]][row[1]] = value
    }
    for (trial, metrics) in zip(trials, values) where !metrics.isEmpty { found[trial] = metrics }
  }

  /// Row number of a trial that has a result.
  static func resultRow(_ trial: TrialID, in database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT trial_id FROM results JOIN trials ON id = trial_id WHERE trial = ?",
      arguments: [trial.description])
  }

  private func damaged(_ trial: TrialID, _ reason: String) -> StoreError {
    .corrupt(path: path, reason: "trial \(trial): \(reason)")
  }
}
