import Foundation
import Reports
import Results
import Sweeps

/// Draws the figures of a report, and puts them into pages.
struct FigureWriting {
  /// Means over the seeds.
  let report: SweepReport
  /// The trials.
  let plan: SweepPlan
  /// What they returned.
  let store: ResultStore

  /// Writes every figure, with its script and data, into the directory's `figures/`, and names the files on standard
  /// error.
  func draw(into directory: String) throws {
    let gnuplot = try Gnuplot()
    let (figures, notes) = try SweepFigures(report, of: plan, from: store).all()
    for note in notes { printError("icd: \(note)") }
    for figure in figures {
      for path in try gnuplot.draw(figure, into: "\(directory)/figures") { printError("wrote \(path)") }
    }
  }

  /// Writes the page with tables and figures, and names it on standard error. Without gnuplot it is a page without
  /// figures, which says so.
  func writePage(to path: String) throws {
    var drawings: [HTMLReport.Drawing] = []
    var notes: [String] = []
    do {
      let gnuplot = try Gnuplot()
      let (figures, omissions) = try SweepFigures(report, of: plan, from: store).all([.svg])
      notes = omissions
      drawings = try figures.map { HTMLReport.Drawing(figure: $0, svg: try gnuplot.svg($0)) }
    } catch ReportError.noGnuplot {
      notes = [ReportError.noGnuplot.description]
    }
    for note in notes { printError("icd: \(note)") }
    let page = try HTMLReport(report, of: plan, from: store, drawings: drawings, figureNotes: notes)
    try page.write(to: path)
    printError("wrote \(path)")
  }
}
