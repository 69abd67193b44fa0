import Foundation
import Results
import Sweeps
import Testing

@Suite struct ResultStoreTests {
  /// Values that a careless store would change: signs of zero, subnormals, infinities, digits beyond the fifteenth.
  private let awkward = TrialResult(
    metrics: [
      .init(name: "test_loss", value: 0.1 + 0.2), .init(name: "alpha", value: -0.0),
      .init(name: "beta", value: .leastNonzeroMagnitude), .init(name: "whole", value: 3),
      .init(name: "huge", value: .greatestFiniteMagnitude), .init(name: "above", value: .infinity),
    ],
    curves: [
      .init(name: "epoch", values: [0, 1, 2, 3]),
      .init(name: "train_loss", values: [1 / 3, -0.0, Double.leastNormalMagnitude / 8, -.infinity]),
      .init(name: "empty", values: []),
    ],
    arrays: [
      .init(name: "final_value", shape: [2, 3], values: [0, -0.0, 1 / 3, .leastNonzeroMagnitude, 1e30, -1]),
      .init(name: "scalar", shape: [], values: [7]), .init(name: "empty", shape: [0, 3], values: []),
    ])

  private func record(_ trial: Trial, _ result: TrialResult, worker: String = "w1") -> ResultRecord {
    ResultRecord(
      trial: trial, result: result, attempt: 2, worker: worker, host: "node", startedAt: 1e9, seconds: 0.25,
      workerVersion: "1.0")
  }

  private func failure(_ trial: Trial, attempt: Int, isFinal: Bool) -> FailureRecord {
    FailureRecord(
      trial: trial, attempt: attempt, kind: "error", message: "it’s \"bad\"\n", worker: "w1", host: "node", at: 2e9,
      isFinal: isFinal)
  }

  @Test func aResultComesBackBitForBitAfterReopening() throws {
    try withTemporaryDirectory { directory in
      let trial = try testTrial()
      do {
        let store = try ResultStore(directory: directory, access: .create)
        try store.commit([record(trial, awkward)])
      }
      let store = try ResultStore(directory: directory, access: .readOnly)
      let found = try #require(try store.result(of: trial.id))
      #expect(found.digest == awkward.digest)
      #expect(found.metrics.map(\.value.bitPattern) == awkward.metrics.map(\.value.bitPattern))
      #expect(found.curves.map { $0.values.map(\.bitPattern) } == awkward.curves.map { $0.values.map(\.bitPattern) })
      #expect(found.arrays.map { $0.values.map(\.bitPattern) } == awkward.arrays.map { $0.values.map(\.bitPattern) })
      #expect(found.arrays.map(\.shape) == [[2, 3], [], [0, 3]])
      #expect(try store.committedTrials() == [trial.id])
      #expect(try store.canonicalBytes(of: trial.id) == trial.canonicalBytes)
      let origin = try #require(try store.origin(of: trial.id))
      #expect(origin.digest == awkward.digest.description)
      #expect(origin.attempt == 2 && origin.worker == "w1" && origin.host == "node" && origin.seconds == 0.25)
    }
  }

