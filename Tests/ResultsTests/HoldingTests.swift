import Foundation
import Results
import Sweeps
import Testing

/// What one coordinator leaves to the next.
@Suite struct HoldingTests {
  private let ids = (0..<3).map { TrialID(high: 1 << 63 + $0, low: .max - $0) }

  private func holding(_ worker: Int, _ trials: [TrialID]) -> HoldingRecord {
    HoldingRecord(
      worker: String(repeating: "\(worker)", count: 32), name: "h:\(worker)", host: "h", pid: Int64(worker),
      trials: trials, isLocal: worker == 1)
  }

  @Test func holdingsAreReplacedAndForgotten() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(StoreBatch(holdings: [holding(1, [ids[2], ids[0]]), holding(2, [ids[1]])]))
      #expect(try store.holdings() == [holding(1, [ids[2], ids[0]]), holding(2, [ids[1]])])
      try store.commit(StoreBatch(holdings: [holding(1, [ids[0]]), holding(2, []), holding(3, [])]))
      try store.close()
      let reader = try ResultStore(directory: directory, access: .readOnly)
      #expect(try reader.holdings() == [holding(1, [ids[0]])])
      #expect(try reader.rows("SELECT hex(trials) FROM holdings") == [["8000000000000000FFFFFFFFFFFFFFFF"]])
    }
  }

  @Test func bystandersAreRememberedUntilTheirTrialIsPutBack() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(StoreBatch(bystanders: [ids[0], ids[1]]))
      try store.commit(StoreBatch(bystanders: [ids[1]]))
      #expect(try store.bystanders() == [ids[0], ids[1]])
      try store.putBack([ids[0]], at: 1)
      #expect(try store.bystanders() == [ids[1]])
    }
  }

  /// What cannot be stored whole is not stored at all: a strike without the end of the worker's holding would be given
  /// twice.
  @Test func aBatchIsOneTransaction() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(StoreBatch(holdings: [holding(1, [ids[0]])]))
      try sqlite(
        store.path,
        "CREATE TRIGGER full BEFORE DELETE ON holdings BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;")
      let trial = try testTrial()
      let failure = FailureRecord(
        trial: trial, attempt: 1, kind: "worker_lost", message: "m", worker: "w", host: "h", at: 1, isFinal: false)
      let result = ResultRecord(
        trial: trial, result: TrialResult(metrics: [], curves: [], arrays: []), attempt: 1, worker: "w", host: "h",
        startedAt: 1, seconds: 1, workerVersion: "1")
      let batch = StoreBatch(
        results: [result], failures: [failure], bystanders: [ids[1]], holdings: [holding(1, [])])
      #expect(throws: StoreError.self) { try store.commit(batch) }
      for table in ["results", "failures", "bystanders", "trials"] {
        #expect(try store.rows("SELECT count(*) FROM \(table)") == [["0"]], "\(table)")
      }
      try sqlite(store.path, "DROP TRIGGER full")
      try store.commit(batch)
      #expect(try store.holdings().isEmpty && store.bystanders() == [ids[1]] && store.committedTrials() == [trial.id])
    }
  }

  /// What has a result is suspected no more, which the next run writes down.
  @Test func bystandersAreForgottenWhenTheirTrialIsDone() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let trial = try testTrial()
      let result = ResultRecord(
        trial: trial, result: TrialResult(metrics: [], curves: [], arrays: []), attempt: 1, worker: "w", host: "h",
        startedAt: 1, seconds: 1, workerVersion: "1")
      try store.commit(StoreBatch(results: [result], bystanders: [ids[0], trial.id]))
      try store.recordSweep(SweepRecord(name: "s", text: "t", hash: "h", path: "p"), at: 1)
      _ = try store.beginRun(RunRecord(host: "h", pid: 1, workers: 1, versions: [:], startedAt: 1), ofSweep: "h")
      #expect(try store.bystanders() == [ids[0]])
    }
  }

  @Test(arguments: [
    "('w', 'n', 'h', 1, 0, x'')", "('\(String(repeating: "0", count: 32))', 'n', 'h', 1, 0, x'00')",
    "('\(String(repeating: "0", count: 32))', 'n', 'h', -1, 0, x'')",
  ])
  func damagedHoldingsAreNamed(row: String) throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try sqlite(store.path, "INSERT INTO holdings VALUES \(row)")
      #expect { try store.holdings() } throws: {
        "\($0)".contains("is no worker, or holds no trials") && "\($0)".contains(store.path)
      }
    }
  }

  @Test func damagedBystandersAreNamed() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      try sqlite(store.path, "INSERT INTO bystanders VALUES ('?')")
      #expect(throws: StoreError.corrupt(path: store.path, reason: "“?” is not the name of a trial")) {
        try store.bystanders()
      }
    }
  }
}
