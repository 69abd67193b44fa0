import GRDB
import Sweeps

/// Writes the rows of many results and failures within one transaction.
struct BatchWriter {
  private let database: Database
  private let run: Int64?
  private var trials: InsertStatement
  private var results: InsertStatement
  private var metrics: InsertStatement
  private var curves: InsertStatement
  private var weights: InsertStatement
  /// Results that were new.
  private(set) var insertedResults = 0

  /// A writer for the current transaction, which credits a run.
  init(_ database: Database, run: Int64?) throws {
    self.database = database
    self.run = run
    trials = try InsertStatement(
      database,
      "INSERT INTO trials (trial, \(TrialColumns.names.joined(separator: ", "))) VALUES (?"
        + String(repeating: ", ?", count: TrialColumns.names.count) + ")")
    results = try InsertStatement(
      database,
      """
      INSERT OR IGNORE INTO results (trial_id, run_id, digest, attempt, worker, host, started_at, seconds, version)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    metrics = try InsertStatement(database, "INSERT INTO metrics VALUES (?, ?, ?, ?)")
    curves = try InsertStatement(database, "INSERT INTO curves VALUES (?, ?, ?, ?)")
    weights = try InsertStatement(database, "INSERT INTO weights VALUES (?, ?, ?, ?, ?)")
  }

  /// Writes a result, unless its trial has one.
  mutating func write(_ record: ResultRecord) throws {
    let trial = try rowNumber(of: record.trial)
    guard try insert(record, trial: trial) else { return }
    insertedResults += 1
    try insertValues(of: record.result, trial: trial)
  }

  /// Writes a failed attempt, unless the run has it.
  mutating func write(_ failure: FailureRecord) throws {
    let trial = try rowNumber(of: failure.trial)
    try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO failures (trial_id, run_id, attempt, is_final, kind, message, worker, host, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      trial, run, failure.attempt, failure.isFinal, failure.kind, failure.message, failure.worker, failure.host,
      failure.at,
    ])
  }

  /// Row number of a trial, which is inserted if it is new.
  private mutating func rowNumber(of trial: Trial) throws -> Int64 {
    let name = trial.id.description
    let known = try database.cachedStatement(sql: "SELECT id FROM trials WHERE trial = ?")
    if let row = try Int64.fetchOne(known, arguments: [name]) { return row }
    try trials.bind(name)
    for value in TrialColumns.values(of: trial) { try trials.bind(value) }
    try trials.execute()
    return database.lastInsertedRowID
  }

  /// Inserts the row of a result; false if the trial has one already.
  private mutating func insert(_ record: ResultRecord, trial: Int64) throws -> Bool {
    try results.bind(trial)
    if let run { try results.bind(run) } else { try results.bindNull() }
    try results.bind(record.result.digest.description)
    try results.bind(record.attempt)
    try results.bind(record.worker)
    try results.bind(record.host)
    try results.bind(record.startedAt)
    try results.bind(record.seconds)
    try results.bind(record.workerVersion)
    try results.execute()
    return database.changesCount == 1
  }

  private mutating func insertValues(of result: TrialResult, trial: Int64) throws {
    for (position, metric) in result.metrics.enumerated() {
      try metrics.bind(trial)
      try metrics.bind(position)
      try metrics.bind(metric.name)
      try metrics.bind(metric.value)
      try metrics.execute()
    }
    for (position, curve) in result.curves.enumerated() {
      try curves.bind(trial)
      try curves.bind(position)
      try curves.bind(curve.name)
      try curves.bind(JSONText.numbers(curve.values))
      try curves.execute()
    }
    for (position, array) in result.arrays.enumerated() {
      try weights.bind(trial)
      try weights.bind(position)
      try weights.bind(array.name)
      try weights.bind("[" + array.shape.map(String.init).joined(separator: ",") + "]")
      try Float32Blob.withBytes(of: array.values) { try weights.bind($0) }
      try weights.execute()
    }
  }
}
