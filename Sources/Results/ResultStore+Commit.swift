import Foundation
import GRDB
import Sweeps

/// Writing results and failures.
extension ResultStore {
  /// Commits results in one transaction, which is on the disk when this returns. A trial that has a result already keeps
  /// it: the first one wins, so a result may be handed in again without harm.
  ///
  /// - Throws: ``StoreError``; then none of the records was committed.
  public func commit(_ records: [ResultRecord]) throws {
    if records.isEmpty { return }
    try write { database in
      let run = try Self.openRun(database)
      for record in records {
        let trial = try Self.insertTrial(record.trial, into: database)
        guard try Self.insertResult(record, trial: trial, run: run, into: database) else { continue }
        try Self.insertValues(of: record.result, trial: trial, into: database)
      }
    }
  }

  /// Writes down failed attempts, in one transaction that is on the disk when this returns.
  public func record(_ failures: [FailureRecord]) throws {
    if failures.isEmpty { return }
    try write { database in
      let run = try Self.openRun(database)
      for failure in failures {
        let trial = try Self.insertTrial(failure.trial, into: database)
        try database.cachedStatement(
          sql: """
            INSERT INTO failures (trial_id, run_id, attempt, is_final, kind, message, worker, host, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).execute(arguments: [
          trial, run, failure.attempt, failure.isFinal, failure.kind, failure.message, failure.worker, failure.host,
          failure.at,
        ])
      }
    }
  }

  /// The run that was begun last and not ended, to which results and failures are credited.
  private static func openRun(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM runs WHERE ended_at IS NULL AND id = (SELECT max(id) FROM runs)"))
  }

  /// Row number of a trial, which is inserted if it is new.
  private static func insertTrial(_ trial: Trial, into database: Database) throws -> Int64 {
    let name = trial.id.description
    if let known = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM trials WHERE trial = ?"), arguments: [name])
    {
      return known
    }
    let parameters = trial.parameters
    try database.cachedStatement(
      sql: """
        INSERT INTO trials (trial, task, attention, n, d, L, signal_variance, noise_variance, radius, component_count,
          seed, parameters, canonical) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      name, parameters["task"]?.plainText, parameters["attention"]?.plainText, parameters["n"]?.wholeNumber,
      parameters["d"]?.column, parameters["L"]?.wholeNumber, parameters["signal_variance"]?.column,
      parameters["noise_variance"]?.realNumber, parameters["radius"]?.realNumber,
      parameters["component_count"]?.column, parameters["seed"]?.wholeNumber, JSONText.object(parameters),
      Data(trial.canonicalBytes),
    ])
    return database.lastInsertedRowID
  }

  /// Inserts the row of a result; false if the trial has one already.
  private static func insertResult(
    _ record: ResultRecord, trial: Int64, run: Int64?, into database: Database
  ) throws -> Bool {
    try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO results (trial_id, run_id, digest, attempt, worker, host, started_at, seconds, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      trial, run, record.result.digest.description, record.attempt, record.worker, record.host, record.startedAt,
      record.seconds, record.workerVersion,
    ])
    return database.changesCount == 1
  }

  private static func insertValues(of result: TrialResult, trial: Int64, into database: Database) throws {
    let metrics = try database.cachedStatement(sql: "INSERT INTO metrics VALUES (?, ?, ?, ?)")
    for (position, metric) in result.metrics.enumerated() {
      try metrics.execute(arguments: [trial, position, metric.name, metric.value])
    }
    let curves = try database.cachedStatement(sql: "INSERT INTO curves VALUES (?, ?, ?, ?)")
    for (position, curve) in result.curves.enumerated() {
      try curves.execute(arguments: [trial, position, curve.name, JSONText.numbers(curve.values)])
    }
    let weights = try database.cachedStatement(sql: "INSERT INTO weights VALUES (?, ?, ?, ?, ?)")
    for (position, array) in result.arrays.enumerated() {
      let shape = "[" + array.shape.map(String.init).joined(separator: ",") + "]"
      try weights.execute(arguments: [trial, position, array.name, shape, Float32Blob.encode(array.values)])
    }
  }
}

/// Single-precision numbers as bytes: IEEE 754, little-endian, as `numpy.frombuffer(blob, "<f4")` reads them.
enum Float32Blob {
  static func encode(_ values: [Float]) -> Data {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  /// Nothing if the length is not a multiple of four.
  static func decode(_ bytes: Data) -> [Float]? {
    guard bytes.count.isMultiple(of: 4) else { return nil }
    return bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map { index in
        Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
  }
}

extension ParameterValue {
  /// The value for a column that holds a number where there is one, and a text where there is a range or a list.
  fileprivate var column: any DatabaseValueConvertible {
    switch self {
    case .integer(let number): number
    case .real(let number): number
    default: plainText
    }
  }

  fileprivate var wholeNumber: Int? {
    if case .integer(let number) = self { number } else { nil }
  }

  fileprivate var realNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }
}
