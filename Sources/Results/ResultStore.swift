import Foundation
import GRDB

/// The durable memory of a sweep: one SQLite file, `results.sqlite`, in the output directory.
///
/// What a commit has acknowledged survives a crash of the process, of the system and of the power supply: the journal
/// is a write-ahead log and every transaction is synchronised to the disk before ``commit(_:)`` returns. The tables are
/// described in `docs/results.md`. There is one writer; readers may look on at any time.
///
/// All methods throw ``StoreError`` and may be called from any thread; calls are served one after the other.
public final class ResultStore: Sendable {
  /// What the store is opened for.
  public enum Access: Sendable, Hashable {
    /// Reading and writing; directory and file are made if they do not exist.
    case create
    /// Reading only; the file must exist. Works on read-only file systems too.
    case readOnly
  }

  /// Name of the file in the output directory.
  public static let fileName = "results.sqlite"

  /// How long a statement waits for a lock that another process holds, in seconds.
  package static let lockWaitSecondsMax = 10.0

  /// Absolute path of the file.
  public let path: String
  private let database: DatabaseQueue
  /// The file that was opened for writing.
  private let file: FileIdentity?
  /// How many results the store should hold, if it was opened for writing.
  let counter: CommitCounter?

  /// Opens the store of an output directory.
  ///
  /// - Throws: ``StoreError``, for example when the file is not a store, was written by a later version, or cannot be
  ///   written. Nothing is changed in a file that is not ours.
  public init(directory: String, access: Access) throws {
    let folder = URL(fileURLWithPath: directory, isDirectory: true)
    let path = folder.appendingPathComponent(Self.fileName).path
    self.path = path
    do {
      switch access {
      case .create:
        try Self.makeDirectory(folder, path: path)
        // Whoever removed the whole file meant to begin anew.
        let isNew = !FileManager.default.fileExists(atPath: path)
        database = try Self.open(path, readOnly: false)
        file = FileIdentity(path: path)
        try Self.checkOrCreate(database, path: path)
        counter = try CommitCounter(path: path, held: try Self.resultCount(database), isNew: isNew)
      case .readOnly:
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path: path) }
        file = nil
        counter = nil
        database = try Self.openForReading(path)
        try Self.check(database, path: path)
      }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Writes what the log holds into the main file and closes it. Without this call the file is just as good, but its
  /// `-wal` companion stays.
  public func close() throws {
    try guarded { try database.close() }
  }

  /// Checks that the path still leads to the file that was opened for writing. If not, SQLite goes on committing into a
  /// file that nobody will ever find again.
  ///
  /// - Throws: ``StoreError/displaced(path:)``.
  public func checkInPlace() throws {
    guard let file, file.isElsewhere(than: path) else { return }
    throw StoreError.displaced(path: path)
  }

  // MARK: - Access to the file

  /// Runs statements that only read.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try guarded { try database.read(body) }
  }

  /// Runs statements in one transaction, which is on the disk when this returns, or undone when it throws; unless it
  /// throws ``StoreError/displaced(path:)``, when both are of no use.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let result = Result { try guarded { try database.write(body) } }
    // Also when it failed: that the file is gone is then the reason.
    try checkInPlace()
    return try result.get()
  }

  /// The rows of one statement, as the `sqlite3` shell would show them; for tests and diagnosis.
  package func rows(_ sql: String) throws -> [[String?]] {
    try guarded {
      try database.inDatabase { database in
        try Row.fetchAll(database, sql: sql).map { row in
          row.databaseValues.map { $0.isNull ? nil : String.fromDatabaseValue($0) ?? "\($0)" }
        }
      }
    }
  }

  private func guarded<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw StoreError(error, path: path) }
  }

  private static func makeDirectory(_ folder: URL, path: String) throws {
    guard let reason = DirectoryMaking.make(folder.path) else { return }
    throw StoreError.cannotOpen(path: path, reason: "the directory cannot be made: \(reason)")
  }

  private static func resultCount(_ database: DatabaseQueue) throws -> Int {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM results") ?? 0 }
  }

  private static func open(_ path: String, readOnly: Bool) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(lockWaitSecondsMax)
    configuration.label = "icd.results"
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// A reader of a write-ahead log needs its two companion files or the right to make them. On a medium that cannot be
  /// written, and without a log that could hold more than the file, the file alone is the truth.
  private static func openForReading(_ path: String) throws -> DatabaseQueue {
    let manager = FileManager.default
    let log = path + "-wal"
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !manager.fileExists(atPath: log), !manager.isWritableFile(atPath: folder) {
      var address = URLComponents()
      address.scheme = "file"
      address.path = path
      address.query = "immutable=1"
      if let text = address.string { return try open(text, readOnly: true) }
    }
    return try open(path, readOnly: true)
  }
}
