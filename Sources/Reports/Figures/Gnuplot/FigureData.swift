import Denoising
import Foundation
import Results

/// The data file of a figure, in blocks that gnuplot addresses by number.
struct FigureData {
  /// The file's text.
  private(set) var text = ""
  private var blockCount = 0

  init(_ report: SweepReport) {
    text = "# Sweep \(report.name), \(report.hash.prefix(16))\n# NaN stands for a value that is absent.\n"
  }

  /// Adds a block and gives its number.
  mutating func add(_ title: String, columns: [String], rows: [[Double?]]) -> Int {
    // Two blank lines separate blocks.
    text += blockCount == 0 ? "\n" : "\n\n"
    text += "# Block \(blockCount): \(TerminalText.printable(title))\n# \(columns.joined(separator: " "))\n"
    text += Self.lines(rows)
    // An empty block would not count.
    if rows.isEmpty { text += columns.map { _ in "NaN" }.joined(separator: " ") + "\n" }
    blockCount += 1
    return blockCount - 1
  }

  private static func lines(_ rows: [[Double?]]) -> String {
    rows.map { row in
      row.map { ($0 ?? .nan).isFinite ? ($0 ?? .nan).description : "NaN" }.joined(separator: " ") + "\n"
    }.joined()
  }

  /// Adds a block whose rows come in groups, such as the points of one line or one row of a grid, and gives its number.
  mutating func add(_ title: String, columns: [String], groups: [[[Double?]]]) -> Int {
    let block = add(title, columns: columns, rows: groups.first ?? [])
    // One blank line separates groups.
    for group in groups.dropFirst() { text += "\n" + Self.lines(group) }
    return block
  }

  /// Adds a matrix, row by row, and gives its number; gnuplot reads it with `matrix`.
  mutating func add(_ title: String, matrix values: [Double], columns: Int) -> Int {
    let rows = stride(from: 0, to: values.count, by: columns).map { values[$0..<$0 + columns].map(Optional.some) }
    return add(title, columns: ["\(columns) columns,", "a row of the matrix in each line"], rows: rows)
  }

  /// What was measured in a series: L, then each quantity with its standard error.
  mutating func addMeasurements(_ series: FigureGroup.Series, _ quantities: [String]) -> Int {
    add(
      "measured, \(series.label)", columns: ["L"] + quantities.flatMap { [$0, $0 + "_sem"] },
      rows: series.cells.cells.map { cell in
        [Double(cell.task.contextLength)]
          + quantities.flatMap { quantity in
            let summary = cell.seeds.summary(quantity)
            return [summary?.mean, summary?.standardError]
          }
      })
  }
}

extension SweepReport {
  /// Smooth curves are drawn through about so many context lengths.
  private static let curvePointCount = 200

  /// The closed forms along a series: L, loss, γ*, and the loss above Bayes. Nothing where there is no closed form.
  func theoryCurve(_ series: FigureGroup.Series, lengths: [Int]) -> (columns: [String], rows: [[Double?]])? {
    guard let cell = series.cells.cells.first else { return nil }
    // It does not depend on L, and may cost a quadrature.
    let bayes = ClosedForm.bayesLoss(task: cell.task)
    let rows: [[Double?]] = Self.curveLengths(lengths).compactMap { length in
      var task = cell.task
      task.contextLength = length
      guard let optimum = ClosedForm.optimum(task: task, attention: cell.attention) else { return nil }
      return [Double(length), optimum.loss, optimum.scaleProduct, bayes.map { optimum.loss - $0 }]
    }
    return rows.isEmpty ? nil : (["L", "loss", "gamma", "excess"], rows)
  }

  /// Whole numbers in about equal ratios from the first to the last of some context lengths in ascending order.
  static func curveLengths(_ lengths: [Int]) -> [Int] {
    guard let low = lengths.first, let high = lengths.last else { return [] }
    let ratio = Double(high) / Double(low)
    let steps = (0...curvePointCount).map { pow(ratio, Double($0) / Double(curvePointCount)) * Double(low) }
    return Set(steps.map { Int($0.rounded()) } + [low, high]).sorted()
  }
}
