import Foundation
import Results
import Sweeps
import Testing

@Suite struct RunHistoryTests {
  @Test func runsAndHostsOfASweep() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      for hash in ["aa", "bb"] {
        try store.recordSweep(SweepRecord(name: hash, text: hash, hash: hash, path: hash), at: 1)
      }
      let trials = try (1...5).map { try testTrial(seed: $0) }
      func record(_ index: Int, host: String) -> ResultRecord {
        ResultRecord(
          trial: trials[index], result: TrialResult(metrics: [], curves: [], arrays: []), attempt: 1, worker: "w",
          host: host, startedAt: 0, seconds: Double(index + 1), workerVersion: "1")
      }
      let run = RunRecord(host: "head", pid: 1, workers: 2, versions: ["icd": "1"], startedAt: 10)
      let first = try store.beginRun(run, ofSweep: "aa")
      try store.commit([record(0, host: "a"), record(1, host: "b"), record(2, host: "b")])
      try store.endRun(first, outcome: "complete", at: 25)
      let second = try store.beginRun(run, ofSweep: "aa")
      _ = try store.beginRun(run, ofSweep: "bb")
      try store.commit([record(3, host: "a")])

      let runs = try store.runs(ofSweep: "aa")
      #expect(runs.map(\.run) == [Int(first), Int(second)])
      #expect(runs.map(\.results) == [3, 0] && runs.map(\.endedAt) == [25, nil])
      #expect(runs[0].versions["icd"] == "1" && runs[0].versions["sqlite"] != nil)
      #expect(try store.runs(ofSweep: "cc").isEmpty)
      // The fifth trial has no result, and the fourth was not asked for.
      let hosts = try store.hosts(of: [0, 1, 2, 4].map { trials[$0].id })
      #expect(hosts.map(\.host) == ["b", "a"] && hosts.map(\.results) == [2, 1] && hosts.map(\.seconds) == [5, 1])
    }
  }
}
