import GRDB

/// Sweeps and runs.
extension ResultStore {
  /// Number of a run, as ``beginRun(_:ofSweep:)`` gives it.
  public typealias RunID = Int64

  /// Writes down the sweep that is about to run, at a time in Unix seconds; the same text is kept once.
  public func recordSweep(_ sweep: SweepRecord, at seconds: Double) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO sweeps (hash, name, path, text, recorded_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (hash) DO UPDATE SET name = excluded.name, path = excluded.path, recorded_at = excluded.recorded_at
          """, arguments: [sweep.hash, sweep.name, sweep.path, sweep.text, seconds])
    }
  }

  /// Begins a run of a recorded sweep. What is committed until ``endRun(_:outcome:at:)`` is credited to it.
  public func beginRun(_ run: RunRecord, ofSweep hash: String) throws -> RunID {
    try write { database in
      guard let sweep = try Int64.fetchOne(database, sql: "SELECT id FROM sweeps WHERE hash = ?", arguments: [hash])
      else { throw StoreError.failed(path: path, reason: "no sweep with hash \(hash) was recorded") }
      var versions = run.versions
      versions["sqlite"] = try String.fetchOne(database, sql: "SELECT sqlite_version()")
      // What has a result is suspected no more. Asked of each bystander, for there are few of them and a million results.
      try database.execute(
        sql: """
          DELETE FROM bystanders
          WHERE EXISTS (SELECT 1 FROM trials t JOIN results r ON r.trial_id = t.id WHERE t.trial = bystanders.trial)
          """)
      let text = versions.sorted { $0.key < $1.key }
        .map { "\(JSONText.string($0.key)):\(JSONText.string($0.value))" }.joined(separator: ",")
      try database.execute(
        sql: "INSERT INTO runs (sweep_id, started_at, host, pid, workers, versions) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [sweep, run.startedAt, run.host, run.pid, run.workers, "{\(text)}"])
      return database.lastInsertedRowID
    }
  }

  /// Ends a run. `outcome` is a word for how: `finished`, `failed`, `interrupted`, …. A run whose process was killed has
  /// no end. `seconds` is the time of the end, in Unix seconds.
  public func endRun(_ run: RunID, outcome: String, at seconds: Double) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET ended_at = ?, outcome = ? WHERE id = ?", arguments: [seconds, outcome, run])
    }
  }

  /// The sweep that was recorded last; nothing in a store in which none was.
  public func latestSweep() throws -> SweepRecord? { try sweeps().first }

  /// All sweeps that were recorded, the last one first.
  public func sweeps() throws -> [SweepRecord] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT name, text, hash, path FROM sweeps ORDER BY recorded_at DESC, id DESC")
        .map {
          SweepRecord(
            name: try $0.decode(atIndex: 0), text: try $0.decode(atIndex: 1), hash: try $0.decode(atIndex: 2),
            path: try $0.decode(atIndex: 3))
        }
    }
  }
}
