import ArgumentParser
import Foundation
import Reports
import Results
import Sweeps

/// `icd report`: tables and figures of stored results.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the tables of a sweep, and draw its figures.",
    discussion: """
      Tables go to standard output. The rows are the cells of the sweep that ran last in the directory, in grid \
      order, so a table of the same results is the same to the byte.

      EXAMPLES:
        icd report results/figure-4a
        icd report results/figure-4a --table weights --format latex > weights.tex
        icd report results/figure-4a --table loss --format csv > loss.csv
        icd report results/figure-4a --table fit --figures
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @Option(help: "Which table: loss, weights, fit or baselines. Give it more than once for several.")
  var table: [TableKind] = []

  @Option(help: "How to print it: text, markdown, csv, json or latex.")
  var format = TableFormat.text

  @Flag(help: "Also draw the figures, as SVG, PDF and PNG, into the directory's figures/.")
  var figures = false

  func run() throws {
    let (store, plan) = try ResultDirectory.open(directory)
    defer { try? store.close() }
    let report = try SweepReport(of: plan, from: store, theory: .closedForms)
    let kinds = table.isEmpty ? [.loss, .weights] : table
    print(kinds.map { report.table($0).formatted(format) }.joined(separator: "\n"), terminator: "")
    if figures { try FigureWriting.draw(report, in: directory) }
  }
}
