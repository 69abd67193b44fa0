import GRDB
public import Sweeps

/// What one coordinator leaves to the next besides results and failures.
extension ResultStore {
  /// What workers had when the last coordinator ended.
  public func holdings() throws -> [HoldingRecord] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT worker, name, host, pid, is_local, trials FROM holdings ORDER BY worker")
      return try rows.map { row in
        let worker: String = try row.decode(atIndex: 0)
        let pid: Int64 = try row.decode(atIndex: 3)
        guard TrialID(worker) != nil, pid >= 0, let trials = HoldingBlob.trials(try row.decode(atIndex: 5)) else {
          throw StoreError.corrupt(path: path, reason: "“\(worker)”, process \(pid), is no worker, or holds no trials")
        }
        return HoldingRecord(
          worker: worker, name: try row.decode(atIndex: 1), host: try row.decode(atIndex: 2), pid: pid, trials: trials,
          isLocal: try row.decode(atIndex: 4))
      }
    }
  }

  /// Trials that were with a worker that was lost over another one, and may themselves have cost it.
  public func bystanders() throws -> Set<TrialID> {
    try read { database in
      Set(
        try String.fetchAll(database, sql: "SELECT trial FROM bystanders").map { name in
          guard let trial = TrialID(name) else {
            throw StoreError.corrupt(path: path, reason: "“\(name)” is not the name of a trial")
          }
          return trial
        })
    }
  }

  static func write(bystanders: [TrialID], in database: Database) throws {
    for trial in bystanders {
      try database.cachedStatement(sql: "INSERT OR IGNORE INTO bystanders (trial) VALUES (?)")
        .execute(arguments: [trial.description])
    }
  }

  static func write(holdings: [HoldingRecord], in database: Database) throws {
    for holding in holdings where holding.trials.isEmpty {
      try database.cachedStatement(sql: "DELETE FROM holdings WHERE worker = ?").execute(arguments: [holding.worker])
    }
    var insert = try InsertStatement(
      database, "INSERT OR REPLACE INTO holdings (worker, name, host, pid, is_local, trials) VALUES (?, ?, ?, ?, ?, ?)")
    for holding in holdings where !holding.trials.isEmpty {
      try insert.bind(holding.worker)
      try insert.bind(holding.name)
      try insert.bind(holding.host)
      try insert.bind(holding.pid)
      try insert.bind(holding.isLocal ? 1 : 0)
      try HoldingBlob.bytes(holding.trials).withUnsafeBytes { try insert.bind($0) }
      try insert.execute()
    }
  }
}
