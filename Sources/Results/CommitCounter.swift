import Foundation
import Synchronization

/// How many results the store should hold, in a small file beside it, so that a loss is noticed.
///
/// The newest results are in SQLite's log, `results.sqlite-wal`. If somebody takes that file away after a crash, what is
/// left is a sound store with fewer results, and SQLite has nothing to say. The count is written after each commit and
/// not synchronised to the disk, which costs microseconds: after a failure of power it may be too low, never too high, so
/// it raises no false alarm.
final class CommitCounter: Sendable {
  /// What is appended to the path of the store.
  static let suffix = "-commits"
  /// Digits of the count, so that each writing replaces all of the one before.
  private static let digits = 20

  /// −1 if the file cannot be written: then the store works without it.
  private let descriptor: Int32
  private let count: Mutex<Int>

  /// Compares the results that a store holds with the count beside it, unless the store is new.
  ///
  /// - Throws: ``StoreError/incomplete(path:held:committed:)`` if there were more.
  init(path: String, held: Int, isNew: Bool) throws {
    descriptor = open(path + Self.suffix, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    count = Mutex(held)
    let committed = isNew ? 0 : Self.read(descriptor)
    guard held >= committed else { throw StoreError.incomplete(path: path, held: held, committed: committed) }
    add(0)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// So many more results are durable.
  func add(_ number: Int) {
    let line = count.withLock { count in
      count += number
      let text = String(count)
      return String(repeating: "0", count: max(0, Self.digits - text.count)) + text + "\n"
    }
    _ = pwrite(descriptor, line, line.utf8.count, 0)
  }

  /// The count in the file; zero if there is none that can be read.
  private static func read(_ descriptor: Int32) -> Int {
    var buffer = [UInt8](repeating: 0, count: digits)
    guard pread(descriptor, &buffer, digits, 0) == digits else { return 0 }
    return Int(String(decoding: buffer, as: UTF8.self)) ?? 0
  }
}
