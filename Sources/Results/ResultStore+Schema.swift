import GRDB

/// Format of the file: how it is recognised, checked and brought up to date.
extension ResultStore {
  /// `application_id` of the file's header: "icd1" in ASCII.
  package static let applicationID = 0x6963_6431

  /// Newest format that this program knows; `user_version` of the file's header.
  package static let formatVersion = 5

  /// Refuses a file that is not ours or is newer than we are; makes or updates the tables of any other.
  static func checkOrCreate(_ database: DatabaseQueue, path: String) throws {
    let isEmpty = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") == 0 }
    if !isEmpty { try check(database, path: path) }
    try database.writeWithoutTransaction { database in
      // Only now that the file is known to be ours or empty: changing the journal mode writes its header.
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    }
    try migrator.migrate(database)
  }

  /// Refuses a file that is not ours or is newer than we are.
  static func check(_ database: DatabaseQueue, path: String) throws {
    let (application, version, tables) = try database.read { database in
      (
        try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      )
    }
    if application == 0, tables == 0 { throw StoreError.empty(path: path) }
    guard application == applicationID else { throw StoreError.notAStore(path: path) }
    guard version <= formatVersion else {
      throw StoreError.newer(path: path, version: version, known: formatVersion)
    }
  }

  /// A file of an older format is brought up to date step by step, each in one transaction. A step is never edited once
  /// it was published.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("format 1") { database in
      try database.execute(sql: tablesOfFormat1)
      try database.execute(sql: viewsOfFormat1)
      try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1;")
    }
    migrator.registerMigration("format 2") { database in
      try database.execute(sql: "DROP VIEW weight_scales;")
      try database.execute(sql: weightScalesOfFormat2)
      try database.execute(sql: "PRAGMA user_version = 2;")
    }
    migrator.registerMigration("format 3") { database in
      // All trials from before are of the study that was the only one.
      try database.execute(sql: "ALTER TABLE trials ADD COLUMN study TEXT NOT NULL DEFAULT 'training';")
      try database.execute(sql: "DROP VIEW losses; DROP VIEW weight_scales; DROP VIEW trials_by_cell;")
      try database.execute(sql: viewsOfFormat3)
      try database.execute(sql: "PRAGMA user_version = 3;")
    }
    migrator.registerMigration("format 4") { database in
      // When the trial was put back by `icd retry`: such a failure is history, and counts no more.
      try database.execute(sql: "ALTER TABLE failures ADD COLUMN retried_at REAL; DROP VIEW failed_trials;")
      try database.execute(sql: failedTrialsOfFormat4)
      try database.execute(sql: "PRAGMA user_version = 4;")
    }
    migrator.registerMigration("format 5") { database in
      try database.execute(sql: tablesOfFormat5)
      try database.execute(sql: "PRAGMA user_version = 5;")
    }
    return migrator
  }

  /// `value ANY` and not `REAL` in `metrics`: a REAL column turns −0.0 into 0.0, and a digest over the stored bits
  /// would no longer agree. `ANY` in `trials` admits a range (`4..8`) or a list where a number is usual.
  private static let tablesOfFormat1 = """
    CREATE TABLE sweeps (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      path TEXT NOT NULL,
      text TEXT NOT NULL,
      recorded_at REAL NOT NULL
    ) STRICT;

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      sweep_id INTEGER NOT NULL REFERENCES sweeps (id),
      started_at REAL NOT NULL,
      ended_at REAL,
      outcome TEXT,
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      workers INTEGER NOT NULL,
      versions TEXT NOT NULL
    ) STRICT;

    CREATE TABLE trials (
      id INTEGER PRIMARY KEY,
      trial TEXT NOT NULL UNIQUE,
      task TEXT,
      attention TEXT,
      n INTEGER,
      d ANY,
      L INTEGER,
      signal_variance ANY,
      noise_variance REAL,
      radius REAL,
      component_count ANY,
      seed INTEGER,
      parameters TEXT NOT NULL,
      canonical BLOB NOT NULL
    ) STRICT;

    CREATE TABLE results (
      trial_id INTEGER PRIMARY KEY REFERENCES trials (id),
      run_id INTEGER REFERENCES runs (id),
      digest TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      worker TEXT NOT NULL,
      host TEXT NOT NULL,
      started_at REAL NOT NULL,
      seconds REAL NOT NULL,
      version TEXT NOT NULL
    ) STRICT;

    CREATE TABLE metrics (
      trial_id INTEGER NOT NULL REFERENCES results (trial_id),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      value ANY CHECK (typeof(value) IN ('real', 'null')),
      PRIMARY KEY (trial_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE curves (
      trial_id INTEGER NOT NULL REFERENCES results (trial_id),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      points TEXT NOT NULL,
      PRIMARY KEY (trial_id, position)
    ) STRICT;

    CREATE TABLE weights (
      trial_id INTEGER NOT NULL REFERENCES results (trial_id),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      shape TEXT NOT NULL,
      float32 BLOB NOT NULL,
      PRIMARY KEY (trial_id, position)
    ) STRICT;

    CREATE TABLE failures (
      id INTEGER PRIMARY KEY,
      trial_id INTEGER NOT NULL REFERENCES trials (id),
      run_id INTEGER REFERENCES runs (id),
      attempt INTEGER NOT NULL,
      is_final INTEGER NOT NULL,
      kind TEXT NOT NULL,
      message TEXT NOT NULL,
      worker TEXT NOT NULL,
      host TEXT NOT NULL,
      at REAL NOT NULL,
      UNIQUE (trial_id, run_id, attempt, worker)
    ) STRICT;
    """

  /// What the next coordinator needs to know of the workers of this one. `trials` are 16 bytes for each trial, in the
  /// order of execution.
  private static let tablesOfFormat5 = """
    CREATE TABLE holdings (
      worker TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      is_local INTEGER NOT NULL,
      trials BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE bystanders (
      trial TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    """
}
