import Reports

/// Draws the figures of a report into its directory.
enum FigureWriting {
  /// Writes every figure, with its script and data, into `figures/`, and names the files on standard error.
  static func draw(_ report: SweepReport, in directory: String) throws {
    let gnuplot = try Gnuplot()
    for figure in report.figures() {
      for path in try gnuplot.draw(figure, into: "\(directory)/figures") { printError("wrote \(path)") }
    }
  }
}
