import Reports
import Results
import Testing

@Suite struct OutlierTests {
  /// The synthetic report with the train losses of one cell multiplied, seed by seed.
  private static func report(_ factors: [Double]) -> SweepReport {
    var synthetic = SyntheticReport()
    synthetic.seeds = factors.count
    var report = synthetic.report
    report.cells[5].seeds = factors.map { factor in
      var values = report.cells[5].seeds[0].values.dictionary
      values["train_loss"] = factor * (values["train_loss"] ?? .nan)
      return SeedMetrics(values, isSignFree: true)
    }
    return report
  }

  @Test func aSeedFarAboveTheOthersIsNamed() throws {
    let notes = Self.report([1, 1.45, 1, 1.02, 0.98, 1]).table(.loss).notes
    #expect(notes.count == 1)
    let note = try #require(notes.first)
    #expect(note.contains("over 20 % above the median"))
    #expect(note.contains("1 of 6 seeds at L=100 attention=softmax"))
    #expect(note.contains("task=linear"))
  }

  @Test func ordinaryScatterIsNotNamed() {
    #expect(Self.report([1, 1.15, 0.9, 1.02, 0.98, 1]).table(.loss).notes.isEmpty)
    // A low loss is no failure to train, and two seeds have no majority.
    #expect(Self.report([1, 0.2, 1, 1.02, 0.98, 1]).table(.loss).notes.isEmpty)
    #expect(Self.report([1, 5]).table(.loss).notes.isEmpty)
  }

  @Test func manyCellsAreCounted() throws {
    var report = SyntheticReport().report
    for cell in report.cells.indices {
      var values = report.cells[cell].seeds[0].values.dictionary
      values["train_loss"] = 9
      report.cells[cell].seeds[0] = SeedMetrics(values, isSignFree: true)
    }
    let note = try #require(report.table(.weights).notes.first)
    #expect(note.hasSuffix("and in 20 more cells."))
  }
}
