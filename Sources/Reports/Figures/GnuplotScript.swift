/// The parts that the scripts of all figures share.
struct GnuplotScript {
  /// Okabe and Ito's palette, which readers with any kind of colour vision can tell apart; darkest first.
  static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#000000"]
  /// Filled and open points of one shape, series by series.
  static let points = [(filled: 7, open: 6), (filled: 5, open: 4), (filled: 9, open: 8), (filled: 13, open: 12)]

  /// The colour of a series.
  static func color(_ index: Int) -> String { palette[index % palette.count] }

  /// One line of a plot command with its line of the legend.
  struct Plot {
    /// Everything but the title.
    var clause: String
    /// Text in the legend.
    var label: String
  }

  /// One panel of a figure.
  struct Panel {
    /// Settings before the plot command, a line each.
    var settings: [String]
    /// What is plotted; the later ones lie on top.
    var plots: [Plot]
  }

  // All lengths in pixels of 1/96 inch; the legend stands to the right of the panels, where no data can be.
  private static let panelWidth = 285
  private static let axisWidth = 84
  private static let legendMarginAndSample = 70
  private static let legendCharacterWidth = 8.2
  private static let panelHeight = 290
  private static let titleHeight = 74
  private static let axisHeight = 62
  private static let pixelsPerInch = 96.0

  /// Name of the files without the ending.
  var stem: String
  /// Sentence over the figure.
  var title: String
  /// Second line over the figure.
  var subtitle: String
  /// Sentence over the legend.
  var legendTitle: String
  /// Panels from left to right.
  var panels: [Panel]
  /// What is drawn.
  var formats: [FigureFormat]

  /// Wide enough for the longest line of the legend.
  private var legendWidth: Int {
    let longest = panels.first?.plots.map(\.label.count).max() ?? 0
    return Self.legendMarginAndSample + Int(Self.legendCharacterWidth * Double(longest))
  }
  private var width: Int { panels.count * (Self.panelWidth + Self.axisWidth) + legendWidth }
  private var height: Int { Self.titleHeight + Self.panelHeight + Self.axisHeight }

  /// The whole script.
  var text: String {
    """
    # Drawn by icd. To restyle the figure, edit this file and run in its folder:
    #   gnuplot \(stem).gp
    set encoding utf8
    data = '\(stem).dat'
    set datafile missing 'NaN'
    set border 3 linewidth 0.8 linecolor '#333333'
    set tics nomirror out scale 0.6 textcolor '#333333'
    set grid linetype 1 linewidth 0.5 linecolor '#E4E4E4'
    set errorbars small
    set style line 1 linecolor '#222222' linewidth 1.4 dashtype 2  # Bayes
    set style line 2 linecolor '#777777' linewidth 1.2 dashtype 4  # baseline between zero and Bayes
    set style line 3 linecolor '#777777' linewidth 1.2 dashtype 3  # zero
    do for [format in '\(formats.map(\.rawValue).joined(separator: " "))'] {
    \(formats.map(terminal).joined(separator: "\n"))
      set output '\(stem).'.format
      set multiplot
      set label 1 \(heading(title, sizes: [14, 11, 9])) at screen 0.5,\(share(height - 24, height)) center
      set label 2 \(heading(subtitle, sizes: [10, 8, 7])) at screen 0.5,\(share(height - 48, height)) center \\
        textcolor '#555555'
      set tmargin at screen \(share(height - Self.titleHeight, height))
      set bmargin at screen \(share(Self.axisHeight, height))
      set key at screen \(share(width - legendWidth + 20, width)),\(share(height - Self.titleHeight, height)) \\
        left top vertical reverse Left samplen 2 spacing 1.15 \\
        title \(GnuplotText.quoted(legendTitle)) left textcolor '#222222'
    \(panels.indices.map(panel).joined(separator: "\n  unset label\n  unset key\n"))
      unset label
      unset multiplot
      set output
    }

    """
  }

  /// A length as a share of the picture, in ten-thousandths.
  private func share(_ length: Int, _ whole: Int) -> String {
    String((Double(length) / Double(whole) * 1e4).rounded() / 1e4)
  }

  private func inches(_ length: Int) -> Double { Double(length) / Self.pixelsPerInch }

  /// A heading in the largest of some font sizes in which it fits, in points; cut if it fits in none.
  private func heading(_ text: String, sizes: [Int]) -> String {
    // A character is on average 0.6 of the font's size wide, and a point is 96/72 of a pixel.
    func capacity(_ size: Int) -> Int { Int(Double(width - 40) / (0.6 * Double(size) * Self.pixelsPerInch / 72)) }
    let size = sizes.first { text.count <= capacity($0) } ?? sizes.last ?? 10
    let fitting = text.count <= capacity(size) ? text : text.prefix(capacity(size) - 1) + "…"
    return "\(GnuplotText.quoted(fitting)) font ',\(size)'"
  }

  private func terminal(_ format: FigureFormat) -> String {
    let font = "font 'DejaVu Sans,11'"
    let settings =
      switch format {
      case .svg: "svg noenhanced size \(width),\(height) \(font) background '#FFFFFF'"
      case .pdf: "pdfcairo noenhanced color size \(inches(width))in,\(inches(height))in \(font)"
      case .png: "pngcairo noenhanced size \(2 * width),\(2 * height) fontscale 2 linewidth 2 pointscale 2 \(font)"
      }
    return "  if (format eq '\(format.rawValue)') { set terminal \(settings) }"
  }

  private func panel(_ index: Int) -> String {
    let left = (index + 1) * Self.axisWidth + index * Self.panelWidth
    let margins = [
      "set lmargin at screen \(share(left, width))", "set rmargin at screen \(share(left + Self.panelWidth, width))",
    ]
    let plots = panels[index].plots.map { "\($0.clause) title \(GnuplotText.quoted($0.label))" }
    return (margins + panels[index].settings).map { "  \($0)\n" }.joined()
      + "  plot " + plots.joined(separator: ", \\\n    ")
  }
}

/// What figures are drawn as.
public enum FigureFormat: String, Sendable, Hashable, CaseIterable {
  /// For web pages.
  case svg
  /// For LaTeX.
  case pdf
  /// For slides and chats.
  case png
}
