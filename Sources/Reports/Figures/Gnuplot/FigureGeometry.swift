/// Lengths of a figure, in pixels of 1/96 inch.
struct FigureGeometry {
  static let pixelsPerInch = 96.0
  static let titleHeight = 66
  static let panelTitleHeight = 24
  static let panelNoteHeight = 17
  static let rightMargin = 24
  static let legendLineHeight = 22

  /// Width of every panel.
  var panelWidth = 285
  /// Height of every panel.
  var panelHeight = 290
  /// Room for the labels of the vertical axis, left of each panel; a pattern that repeats itself from left to right.
  var axisWidths = [84]
  /// Room for the labels of the horizontal axis, below each panel.
  var axisHeight = 62
  /// Width of the scale of colours.
  var colorBoxWidth = 11
  /// Room between a panel and the scale of its colours.
  var colorBoxGap = 10
  /// Room on the right of the last column, for example for a scale of colours.
  var rightMargin = FigureGeometry.rightMargin

  /// The panel's left edge.
  func left(column: Int) -> Int {
    (0...column).reduce(column * panelWidth) { $0 + axisWidths[$1 % axisWidths.count] }
  }
}

extension GnuplotScript {
  private static let legendMarginAndSample = 72
  private static let legendCharacterWidth = 7.8

  /// Room over a panel for its title and note.
  private var headHeight: Int {
    let panels = rows.joined().compactMap(\.self)
    return (panels.contains { $0.title != nil } ? FigureGeometry.panelTitleHeight : 0)
      + (panels.map(\.notes.count).max() ?? 0) * FigureGeometry.panelNoteHeight
  }

  private var columnCount: Int { rows.map(\.count).max() ?? 0 }

  /// The plots that have a line of the legend.
  var legendEntries: [Plot] { (rows.joined().compactMap(\.self).first?.plots ?? []).filter { $0.label != nil } }

  /// Wide enough for the longest line of the legend.
  private var legendWidth: Int {
    let longest = legendEntries.compactMap { $0.label.map(GnuplotText.width) }.max() ?? 0
    return longest == 0 ? 0 : Self.legendMarginAndSample + Int(Self.legendCharacterWidth * Double(longest))
  }

  /// How many entries of a legend below the panels stand below one another.
  var legendLines: Int {
    let columns = max(1, panelsWidth / max(legendWidth, 1))
    return (legendEntries.count + columns - 1) / columns
  }

  private var panelsWidth: Int {
    geometry.left(column: max(columnCount - 1, 0)) + geometry.panelWidth + geometry.rightMargin
  }

  private var rowsHeight: Int { rows.count * (headHeight + geometry.panelHeight + geometry.axisHeight) }

  private var legendHeight: Int {
    guard legendPlace == .below, !legendEntries.isEmpty else { return 0 }
    return legendLines * FigureGeometry.legendLineHeight + 10
  }

  /// Width of the figure.
  var width: Int { panelsWidth + (legendPlace == .right ? legendWidth : 0) }

  /// Height of the figure.
  var height: Int { FigureGeometry.titleHeight + rowsHeight + legendHeight }

  /// Left, right, top and bottom of a panel, from the left and from the top.
  func frame(row: Int, column: Int) -> (left: Int, right: Int, top: Int, bottom: Int) {
    let left = geometry.left(column: column)
    let top =
      FigureGeometry.titleHeight + row * (headHeight + geometry.panelHeight + geometry.axisHeight) + headHeight
    return (left, left + geometry.panelWidth, top, top + geometry.panelHeight)
  }

  /// The corner by which the legend is placed, from the left and from the top.
  var legendCorner: (x: Int, y: Int) {
    switch legendPlace {
    case .right: (panelsWidth, FigureGeometry.titleHeight + headHeight)
    case .below: (width / 2, FigureGeometry.titleHeight + rowsHeight)
    }
  }
}
