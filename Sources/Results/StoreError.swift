import Foundation
import GRDB

/// Why the result store cannot be used: what is wrong, where, and what to do.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no store in that directory.
  case missing(path: String)
  /// The directory cannot be made or the file cannot be opened.
  case cannotOpen(path: String, reason: String)
  /// The file is something else.
  case notAStore(path: String)
  /// The file is empty: nothing was ever run into it.
  case empty(path: String)
  /// The file was written by a later version of the program.
  case newer(path: String, version: Int, known: Int)
  /// The file's contents contradict themselves.
  case corrupt(path: String, reason: String)
  /// The file or its file system cannot be written.
  case readOnly(path: String)
  /// The disk is full.
  case full(path: String)
  /// Another process holds the file longer than we wait.
  case busy(path: String)
  /// The file was removed or replaced while it was open for writing.
  case displaced(path: String)
  /// The file holds fewer results than were committed to it.
  case incomplete(path: String, held: Int, committed: Int)
  /// Reading or writing failed in another way.
  case failed(path: String, reason: String)

  /// A sentence on what is wrong and where, and one on what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "there are no results in \(path): the file does not exist. Run a sweep with this output directory first."
    case .empty(let path):
      "\(path) is empty and holds no results yet. Run a sweep with this output directory first."
    case .cannotOpen(let path, let reason):
      "cannot open \(path): \(Self.phrase(reason)). Choose another output directory, or change its permissions."
    case .notAStore(let path):
      "\(path) is not a result store of icd. It was left as it is; choose another output directory."
    case .newer(let path, let version, let known):
      "\(path) has format \(version), and this program knows formats up to \(known). Use a newer icd."
    case .corrupt(let path, let reason):
      "\(path) is damaged: \(reason). Keep a copy of it and of its -wal file, then try `sqlite3 \(path) .recover`."
    case .readOnly(let path):
      "cannot write \(path): the file or its file system is read-only. Choose another output directory."
    case .full(let path):
      "cannot write \(path): the disk is full. Nothing that was committed is lost; free some space and run again."
    case .busy(let path):
      "\(path) is locked by another process. Wait for it to end, or look for it with `fuser \(path)`."
    case .displaced(let path):
      "\(path) was removed or replaced while the run wrote to it; results since then are lost. Run the same command "
        + "again."
    case .incomplete(let path, let held, let committed):
      "\(path) holds \(held) results, and \(committed) were committed: its log \(path)-wal was removed, or the file was "
        + "replaced by an older one. Put the missing file back; or remove \(path)\(CommitCounter.suffix) to go on, and "
        + "what is lost will run again."
    case .failed(let path, let reason):
      "\(path): \(Self.phrase(reason))."
    }
  }

  /// A reason without the full stop with which some libraries end theirs.
  private static func phrase(_ reason: String) -> Substring {
    reason.hasSuffix(".") ? reason.dropLast() : reason[...]
  }

  /// Whether the disk being full is the reason, which waiting may cure.
  public var isDiskFull: Bool {
    if case .full = self { true } else { false }
  }

  /// What SQLite's error means for the user of the file at `path`.
  package init(_ error: any Error, path: String) {
    if let known = error as? StoreError {
      self = known
      return
    }
    guard !(error is RowDecodingError) else {
      self = .corrupt(path: path, reason: "a value is missing, or is of another type")
      return
    }
    guard let error = error as? DatabaseError else {
      self = .failed(path: path, reason: String(describing: error))
      return
    }
    let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notAStore(path: path)
    case .SQLITE_CORRUPT: self = .corrupt(path: path, reason: reason)
    case .SQLITE_READONLY: self = .readOnly(path: path)
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    // A reader can open a directory, and fails when it reads.
    case .SQLITE_CANTOPEN where Self.isDirectory(path), .SQLITE_IOERR where Self.isDirectory(path):
      self = .cannotOpen(path: path, reason: "it is a directory, and should be a file")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .cannotOpen(path: path, reason: reason)
    default: self = .failed(path: path, reason: "\(reason) (SQLite error \(error.extendedResultCode.rawValue))")
    }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
