import GRDB
import Sweeps

/// Reading stored results as they lie in the file, for verification.
extension ResultStore {
  /// The row numbers of the results of some trials, or of all of them, ascending.
  func resultRows(of trials: Set<TrialID>?) throws -> [Int64] {
    try read { database in
      guard let trials else {
        return try Int64.fetchAll(database, sql: "SELECT trial_id FROM results ORDER BY trial_id")
      }
      return try trials.compactMap { try Self.resultRow($0, in: database) }.sorted()
    }
  }

  /// The results in the given rows, which must be ascending, in one look at the store. A row that has none is left out.
  func records(in rows: some Collection<Int64>) throws -> [StoredRecord] {
    let wanted = "[" + rows.map { String($0) }.joined(separator: ",") + "]"
    return try read { database in
      var records: [StoredRecord] = []
      var places: [Int64: Int] = [:]
      let names = try ["r.trial_id", "t.trial", "r.digest", "r.version"] + Self.trialColumns(database)
      // A join from the left, so that a result whose trial is lost is seen.
      let cursor = try Row.fetchCursor(
        database,
        sql: """
          SELECT \(names.joined(separator: ", ")) FROM json_each(?) w CROSS JOIN results r ON r.trial_id = w.value
          LEFT JOIN trials t ON t.id = r.trial_id ORDER BY r.trial_id
          """, arguments: [wanted])
      while let row = try cursor.next() {
        let values = Array(row.databaseValues)
        guard let number = Int64.fromDatabaseValue(values[0]) else { continue }
        places[number] = records.count
        records.append(
          StoredRecord(
            row: number, name: values[1], digest: values[2], version: String.fromDatabaseValue(values[3]) ?? "?",
            columns: Array(values[4...])))
      }
      func collect(_ columns: String, of table: String, into items: WritableKeyPath<StoredRecord, [StoredRecord.Item]>)
        throws
      {
        let cursor = try Row.fetchCursor(
          database,
          sql: """
            SELECT v.trial_id, \(columns) FROM json_each(?) w CROSS JOIN \(table) v ON v.trial_id = w.value
            ORDER BY v.trial_id, v.position
            """, arguments: [wanted])
        while let row = try cursor.next() {
          let values = Array(row.databaseValues)
          guard let place = Int64.fromDatabaseValue(values[0]).flatMap({ places[$0] }) else { continue }
          records[place][keyPath: items].append(Array(values[1...]))
        }
      }
      try collect("v.name, v.value", of: "metrics", into: \.metrics)
      try collect("v.name, v.points", of: "curves", into: \.curves)
      try collect("v.name, v.shape, v.float32", of: "weights", into: \.arrays)
      return records
    }
  }

  /// What is selected for ``TrialColumns/names``. A file of format 1 or 2 has no `study`: there it is training.
  private static func trialColumns(_ database: Database) throws -> [String] {
    let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? formatVersion
    return TrialColumns.names.map { $0 == "study" && format < 3 ? "'training'" : "t.\($0)" }
  }

  /// What SQLite finds wrong with the file itself: broken pages and indices, and rows that belong to nothing. Reads all
  /// of the file.
  func structuralProblems() throws -> [String] {
    try read { database in
      let broken = try String.fetchAll(database, sql: "PRAGMA integrity_check(\(Self.structuralProblemsMax))")
        .filter { $0 != "ok" }
      let orphans = try Row.fetchAll(
        database,
        sql: """
          SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY "table", parent ORDER BY 1, 2
          """
      ).map { row in
        let values = Array(row.databaseValues).map { String.fromDatabaseValue($0) ?? "?" }
        return "\(values[2]) rows of \(values[0]) belong to no row of \(values[1])"
      }
      return try broken + orphans + Self.changedDefinitions(database) + Self.changedSweeps(database)
    }
  }

  /// Tables and views that are not defined as this program defines them. A file of an older format is not judged.
  private static func changedDefinitions(_ database: Database) throws -> [String] {
    guard try Int.fetchOne(database, sql: "PRAGMA user_version") == formatVersion else { return [] }
    let query = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
    func definitions(_ database: Database) throws -> [String: String] {
      let rows = try Row.fetchAll(database, sql: query).map { Array($0.databaseValues) }
      let pairs = rows.map { (String.fromDatabaseValue($0[0]) ?? "?", String.fromDatabaseValue($0[1]) ?? "?") }
      return Dictionary(pairs) { first, _ in first }
    }
    let fresh = try DatabaseQueue()
    try checkOrCreate(fresh, path: ":memory:")
    let (found, expected) = (try definitions(database), try fresh.read(definitions))
    return expected.keys.sorted().filter { found[$0] != expected[$0] }.map { "the definition of \($0) was changed" }
  }

  /// Sweep files whose text has not the hash under which it was recorded.
  private static func changedSweeps(_ database: Database) throws -> [String] {
    try Row.fetchAll(database, sql: "SELECT name, hash, text FROM sweeps ORDER BY id").compactMap { row in
      let values = Array(row.databaseValues).map { String.fromDatabaseValue($0) ?? "" }
      guard values[1] != hexadecimal(SHA256.digest(of: Array(values[2].utf8))) else { return nil }
      return "the text of sweep “\(values[0])” was changed: it has not the hash \(values[1])"
    }
  }

  /// Broken places of a file that are listed; one is enough to distrust it.
  private static let structuralProblemsMax = 20
}
