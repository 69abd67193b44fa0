import Denoising
import Foundation
import Reports
import Results
import Sweeps
import Testing

@Suite struct TableCatalogTests {
  private func csv(_ report: SweepReport, _ kind: TableKind) -> [[String: String]] {
    let lines = report.table(kind).formatted(.csv).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private func number(_ text: String?) -> Double { text.flatMap(Double.init) ?? .nan }

  @Test func documentedColumnsComeFirstInTheirOrder() {
    let report = SyntheticReport().report
    func header(_ kind: TableKind) -> Substring { report.table(kind).formatted(.csv).prefix { $0 != "\n" } }
    let keys = "task,attention,n,d,L,signal_variance,noise_variance,seeds,"
    #expect(
      header(.loss)
        == keys + "train_loss,train_loss_sem,test_loss,test_loss_sem,zero_loss,bayes_loss,theory_loss,"
        + "projection_loss,radial_projection_loss,bayes_limit_loss,excess,excess_sem")
    #expect(
      header(.weights)
        == keys + "alpha,alpha_sem,beta,beta_sem,alpha_beta,alpha_beta_sem,theory_alpha_beta,"
        + "offdiagonal_kq,offdiagonal_pv")
    #expect(
      header(.fit)
        == "task,attention,n,d,signal_variance,noise_variance,"
        + "offset,asymptote,slope,slope_sem,prefactor,reduced_chi_square,points,omitted_points")
  }

  @Test func rowsStandInGridOrderWithTheoryBesideThem() {
    let report = SyntheticReport().report
    let rows = csv(report, .loss)
    let tasks = ["linear", "sphere", "mixture"].flatMap { Array(repeating: $0, count: 8) }
    #expect(rows.map { $0["task"] } == tasks)
    #expect(rows.prefix(4).map { $0["L"] } == ["50", "100", "200", "500"])
    // Closed form at a = 2, z = 1, n = 16, d = 8, to the digits of the published table.
    #expect(rows.prefix(4).map { (number($0["theory_loss"]) * 1e4).rounded() } == [4350, 3884, 3620, 3451])
    #expect(rows[4]["theory_loss"] == "" && rows[4]["attention"] == "softmax" && rows[8]["theory_loss"] != "")
    #expect(rows[16]["d"] == "" && rows[8]["signal_variance"] == "" && rows[0]["radial_projection_loss"] == "")
    let weights = csv(report, .weights)
    #expect(weights.prefix(4).map { (number($0["theory_alpha_beta"]) * 1e4).rounded() } == [2825, 3058, 3190, 3274])
    #expect(weights.allSatisfy { number($0["alpha"]) > 0 && number($0["beta"]) > 0 })
  }

  @Test func aCellHoldsMeanAndStandardErrorOverItsSeeds() throws {
    let report = SyntheticReport(tasks: ["linear"], attentions: [.linear]).report
    let losses = report.cells[1].seeds.compactMap { $0["test_loss"] }
    let mean = losses.reduce(0, +) / 6
    let variance = losses.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 5
    let row = csv(report, .loss)[1]
    #expect(row["seeds"] == "6")
    #expect(abs(number(row["test_loss"]) - mean) < 1e-15)
    #expect(abs(number(row["test_loss_sem"]) - (variance / 6).squareRoot()) < 1e-15)
  }

  @Test func oneSeedHasEmptyErrorsAndAMissingCellEmptyValues() {
    var report = SyntheticReport(tasks: ["linear"], seeds: 1).report
    report.cells[0].seeds = []
    report.failedTrials = 1
    let rows = csv(report, .loss)
    #expect(rows[0]["seeds"] == "0" && rows[0]["test_loss"] == "" && rows[0]["theory_loss"] != "")
    #expect(rows[1]["seeds"] == "1" && rows[1]["test_loss"] != "" && rows[1]["test_loss_sem"] == "")
    let text = report.table(.loss).formatted(.text)
    #expect(text.contains("1 of 8 trials has no result yet") && text.contains("1 trial failed"))
  }

  @Test func theFitFindsTheExponentOfEachSeries() {
    let rows = csv(SyntheticReport().report, .fit)
    // The synthetic excess of linear attention on mixtures lies below the limit that it has in truth.
    #expect(rows.map { $0["offset"] } == ["9.0", "9.0", "8.0", "8.0", "0.0"])
    // The excess was made as 1/(L + 9), but for a small disturbance.
    #expect(rows.prefix(2).allSatisfy { abs(number($0["slope"]) + 1) < 0.02 && number($0["points"]) == 4 })
  }

  /// Closed forms as measurements: linear attention on a sphere or a mixture, with a Bayes loss.
  private func exact(_ task: String, bayes: Double? = nil) throws -> SweepReport {
    var report = SyntheticReport(tasks: [task], attentions: [.linear]).report
    for index in report.cells.indices {
      let cell = report.cells[index]
      let loss = try #require(ClosedForm.optimum(task: cell.task, attention: cell.attention)?.loss)
      let bayes = try #require(bayes ?? ClosedForm.bayesLoss(task: cell.task))
      report.cells[index].seeds = [0.99, 1.01].map { factor in
        SeedMetrics(
          [
            "train_loss": bayes + factor * (loss - bayes), "test_loss": bayes + factor * (loss - bayes),
            "bayes_loss_train": bayes, "bayes_loss_test": bayes,
          ], isSignFree: true)
      }
    }
    return report
  }

  @Test func onASphereTheFitIsAboveTheBestLinearEstimator() throws {
    let sphere = TaskConfiguration(
      family: .sphere(dimension: .fixed(8), radius: 1), ambientDimension: 16, contextLength: 1, noiseVariance: 0.1)
    let limit = try #require(ClosedForm.shrunkProjectionLoss(task: sphere))
    let bayes = try #require(ClosedForm.bayesLoss(task: sphere))
    let row = try #require(csv(try exact("sphere"), .fit).first)
    #expect(limit > bayes && abs(number(row["asymptote"]) - (limit - bayes)) < 1e-15)
    // What is left falls exactly as 1/(L + d).
    #expect(abs(number(row["slope"]) + 1) < 1e-9 && number(row["points"]) == 4)
    let others = csv(SyntheticReport(tasks: ["linear", "sphere", "mixture"], attentions: [.softmax]).report, .fit)
    #expect(others.map { $0["asymptote"] } == ["0.0", "0.0", "0.0"])
  }

  @Test func onAMixtureTheFitIsAboveTheLimitOfTheClosedForm() throws {
    // E‖S x̃‖² for S = E[x xᵀ] given the centres, by hand: p = 8 equal components, R = 1, s = 0.02, n = 16.
    let pair = 1.0 / 16 + 15.0 / 16 / 8
    let twoEqual = 3 * (1.0 / 8 - 1.0 / 64)
    let triangle = 1.0 / 64 + twoEqual / 16 + (1 - twoEqual - 1.0 / 64) / 256
    let overlap = pair + 2 * 0.02 + 16 * 0.0004
    let square = 0.1 * overlap + triangle + 3 * 0.02 * pair + 3 * 0.0004 + 16 * 0.000008
    let limit = (1 + 16 * 0.02 - overlap * overlap / square) / 16
    let row = try #require(csv(try exact("mixture", bayes: 0.023), .fit).first)
    #expect(abs(number(row["asymptote"]) - (limit - 0.023)) < 1e-14, "\(limit)")
    #expect(number(row["points"]) == 4 && number(row["slope"]) < -0.7)
  }

  @Test func whateverElseVariesBecomesAKey() {
    var report = SyntheticReport(tasks: ["linear"], attentions: [.linear]).report
    for index in report.cells.indices { report.cells[index].parameters["epochs"] = .integer(100 * (index + 1)) }
    report.cells[0].parameters["d"] = .integerRange(4...8)
    let rows = csv(report, .loss)
    #expect(rows.map { $0["epochs"] } == ["100", "200", "300", "400"])
    #expect(rows[0]["d"] == "4..8")
  }

  @Test func everyMeasuredBaselineHasItsColumns() {
    let header = SyntheticReport(tasks: ["sphere"]).report.table(.baselines).formatted(.csv).prefix { $0 != "\n" }
    #expect(
      header.hasSuffix(
        "seeds,zero_loss,zero_loss_sem,radial_projection_loss,radial_projection_loss_sem,bayes_loss,bayes_loss_sem"))
  }

  @Test func theSameReportGivesTheSameBytes() {
    for kind in TableKind.allCases {
      for format in TableFormat.allCases {
        #expect(
          SyntheticReport().report.table(kind).formatted(format)
            == SyntheticReport().report.table(kind).formatted(format))
      }
    }
  }
}
