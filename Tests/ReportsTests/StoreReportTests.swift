import Foundation
import Reports
import Results
import Sweeps
import Testing

/// From the text of a sweep through plan and store to tables.
@Suite struct StoreReportTests {
  private let text = """
    name: store-report
    cases:
      - {task: linear, attention: linear, d: 8}
      - {task: mixture, attention: softmax}
    axes:
      L: [20, 50]
    seeds: {count: 3}
    report:
      title: From the store
    """

  private func plan() throws -> SweepPlan { SweepPlan(try SweepFile.parse(text: text, path: "test.yaml")) }

  private func record(_ trial: Trial, loss: Double) -> ResultRecord {
    ResultRecord(
      trial: trial,
      result: TrialResult(
        metrics: [.init(name: "test_loss", value: loss), .init(name: "alpha", value: -loss)], curves: [], arrays: []),
      attempt: 1, worker: "w", host: "h", startedAt: 0, seconds: 1, workerVersion: "1")
  }

  @Test func aReportHasTheCellsOfTheGridInOrderWhateverTheOrderOfCommits() throws {
    try withTemporaryDirectory { directory in
      let plan = try plan()
      let store = try ResultStore(directory: directory, access: .create)
      // The last trial has no result; the others come in reverse.
      for index in (0..<plan.trials.count - 1).reversed() {
        try store.commit([record(plan.trials[index], loss: Double(index))])
      }
      let report = try SweepReport(of: plan, from: store, programVersion: "1")
      #expect(report.title == "From the store" && report.name == "store-report" && report.hash == plan.sweep.hash)
      #expect(report.cells.map(\.seeds.count) == [3, 3, 3, 2])
      #expect(report.cells.map(\.plannedSeeds) == [3, 3, 3, 3])
      #expect(report.cells.map { $0.seeds.map { $0["test_loss"] } }[1] == [3, 4, 5])
      // Linear attention on the linear task, then softmax on mixtures: α was negative in all.
      #expect(report.cells[1].seeds.map { $0["alpha"] } == [3, 4, 5])
      #expect(report.cells[2].seeds.map { $0["alpha"] } == [-6, -7, -8])
      let rows = report.table(.weights).formatted(.csv).split(separator: "\n")
      #expect(rows.count == 5)
      #expect(rows[1].hasPrefix("linear,linear,16,8,20,2.0,1.0,"))
      #expect(rows[4].hasPrefix("mixture,softmax,16,,50,0.02,0.1,"))
      #expect(
        report.table(.weights).notes == ["1 of 12 trials has no result yet; the means are over those that have one."])
    }
  }

  @Test func onlyFailuresOfThisPlanCount() throws {
    try withTemporaryDirectory { directory in
      let plan = try plan()
      let other = SweepPlan(
        try SweepFile.parse(text: text.replacing("count: 3", with: "count: 4"), path: "test.yaml"))
      let store = try ResultStore(directory: directory, access: .create)
      for trial in [plan.trials[0], other.trials[3]] {
        try store.record([
          FailureRecord(
            trial: trial, attempt: 1, kind: "error", message: "m", worker: "w", host: "h", at: 0, isFinal: true)
        ])
      }
      #expect(try store.failures().count == 2)
      #expect(try SweepReport(of: plan, from: store, programVersion: "1").failedTrials == 1)
    }
  }

  @Test func resultsOfOtherVersionsAreNamed() throws {
    try withTemporaryDirectory { directory in
      let plan = try plan()
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(plan.trials.map { record($0, loss: 1) })
      func notes(_ version: String) throws -> [String] {
        try SweepReport(of: plan, from: store, programVersion: version).table(.loss).notes
      }
      #expect(try notes("1").isEmpty)
      #expect(try notes("2") == ["12 results from icd 1: this report is made by icd 2."])
    }
    try withTemporaryDirectory { directory in
      let plan = try plan()
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(
        plan.trials.enumerated().map { index, trial in
          var record = record(trial, loss: 1)
          if index == 4 { record.workerVersion = "0.9" }
          return record
        })
      let json = try SweepReport(of: plan, from: store, programVersion: "1").table(.loss).formatted(.json)
      #expect(
        json.contains(
          "\"notes\": [\"1 result from icd 0.9, 11 results from icd 1: the versions need not agree to the bit.\"]"))
    }
  }

  @Test(arguments: [false, true]) func seedsThatShareTheirPromptsAreNamed(isShared: Bool) throws {
    try withTemporaryDirectory { directory in
      let seeds = "{count: 3, shared_data: \(isShared)}"
      let plan = SweepPlan(
        try SweepFile.parse(text: text.replacing("{count: 3}", with: seeds), path: "test.yaml"))
      let store = try ResultStore(directory: directory, access: .create)
      try store.commit(plan.trials.map { record($0, loss: 1) })
      let notes = try SweepReport(of: plan, from: store, programVersion: "1").table(.loss).notes
      #expect(notes.count == (isShared ? 1 : 0) && notes.allSatisfy { $0.contains("± understates the error") })
    }
  }
}
