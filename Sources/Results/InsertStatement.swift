import Foundation
import GRDB
import GRDBSQLite

/// A prepared INSERT whose values are bound straight through SQLite's C interface.
///
/// GRDB's own arguments box every value; with some twenty metrics a result, boxing costs more than SQLite's work. The
/// statement is GRDB's and lives in its cache; it must be used inside the transaction in which it was made. Values are
/// bound in the order of the calls. See <https://www.sqlite.org/c3ref/bind_blob.html>.
struct InsertStatement {
  private let statement: Statement
  private let connection: SQLiteConnection?
  private var index: CInt = 0

  /// SQLite copies the bytes before the call returns.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ database: Database, _ sql: String) throws {
    statement = try database.cachedStatement(sql: sql)
    connection = database.sqliteConnection
  }

  mutating func bind(_ value: Int64) throws {
    index += 1
    try check(sqlite3_bind_int64(statement.sqliteStatement, index, value))
  }

  mutating func bind(_ value: Int) throws { try bind(Int64(value)) }

  /// Binds a real number; NULL for NaN, as SQLite does it.
  mutating func bind(_ value: Double) throws {
    index += 1
    try check(sqlite3_bind_double(statement.sqliteStatement, index, value))
  }

  mutating func bind(_ value: String) throws {
    index += 1
    var value = value
    try check(
      value.withUTF8 { text in
        text.withMemoryRebound(to: CChar.self) {
          sqlite3_bind_text64(
            statement.sqliteStatement, index, $0.baseAddress, UInt64($0.count), Self.copied, UInt8(SQLITE_UTF8))
        }
      })
  }

  mutating func bind(_ bytes: UnsafeRawBufferPointer) throws {
    index += 1
    // A null pointer would bind NULL instead of an empty blob.
    try check(
      bytes.isEmpty
        ? sqlite3_bind_zeroblob(statement.sqliteStatement, index, 0)
        : sqlite3_bind_blob64(
          statement.sqliteStatement, index, bytes.baseAddress, UInt64(bytes.count), Self.copied))
  }

  mutating func bind(_ value: DatabaseValue) throws {
    switch value.storage {
    case .null: try bindNull()
    case .int64(let number): try bind(number)
    case .double(let number): try bind(number)
    case .string(let text): try bind(text)
    case .blob(let data): try data.withUnsafeBytes { try bind($0) }
    }
  }

  mutating func bindNull() throws {
    index += 1
    try check(sqlite3_bind_null(statement.sqliteStatement, index))
  }

  /// Runs the statement with what was bound, and makes it ready for the next row.
  mutating func execute() throws {
    index = 0
    let code = sqlite3_step(statement.sqliteStatement)
    // The message belongs to the step; resetting would not change it, but another call might.
    let failure = code == SQLITE_DONE ? nil : error(code)
    sqlite3_reset(statement.sqliteStatement)
    if let failure { throw failure }
  }

  private func check(_ code: CInt) throws {
    if code != SQLITE_OK { throw error(code) }
  }

  private func error(_ code: CInt) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: connection.map { String(cString: sqlite3_errmsg($0)) })
  }
}
