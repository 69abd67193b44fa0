import ArgumentParser
import Foundation
import Reports
import Results
import Sweeps

/// `icd report`: tables and figures of stored results.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the tables of a sweep, draw its figures, or put all of it into a page.",
    discussion: """
      Tables go to standard output, or each to a file of its own with --to. The rows are the cells of the sweep that \
      ran last in the directory, or of that which --sweep names, in grid order, so a table of the same results is \
      the same to the byte.

      --html writes one file that needs nothing else: what was run, when and where, the figures, tables that sort, \
      failures and the sweep file. It can be mailed, printed, or opened on a phone.

      EXAMPLES:
        icd report results/figure-4a
        icd report results/figure-4a --table weights --format latex > weights.tex
        icd report results/figure-4a --table loss --format csv > loss.csv
        icd report results/figure-4a --format csv --to tables
        icd report results/figure-4a --table fit --figures
        icd report results/figure-4a --html figure-4a.html
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @OptionGroup var choice: SweepChoice

  @Option(
    help: ArgumentHelp(
      "Which table: \(TableKind.allCases.map(\.rawValue).joined(separator: ", ")). Give it more than once for several.",
      discussion: """
        Those of the sweep's studies by default: loss and weights for training. CSV on standard output holds one.
        """))
  var table: [TableKind] = []

  @Option(help: "How to print it: text, markdown, csv, json or latex.")
  var format = TableFormat.text

  @Option(
    help: ArgumentHelp(
      "Write each table to a file in this directory instead: loss.csv, weights.csv and so on.", valueName: "dir"))
  var to: String?

  @Flag(help: "Also draw the figures, as SVG, PDF and PNG, into the directory's figures/.")
  var figures = false

  @Option(
    help: ArgumentHelp(
      "Also write a page with everything into this file.",
      discussion: "Its figures need gnuplot, but not --figures.", valueName: "file"))
  var html: String?

  func validate() throws {
    if to == "" { throw ValidationError("--to is empty; name a directory, or . for this one") }
    if html == "" { throw ValidationError("--html is empty; name a file, for example report.html") }
    try checkFormat(kinds(table))
  }

  /// Each once, in the order in which they were asked for.
  private func kinds(_ asked: [TableKind]) -> [TableKind] {
    asked.indices.filter { asked.firstIndex(of: asked[$0]) == $0 }.map { asked[$0] }
  }

  private func checkFormat(_ kinds: [TableKind]) throws {
    guard format == .csv, to == nil, kinds.count > 1 else { return }
    throw ValidationError(
      "CSV holds one table, and this is \(kinds.map(\.rawValue).joined(separator: " and ")); choose one with --table, "
        + "or write each to a file of its own with --to DIR")
  }

  func run() throws {
    let (store, plan) = try ResultDirectory.open(directory, sweep: choice.sweep)
    defer { try? store.close() }
    let report = try SweepReport(of: plan, from: store, programVersion: Version.description)
    let kinds = table.isEmpty ? report.defaultTables : kinds(table)
    try checkFormat(kinds)
    if let to {
      for path in try report.write(kinds, format, into: to) { printError("wrote \(path)") }
    } else if let text = report.document(kinds, format) {
      try StandardOutput.write(text)
    }
    let writing = FigureWriting(report: report, plan: plan, store: store)
    if figures { try writing.draw(into: directory) }
    if let html { try writing.writePage(to: html) }
  }
}