  @Test func aMetricThatIsNotANumberIsStoredAsAbsent() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let trial = try testTrial()
      let result = TrialResult(
        metrics: [.init(name: "test_loss", value: .nan), .init(name: "alpha", value: 1)], curves: [], arrays: [])
      try store.commit([record(trial, result)])
      #expect(try store.metrics(of: [trial.id]).map { $0?.dictionary } == [["alpha": 1]])
      #expect(try store.result(of: trial.id)?[metric: "test_loss"]?.isNaN == true)
    }
  }

  @Test func theFirstResultOfATrialWins() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let trial = try testTrial()
      let other = TrialResult(metrics: [.init(name: "test_loss", value: 9)], curves: [], arrays: [])
      try store.commit([record(trial, awkward), record(trial, other, worker: "w2")])
      try store.commit([record(trial, other, worker: "w3")])
      #expect(try store.result(of: trial.id)?.digest == awkward.digest)
      #expect(try store.origin(of: trial.id)?.worker == "w1")
      #expect(try store.rows("SELECT count(*) FROM metrics") == [["6"]])
    }
  }

  @Test func metricsAreFoundForTrialsThatHaveThem() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let trials = try (1...5).map { try testTrial(seed: $0) }
      try store.commit(
        trials.prefix(3).enumerated().map { index, trial in
          record(
            trial, TrialResult(metrics: [.init(name: "test_loss", value: Double(index))], curves: [], arrays: []))
        })
      let found = try store.metrics(of: trials.map(\.id))
      #expect(found.map { $0?.dictionary } == [["test_loss": 0], ["test_loss": 1], ["test_loss": 2], nil, nil])
      var other = record(trials[3], awkward)
      other.workerVersion = "1.1"
      try store.commit([other])
      #expect(try store.versions(of: trials.map(\.id)) == ["1.0": 3, "1.1": 1])
      #expect(try store.versions(of: [trials[4].id, trials[0].id]) == ["1.0": 1])
    }
  }

  @Test func aTrialThatSucceedsLaterNoLongerCountsAsFailed() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let (lost, cured, retried) = (try testTrial(seed: 1), try testTrial(seed: 2), try testTrial(seed: 3))
      try store.record([
        failure(lost, attempt: 1, isFinal: false), failure(lost, attempt: 2, isFinal: true),
        failure(cured, attempt: 1, isFinal: true), failure(retried, attempt: 1, isFinal: false),
      ])
      #expect(try store.failures().map(\.trial) == [lost.id.description, cured.id.description])
      try store.commit([record(cured, awkward)])
      let failed = try store.failures()
      #expect(failed.map(\.trial) == [lost.id.description])
      #expect(failed.first?.attempts == 2)
      #expect(failed.first?.message == "it’s \"bad\"\n")
      #expect(try store.rows("SELECT trial, failed_attempts FROM failed_trials") == [[lost.id.description, "2"]])
      #expect(try store.committedTrials() == [cured.id])
    }
  }

  @Test func whatIsPutBackHasNeverFailed() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let (lost, weak, cured, broken) = (
        try testTrial(seed: 1), try testTrial(seed: 2), try testTrial(seed: 3), try testTrial(seed: 4)
      )
      func kind(_ kind: String, _ trial: Trial, attempt: Int, isFinal: Bool) -> FailureRecord {
        var record = failure(trial, attempt: attempt, isFinal: isFinal)
        record.kind = kind
        return record
      }
      try store.record([
        kind("worker_lost", lost, attempt: 1, isFinal: false), kind("timeout", lost, attempt: 2, isFinal: true),
        kind("worker_lost", weak, attempt: 1, isFinal: false), kind("timeout", weak, attempt: 2, isFinal: false),
        kind("worker_lost", cured, attempt: 1, isFinal: false), kind("error", broken, attempt: 1, isFinal: true),
      ])
      // Not a strike, though it is an attempt.
      try store.record([kind("mismatch", weak, attempt: 7, isFinal: false)])
      try store.commit([record(cured, awkward)])
      let strikeKinds = ["worker_lost", "timeout"]
      #expect(
        try store.standingFailures(strikeKinds: strikeKinds)
          == .init(givenUp: [lost.id, broken.id], quarantined: [lost.id], strikes: [weak.id: 2]))
      try store.putBack([lost.id], at: 50)
      #expect(
        try store.standingFailures(strikeKinds: strikeKinds) == .init(givenUp: [broken.id], strikes: [weak.id: 2]))
      #expect(try store.failures().map(\.trial) == [broken.id.description])
      #expect(try store.rows("SELECT trial FROM failed_trials") == [[broken.id.description]])
      // What went wrong is still there, and what goes wrong again counts from the start.
      #expect(try store.rows("SELECT count(*) FROM failures WHERE retried_at = 50.0") == [["2"]])
      try store.record([kind("worker_lost", lost, attempt: 1, isFinal: true)])
      #expect(try store.failures().map(\.attempts) == [1, 1])
    }
  }

  @Test func runsAreCreditedWithWhatTheyCommit() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      #expect(try store.latestSweep() == nil)
      let first = SweepRecord(name: "a", text: "one", hash: "1", path: "/a.yaml")
      let second = SweepRecord(name: "b", text: "two", hash: "2", path: "/b.yaml")
      try store.recordSweep(first, at: 10)
      try store.recordSweep(second, at: 20)
      #expect(try store.latestSweep() == second)
      try store.recordSweep(first, at: 30)
      #expect(try store.latestSweep() == first)
      let sweeps = try store.sweeps()
      #expect(sweeps == [first, second])
      #expect(sweeps.matching("b") == [second] && sweeps.matching("2") == [second])
      #expect(sweeps.matching("").isEmpty && sweeps.matching("c").isEmpty)
      let namesakes = [
        SweepRecord(name: "a", text: "", hash: "ab1", path: ""),
        SweepRecord(name: "a", text: "", hash: "ab2", path: ""),
      ]
      #expect(namesakes.matching("a") == [namesakes[0]] && namesakes.matching("AB") == namesakes)
      #expect(namesakes.matching("ab2") == [namesakes[1]])
      let run = try store.beginRun(
        RunRecord(host: "h", pid: 7, workers: 2, versions: ["icd": "1.0"], startedAt: 30), ofSweep: "1")
      try store.commit([record(try testTrial(seed: 1), awkward)])
      for _ in 1...2 { try store.record([failure(try testTrial(seed: 3), attempt: 1, isFinal: true)]) }
      #expect(try store.failures().map(\.attempts) == [1])
      try store.endRun(run, outcome: "finished", at: 40)
      try store.commit([record(try testTrial(seed: 2), awkward)])
      #expect(try store.rows("SELECT run_id FROM results ORDER BY trial_id") == [["\(run)"], [nil]])
      #expect(
        try store.rows("SELECT sweep, started, ended, outcome, workers, results FROM run_history")
          == [["a", "1970-01-01 00:00:30", "1970-01-01 00:00:40", "finished", "2", "1"]])
      #expect(try store.rows("SELECT versions ->> '$.icd' FROM runs") == [["1.0"]])
      #expect(throws: StoreError.self) {
        try store.beginRun(RunRecord(host: "h", pid: 7, workers: 2, versions: [:], startedAt: 30), ofSweep: "3")
      }
    }
  }

  @Test func aFullDiskIsNamedAndLeavesNothingOfTheBatch() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      // A full disk in miniature: SQLite refuses to grow the file beyond so many pages.
      _ = try store.rows("PRAGMA max_page_count = 1")
      let large = TrialResult(
        metrics: [], curves: [],
        arrays: [.init(name: "a", shape: [50_000], values: .init(repeating: 1, count: 50_000))])
      #expect(throws: StoreError.full(path: store.path)) {
        try store.commit([record(try testTrial(seed: 1), awkward), record(try testTrial(seed: 2), large)])
      }
      #expect(try store.committedTrials().isEmpty)
      #expect(try store.rows("SELECT count(*) FROM trials") == [["0"]])
      _ = try store.rows("PRAGMA max_page_count = 100000")
      try store.commit([record(try testTrial(seed: 1), awkward)])
      #expect(try store.committedTrials().count == 1)
    }
  }

  /// Softmax and α < 0: on a sphere the sign is free, on a mixture it is not.
  @Test func theShellTurnsTheSignOnlyWhereItIsFree() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let result = TrialResult(
        metrics: [.init(name: "alpha", value: -2), .init(name: "beta", value: -0.5)], curves: [], arrays: [])
      let layers = [("linear", "linear"), ("linear", "mixture"), ("softmax", "sphere"), ("softmax", "mixture")]
      for (attention, task) in layers {
        var parameters = testParameters()
        parameters["attention"] = .text(attention)
        parameters["task"] = .text(task)
        parameters["d"] = task == "mixture" ? nil : .integer(8)
        parameters["signal_variance"] = task == "sphere" ? nil : .real(0.02)
        if task != "linear" { parameters["radius"] = .real(1) }
        if task == "mixture" { parameters["component_count"] = .integer(8) }
        try store.commit([record(try Trial(parameters: parameters), result)])
      }
      let query = "SELECT w.alpha, w.beta FROM trials t JOIN weight_scales w USING (trial) ORDER BY t.id"
      let turned: [String?] = ["2.0", "0.5"]
      #expect(try store.rows(query) == [turned, turned, turned, ["-2.0", "-0.5"]])
    }
  }

  @Test func theShellShowsSensibleViews() throws {
    try withTemporaryDirectory { directory in
      let store = try ResultStore(directory: directory, access: .create)
      let metrics = [
        ("train_loss", 0.36), ("test_loss", 0.4), ("bayes_loss_train", 0.32), ("bayes_loss_test", 0.35),
        ("zero_loss_test", 1), ("projection_loss_test", 0.5), ("alpha", -2.0), ("beta", -0.125), ("alpha_beta", 0.25),
      ]
      let result = TrialResult(
        metrics: metrics.map { .init(name: $0.0, value: $0.1) },
        curves: [
          .init(name: "epoch", values: [0, 10]), .init(name: "train_loss", values: [1.5, 0.5]),
          .init(name: "test_loss", values: [1.25, 0.75]), .init(name: "alpha", values: [0, -2]),
          .init(name: "beta", values: [0, -0.125]),
        ], arrays: [])
      let fixed = try testTrial(L: 20, seed: 1)
      let ranged = try testTrial(L: 20, d: .integerRange(4...8), seed: 1)
      try store.commit([record(fixed, result), record(try testTrial(L: 20, seed: 2), result), record(ranged, result)])
      try store.record([failure(try testTrial(L: 50), attempt: 1, isFinal: true)])
      let id = fixed.id.description
      #expect(
        try store.rows(
          "SELECT task, attention, n, d, L, signal_variance, seed, zero_loss, projection_loss, round(excess, 12) "
            + "FROM losses WHERE trial = '\(id)'")
          == [["linear", "linear", "16", "8", "20", "2.0", "1", "1.0", "0.5", "0.045"]])
      #expect(
        try store.rows("SELECT alpha, beta, alpha_beta FROM weight_scales WHERE trial = '\(id)'")
          == [["2.0", "0.125", "0.25"]])
      #expect(
        try store.rows("SELECT d, L, results, without_result, test_loss FROM trials_by_cell")
          == [["8", "20", "2", "0", "0.4"], ["4..8", "20", "1", "0", "0.4"], ["8", "50", "0", "1", nil]])
      #expect(
        try store.rows("SELECT epoch, train_loss, test_loss, alpha, beta FROM curve_points WHERE trial = '\(id)'")
          == [["0", "1.5", "1.25", "0.0", "0.0"], ["10", "0.5", "0.75", "-2.0", "-0.125"]])
      #expect(try store.rows("SELECT L, kind, at FROM failed_trials") == [["50", "error", "2033-05-18 03:33:20"]])
      #expect(
        try store.rows("SELECT parameters ->> '$.d', parameters ->> '$.learning_rate' FROM trials WHERE id = 3")
          == [["4..8", "0.01"]])
    }
  }
}
