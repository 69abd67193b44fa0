import GRDB
import Sweeps

/// Writing results and failures.
extension ResultStore {
  /// Commits a batch in one transaction, which is on the disk when this returns. A trial that has a result already keeps
  /// it: the first one wins, so a batch may be handed in again without harm.
  ///
  /// - Throws: ``StoreError``; then nothing of the batch was committed.
  public func commit(_ batch: StoreBatch) throws {
    if batch.isEmpty { return }
    let inserted = try write { database in
      let run = try Self.openRun(database)
      var writer = try BatchWriter(database, run: run)
      for failure in batch.failures { try writer.write(failure) }
      for record in batch.results { try writer.write(record) }
      try Self.write(bystanders: batch.bystanders, in: database)
      try Self.write(holdings: batch.holdings, in: database)
      return writer.insertedResults
    }
    counter?.add(inserted)
  }

  /// Commits results alone, as ``commit(_:)-(StoreBatch)`` does.
  public func commit(_ results: [ResultRecord]) throws { try commit(StoreBatch(results: results)) }

  /// Writes down failed attempts alone, as ``commit(_:)-(StoreBatch)`` does.
  public func record(_ failures: [FailureRecord]) throws { try commit(StoreBatch(failures: failures)) }

  /// The run that was begun last and not ended, to which results and failures are credited.
  private static func openRun(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM runs WHERE ended_at IS NULL AND id = (SELECT max(id) FROM runs)"))
  }
}
