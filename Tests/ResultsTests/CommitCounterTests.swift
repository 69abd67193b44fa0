import Foundation
import Results
import Sweeps
import Testing

/// A store whose log was taken away after a crash says so.
@Suite struct CommitCounterTests {
  private static func record(seed: Int) throws -> ResultRecord {
    ResultRecord(
      trial: try testTrial(seed: seed), result: TrialResult(metrics: [], curves: [], arrays: []), attempt: 1,
      worker: "w", host: "h", startedAt: 1, seconds: 1, workerVersion: "1")
  }

  private static func copy(_ names: [String], from source: String, to directory: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for name in names { try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(directory)/\(name)") }
  }

  /// What a killed run leaves, with and without its log: a copy of the files of a store that is still open.
  @Test func aMissingLogIsNoticed() throws {
    try withTemporaryDirectory { directory in
      let live = directory + "/live"
      let store = try ResultStore(directory: live, access: .create)
      try store.commit([try Self.record(seed: 1), try Self.record(seed: 2)])
      // The same again is no more.
      try store.commit([try Self.record(seed: 2), try Self.record(seed: 3)])
      let all = ["results.sqlite", "results.sqlite-wal", "results.sqlite-commits"]
      try Self.copy(all, from: live, to: directory + "/whole")
      let whole = try ResultStore(directory: directory + "/whole", access: .create)
      #expect(try whole.committedTrials().count == 3)
      try whole.close()
      #expect(try ResultStore(directory: directory + "/whole", access: .create).committedTrials().count == 3)

      let cut = directory + "/cut"
      try Self.copy(["results.sqlite", "results.sqlite-commits"], from: live, to: cut)
      let path = cut + "/results.sqlite"
      #expect(throws: StoreError.incomplete(path: path, held: 0, committed: 3)) {
        try ResultStore(directory: cut, access: .create)
      }
      #expect(StoreError.incomplete(path: path, held: 0, committed: 3).description.contains("\(path)-wal was removed"))
      // The remedy that it names.
      try FileManager.default.removeItem(atPath: path + "-commits")
      #expect(try ResultStore(directory: cut, access: .create).committedTrials().isEmpty)
      withExtendedLifetime(store) {}
    }
  }

  /// Who removes the file itself begins anew; a count that says nothing is no reason to refuse.
  @Test func aStoreThatWasRemovedIsNew() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit([try Self.record(seed: 1)])
      try store.close()
      let path = directory + "/results.sqlite"
      for text in ["", "nonsense", "00000000000000000000\n"] {
        try text.write(toFile: path + "-commits", atomically: false, encoding: .utf8)
        try ResultStore(directory: directory, access: .create).close()
        #expect(try String(contentsOfFile: path + "-commits", encoding: .utf8).hasPrefix("00000000000000000001\n"))
      }
      try FileManager.default.removeItem(atPath: path)
      #expect(try ResultStore(directory: directory, access: .create).committedTrials().isEmpty)
    }
  }

  @Test func aDirectoryThatCannotBeMadeIsNamedWithItsReason() throws {
    try withTemporaryDirectory { directory in
      try Data().write(to: URL(fileURLWithPath: directory + "/file"))
      #expect {
        try ResultStore(directory: directory + "/file/below/it", access: .create)
      } throws: {
        "\($0)".contains("the directory cannot be made: \(directory)/file")
          && "\($0)".contains("Not a directory") && !"\($0)".contains("permission to save")
      }
      #expect(throws: Never.self) { try ResultStore(directory: directory + "/a/b/c", access: .create).close() }
    }
  }
}
