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
    let inserted = try write { database in
      let run = try Self.openRun(database)
      var writer = try BatchWriter(database, run: run)
      for record in records { try writer.write(record) }
      return writer.insertedResults
    }
    counter?.add(inserted)
  }

  /// Writes down failed attempts, in one transaction that is on the disk when this returns. Within a run, an attempt that
  /// is handed in again is written once.
  ///
  /// - Throws: ``StoreError``; then none of the failures was written.
  public func record(_ failures: [FailureRecord]) throws {
    if failures.isEmpty { return }
    try write { database in
      let run = try Self.openRun(database)
      var writer = try BatchWriter(database, run: run)
      for failure in failures {
        let trial = try writer.rowNumber(of: failure.trial)
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
    }
  }

  /// The run that was begun last and not ended, to which results and failures are credited.
  private static func openRun(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM runs WHERE ended_at IS NULL AND id = (SELECT max(id) FROM runs)"))
  }
}
