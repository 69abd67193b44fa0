import Denoising
import Foundation
import Reports
import Results
import Sweeps
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Figures of single layers: training curves and weights.
@Suite struct LayerFigureTests {
  private func figure(_ kind: String, _ synthetic: SyntheticReport = SyntheticReport()) throws -> Figure {
    try #require(try synthetic.figures.all([.svg]).figures.first { $0.name == kind })
  }

  /// The numbers of a block of the data, row by row.
  private func block(_ number: Int, of figure: Figure) throws -> [[Double]] {
    let blocks = figure.data.components(separatedBy: "# Block ").dropFirst()
    let text = try #require(blocks.first { $0.hasPrefix("\(number):") })
    return text.split(separator: "\n").dropFirst(2).map { line in
      line.split(separator: " ").map { Double($0) ?? .nan }
    }
  }

  @Test func aPanelForEachTaskAndAttentionAtTheLargestContextLength() throws {
    let figure = try figure("training-curves")
    for task in ["linear", "sphere", "mixture"] {
      for attention in ["linear", "softmax"] {
        #expect(figure.script.contains("'\(task) task, \(attention) attention'"))
      }
    }
    #expect(figure.script.components(separatedBy: "\n  plot ").count - 1 == 6)
    #expect(figure.script.contains("{/:Italic L} = 500"))
    // Blocks go row by row, attention by attention: the first is linear attention on the linear task.
    let rows = try block(0, of: figure)
    let report = SyntheticReport().report
    let cell = try #require(
      report.cells.firstIndex { $0.parameters["L"] == .integer(500) && $0.parameters["attention"] == .text("linear") })
    let first = SyntheticReport().results(cell: cell).compactMap { result in
      result.curves.first { $0.name == "test_loss" }?.values[0]
    }
    #expect(rows.count == 11 && rows[0].count == 7)
    #expect(abs(rows[0][4] - first.reduce(0, +) / 6) < 1e-12)
    #expect(rows[0][5] == first.min() && rows[0][6] == first.max())
  }

  @Test func theMeanDiagonalStandsOverEachMap() throws {
    let figure = try figure("weights-initial-final", SyntheticReport(tasks: ["linear"], attentions: [.linear]))
    let notes = figure.script.matches(of: /'mean diagonal ([^']*)'/).map { String($0.1) }
    #expect(notes == ["−0.100", "−2.000", "0.100", "0.500"])
    #expect(try block(1, of: figure).count == SyntheticReport.size)
    #expect(try block(1, of: figure)[1][1] == -2)
    // One scale for both maps of a matrix, symmetric about zero.
    #expect(figure.script.components(separatedBy: "set cbrange [-2.0:2.0]").count - 1 == 2)
    #expect(figure.script.components(separatedBy: "set cbrange [-0.5:0.5]").count - 1 == 2)
  }

  @Test func eachValueOfAnotherParameterHasItsOwnFigure() throws {
    var synthetic = SyntheticReport(tasks: ["linear"], attentions: [.linear], contextLengths: [50])
    synthetic.seeds = 2
    var report = synthetic.report
    let cell = report.cells[0]
    report.cells = (1...14).map { noise in
      var cell = cell
      cell.parameters["noise_variance"] = .real(Double(noise))
      return cell
    }
    let (figures, notes) = try SweepFigures(report) { _ in synthetic.results(cell: 0) }.all([.svg])
    #expect(figures.count == 2 * SweepFigures.figuresOfAKindMax)
    #expect(figures[0].name == "training-curves-noise_variance1.0")
    #expect(figures[1].name == "weights-initial-final-noise_variance1.0")
    #expect(notes.count == 1 && notes.allSatisfy { $0.contains("12 of 14") && $0.contains("noise_variance") })
  }

  @Test func layersWithoutCurvesOrMatricesHaveNoFigure() throws {
    let report = SyntheticReport(contextLengths: [50]).report
    let scalar = TrialResult.Array(name: "final_value", shape: [1, 1], values: [1])
    let results = TrialResult(metrics: [], curves: [], arrays: [scalar])
    #expect(try SweepFigures(report) { _ in [results] }.all().figures.isEmpty)
  }

  @Test func gnuplotDrawsThemWithoutAWordOfComplaint() throws {
    for figure in try SyntheticReport().figures.all([.svg]).figures {
      let svg = try Gnuplot().svg(figure)
      #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(figure.name)")
    }
  }
}
