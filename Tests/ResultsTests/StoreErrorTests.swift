import Foundation
import Results
import Sweeps
import Testing

/// Files that are no store, or cannot be one.
@Suite struct StoreErrorTests {
  private func file(_ directory: String) -> String { "\(directory)/\(ResultStore.fileName)" }

  @Test func aMissingFileIsNamed() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: StoreError.missing(path: file(directory))) {
        try ResultStore(directory: directory, access: .readOnly)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(files.isEmpty)
    }
  }

  @Test(arguments: [ResultStore.Access.create, .readOnly])
  func aFileOfAnotherKindIsRefusedAndNotTouched(access: ResultStore.Access) throws {
    try withTemporaryDirectory { directory in
      let text = Data(String(repeating: "not a database, not at all\n", count: 100).utf8)
      try text.write(to: URL(fileURLWithPath: file(directory)))
      #expect(throws: StoreError.notAStore(path: file(directory))) {
        try ResultStore(directory: directory, access: access)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: file(directory))) == text)
    }
  }

  @Test(arguments: [ResultStore.Access.create, .readOnly])
  func aDatabaseOfAnotherProgramIsRefusedAndNotTouched(access: ResultStore.Access) throws {
    try withTemporaryDirectory { directory in
      try sqlite(file(directory), "CREATE TABLE results (x); INSERT INTO results VALUES (1)")
      let before = try Data(contentsOf: URL(fileURLWithPath: file(directory)))
      #expect(throws: StoreError.notAStore(path: file(directory))) {
        try ResultStore(directory: directory, access: access)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: file(directory))) == before)
    }
  }

  /// Columns that the schema forbids to be empty, and shapes whose product is no number: damaged, and no crash.
  @Test func damagedColumnsAreRefused() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let trial = try testTrial()
      let array = TrialResult.Array(name: "w", shape: [1], values: [1])
      try store.commit([
        ResultRecord(
          trial: trial, result: TrialResult(metrics: [], curves: [], arrays: [array]), attempt: 1, worker: "w",
          host: "h", startedAt: 0, seconds: 1, workerVersion: "1")
      ])
      try store.recordSweep(SweepRecord(name: "a", text: "t", hash: "h", path: "p"), at: 0)
      try store.close()
      try sqlite(
        file(directory),
        """
        UPDATE weights SET shape = '[4294967296,4294967296]';
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name IN ('sweeps', 'results');
        """)
      try sqlite(file(directory), "UPDATE sweeps SET name = NULL; UPDATE results SET version = NULL, worker = NULL;")
      let damaged = try ResultStore(directory: directory, access: .readOnly)
      let reads: [() throws -> Void] = [
        { _ = try damaged.result(of: trial.id) }, { _ = try damaged.sweeps() },
        { _ = try damaged.origin(of: trial.id) }, { _ = try damaged.versions(of: [trial.id]) },
      ]
      for read in reads {
        let error = #expect(throws: StoreError.self) { try read() }
        if case .corrupt = error { continue }
        Issue.record("\(String(describing: error)) is no word for a damaged file")
      }
    }
  }

  @Test func anEmptyFileHoldsNoResultsYet() throws {
    try withTemporaryDirectory { directory in
      try Data().write(to: URL(fileURLWithPath: file(directory)))
      #expect(throws: StoreError.empty(path: file(directory))) {
        try ResultStore(directory: directory, access: .readOnly)
      }
      // A run may go there.
      try ResultStore(directory: directory, access: .create).close()
      #expect(try ResultStore(directory: directory, access: .readOnly).committedTrials().isEmpty)
    }
  }

  @Test(arguments: [ResultStore.Access.create, .readOnly])
  func aDirectoryInThePlaceOfTheFileIsNamed(access: ResultStore.Access) throws {
    try withTemporaryDirectory { directory in
      try FileManager.default.createDirectory(atPath: file(directory), withIntermediateDirectories: false)
      let error = #expect(throws: StoreError.self) { try ResultStore(directory: directory, access: access) }
      #expect(error?.description.contains("it is a directory, and should be a file. Choose") == true)
    }
  }

  @Test func aNewerFormatIsRefused() throws {
    try withTemporaryDirectory { directory in
      try ResultStore(directory: directory, access: .create).close()
      try sqlite(file(directory), "PRAGMA user_version = 99")
      #expect(throws: StoreError.newer(path: file(directory), version: 99, known: ResultStore.formatVersion)) {
        try ResultStore(directory: directory, access: .create)
      }
    }
  }

  /// Takes a new file back to what program versions before it wrote, as far as its tables and views are concerned.
  private func makeOld(_ directory: String, format: Int) throws {
    let beforeStudies = """
      DROP VIEW losses; DROP VIEW weight_scales; DROP VIEW trials_by_cell; DROP VIEW curve_points;
      ALTER TABLE trials DROP COLUMN study;
      CREATE VIEW losses AS SELECT 1 AS old; CREATE VIEW weight_scales AS SELECT 1 AS old;
      CREATE VIEW trials_by_cell AS SELECT 1 AS old;
      """
    let beforeRetries = """
      DROP VIEW failed_trials;
      ALTER TABLE failures DROP COLUMN retried_at; CREATE VIEW failed_trials AS SELECT 1 AS old;
      """
    try sqlite(
      file(directory),
      """
      DROP TABLE holdings; DROP TABLE bystanders;
      \(format < 3 ? beforeStudies : "")
      \(format < 4 ? beforeRetries : "")
      DELETE FROM grdb_migrations WHERE identifier > 'format \(format)'; PRAGMA user_version = \(format);
      """)
  }

  @Test(arguments: [1, 2, 3, 4])
  func aFileOfAnOldFormatIsReadAndBroughtUpToDate(format: Int) throws {
    try withTemporaryDirectory { directory in
      let result = TrialResult(metrics: [.init(name: "alpha", value: 0.5)], curves: [], arrays: [])
      let record = ResultRecord(
        trial: try testTrial(), result: result, attempt: 1, worker: "w1", host: "node", startedAt: 1e9, seconds: 0.25,
        workerVersion: "1.0")
      let writer = try ResultStore(directory: directory, access: .create)
      try writer.commit([record])
      try writer.close()
      try makeOld(directory, format: format)
      let columns = "SELECT group_concat(name) FROM pragma_table_info('weight_scales')"
      let reader = try ResultStore(directory: directory, access: .readOnly)
      #expect(try reader.rows(columns) == [["old"]] || format >= 3)
      #expect(try format == 4 || reader.rows("SELECT * FROM failed_trials") == [["1"]])
      let options = StoreVerification.Options(sample: .count(0), threads: 1, version: "test")
      #expect(try StoreVerification(reader, options: options).run().findings.isEmpty)
      #expect(try reader.failures().isEmpty)
      try reader.close()
      let store = try ResultStore(directory: directory, access: .create)
      #expect(try store.rows(columns)[0][0]?.hasSuffix("alpha,beta,alpha_beta,offdiagonal_kq,offdiagonal_pv") == true)
      #expect(try store.rows("PRAGMA user_version") == [["5"]])
      #expect(try store.holdings().isEmpty && store.bystanders().isEmpty)
      #expect(try store.rows("SELECT study FROM trials") == [["training"]])
      #expect(try store.result(of: record.trial.id)?.digest == record.result.digest)
      #expect(try store.rows("SELECT count(*) FROM failed_trials WHERE failed_attempts > 0") == [["0"]])
    }
  }

  @Test func aTruncatedFileIsDamaged() throws {
    try withTemporaryDirectory { directory in
      try ResultStore(directory: directory, access: .create).close()
      let whole = try Data(contentsOf: URL(fileURLWithPath: file(directory)))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file(directory)))
      let error = #expect(throws: StoreError.self) {
        let store = try ResultStore(directory: directory, access: .create)
        try store.commit([])
        _ = try store.failures()
        _ = try store.committedTrials()
      }
      guard case .corrupt = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func anOutputDirectoryThatIsAFileIsRefused() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/out"
      try Data("x".utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: StoreError.self) { try ResultStore(directory: path, access: .create) }
      guard case .cannotOpen = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func aReaderCannotWrite() throws {
    try withTemporaryDirectory { directory in
      try ResultStore(directory: directory, access: .create).close()
      let store = try ResultStore(directory: directory, access: .readOnly)
      #expect(throws: StoreError.readOnly(path: file(directory))) {
        try store.recordSweep(SweepRecord(name: "a", text: "b", hash: "c", path: "d"), at: 0)
      }
      #expect(try store.committedTrials().isEmpty)
    }
  }

  @Test func aReaderSeesWhatAWriterCommitsMeanwhile() throws {
    try withTemporaryDirectory { directory in
      let writer = try ResultStore(directory: directory, access: .create)
      let reader = try ResultStore(directory: directory, access: .readOnly)
      #expect(try reader.latestSweep() == nil)
      let sweep = SweepRecord(name: "a", text: "b", hash: "c", path: "d")
      try writer.recordSweep(sweep, at: 0)
      #expect(try reader.latestSweep() == sweep)
    }
  }

  /// What SQLite commits into a file that the path does not lead to is lost, and must not pass for stored.
  @Test(arguments: ["removed", "replaced", "directory removed"])
  func aFileThatIsRemovedOrReplacedIsNoticed(how: String) throws {
    try withTemporaryDirectory { parent in
      let directory = "\(parent)/out"
      let manager = FileManager.default
      let store = try ResultStore(directory: directory, access: .create)
      let sweep = SweepRecord(name: "a", text: "b", hash: "c", path: "d")
      try store.recordSweep(sweep, at: 0)
      try store.checkInPlace()
      switch how {
      case "removed": try manager.removeItem(atPath: file(directory))
      case "replaced":
        // The old file stays, so the new one cannot have its inode.
        try manager.moveItem(atPath: file(directory), toPath: "\(directory)/old")
        try manager.copyItem(atPath: "\(directory)/old", toPath: file(directory))
      default: try manager.removeItem(atPath: directory)
      }
      #expect(throws: StoreError.displaced(path: file(directory))) { try store.checkInPlace() }
      #expect(throws: StoreError.displaced(path: file(directory))) { try store.recordSweep(sweep, at: 1) }
      guard how == "replaced" else { return }
      // Nothing is wrong any more when the file is back.
      #expect(rename("\(directory)/old", file(directory)) == 0)
      try store.checkInPlace()
    }
  }

  @Test func transactionsAreSynchronisedToTheDisk() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      #expect(try store.rows("PRAGMA journal_mode") == [["wal"]])
      #expect(try store.rows("PRAGMA synchronous") == [["2"]])
      #expect(try store.rows("PRAGMA foreign_keys") == [["1"]])
    }
    // Opening again must not fall back to the default of the library.
    try withTemporaryDirectory { directory in
      try ResultStore(directory: directory, access: .create).close()
      #expect(try ResultStore(directory: directory, access: .create).rows("PRAGMA synchronous") == [["2"]])
    }
  }

  @Test func everyMessageNamesTheFileAndARemedy() {
    let errors: [StoreError] = [
      .missing(path: "/p/f"), .cannotOpen(path: "/p/f", reason: "r"), .notAStore(path: "/p/f"),
      .newer(path: "/p/f", version: 2, known: 1), .corrupt(path: "/p/f", reason: "r"), .readOnly(path: "/p/f"),
      .full(path: "/p/f"), .busy(path: "/p/f"), .displaced(path: "/p/f"), .empty(path: "/p/f"),
      .cannotOpen(path: "/p/f", reason: "Reason."),
    ]
    for error in errors {
      #expect(error.description.contains("/p/f") && !error.description.contains(".."))
      #expect(error.description.split(separator: ". ").count + error.description.split(separator: "; ").count > 2)
    }
    #expect(StoreError.full(path: "").isDiskFull && !StoreError.busy(path: "").isDiskFull)
  }
}
