extension GnuplotScript {
  /// The whole script.
  var text: String {
    var text = """
      # Drawn by icd. To restyle the figure, edit this file and run in its folder:
      #   gnuplot \(stem).gp
      set encoding utf8
      set minussign
      data = '\(stem).dat'
      set datafile missing 'NaN'
      set border 3 linewidth 0.8 linecolor '#333333'
      set tics nomirror out scale 0.6 textcolor '#333333'
      set grid linetype 1 linewidth 0.5 linecolor '#E4E4E4'
      set errorbars small
      set style line 1 linecolor '#222222' linewidth 1.4 dashtype 2  # Bayes
      set style line 2 linecolor '#777777' linewidth 1.2 dashtype 4  # baseline between zero and Bayes
      set style line 3 linecolor '#777777' linewidth 1.2 dashtype 3  # zero
      \((preparation + ["do for [format in"]).joined(separator: "\n")) '\(formats.map(\.rawValue).joined(separator: " "))'] {
      \(formats.map(terminal).joined(separator: "\n"))
        set output '\(stem).'.format
        set multiplot
        set label 1 \(heading(title, GnuplotText.quoted, sizes: [14, 11, 9])) noenhanced \\
          at screen 0.5,\(fromTop(22)) center
        set label 2 \(heading(subtitle, GnuplotText.quoted, sizes: [10, 8, 7])) \\
          at screen 0.5,\(fromTop(46)) center textcolor '#555555'
      \(legend)
      """ + "\n"
    for (row, panels) in rows.enumerated() {
      for (column, panel) in panels.enumerated() {
        guard let panel else { continue }
        text += self.panel(panel, row: row, column: column)
        // What follows belongs to the first panel alone.
        text += "  unset label\n  unset key\n"
      }
    }
    return text + "  unset multiplot\n  set output\n}\n"
  }

  /// A length as a share of the picture, in ten-thousandths.
  private func share(_ length: Int, _ whole: Int) -> String {
    String((Double(length) / Double(whole) * 1e4).rounded() / 1e4)
  }

  private func fromLeft(_ length: Int) -> String { share(length, width) }

  private func fromTop(_ length: Int) -> String { share(height - length, height) }

  /// A heading in the largest of some font sizes in which it fits, in points; cut if it fits in none.
  private func heading(_ text: String, _ quoted: (Substring) -> String, sizes: [Int]) -> String {
    // A character is on average 0.6 of the font's size wide.
    func capacity(_ size: Int) -> Int { Int(Double(width - 40) / (0.6 * Double(size) * Self.pixelsPerPoint)) }
    let length = GnuplotText.width(text)
    let size = sizes.first { length <= capacity($0) } ?? sizes.last ?? 10
    let fitting = length <= capacity(size) ? text[...] : text.prefix(capacity(size) - 1) + "…"
    return "\(quoted(fitting)) font ',\(size)'"
  }

  /// What the terminals below make of a point.
  private static let pixelsPerPoint = 1.18

  private func terminal(_ format: FigureFormat) -> String {
    let font = "font 'DejaVu Sans,11'"
    func inches(_ length: Int) -> Double { Double(length) / FigureGeometry.pixelsPerInch }
    // The three take a point for 1, 1.786 and 4/3 pixels of 1/96 inch (measured); the scales make letters the same size.
    let settings =
      switch format {
      case .svg: "svg enhanced size \(width),\(height) \(font) fontscale 1.18 background '#FFFFFF'"
      case .pdf: "pdfcairo enhanced color size \(inches(width))in,\(inches(height))in \(font) fontscale 0.66"
      case .png: "pngcairo enhanced size \(2 * width),\(2 * height) \(font) fontscale 1.77 linewidth 2 pointscale 2"
      }
    return "  if (format eq '\(format.rawValue)') { set terminal \(settings) }"
  }

  private var legend: String {
    guard !legendEntries.isEmpty else { return "  unset key" }
    let corner = "\(fromLeft(legendCorner.x)),\(fromTop(legendCorner.y))"
    let title = legendTitle.isEmpty ? "" : " title \(GnuplotText.quoted(legendTitle)) left"
    switch legendPlace {
    case .right:
      return "  set key at screen \(corner) left top vertical reverse Left samplen 2.4 spacing 1.15 \\\n   "
        + "\(title) textcolor '#222222'"
    case .below:
      return "  set key at screen \(corner) center top vertical maxrows \(legendLines) reverse Left samplen 2.4 \\\n   "
        + "\(title) textcolor '#222222'"
    }
  }

  /// The settings and the plot command of one panel.
  private func panel(_ panel: Panel, row: Int, column: Int) -> String {
    let frame = frame(row: row, column: column)
    var settings = [
      "set lmargin at screen \(fromLeft(frame.left))", "set rmargin at screen \(fromLeft(frame.right))",
      "set tmargin at screen \(fromTop(frame.top))", "set bmargin at screen \(fromTop(frame.bottom))",
      "unset logscale", "set autoscale", "set xtics auto", "set ytics auto", "unset xlabel", "unset ylabel",
      "unset offsets", "unset object", "unset arrow", "unset colorbox",
    ]
    let noteHeight = panel.notes.count * FigureGeometry.panelNoteHeight
    let middle = fromLeft((frame.left + frame.right) / 2)
    if let title = panel.title {
      settings.append(
        "set label 3 \(GnuplotText.quoted(title)) at screen \(middle),\(fromTop(frame.top - noteHeight - 12)) center")
    }
    for (line, note) in panel.notes.enumerated() {
      let height = frame.top - (panel.notes.count - line) * FigureGeometry.panelNoteHeight + 8
      settings.append(
        "set label \(4 + line) \(GnuplotText.quoted(note)) at screen \(middle),\(fromTop(height)) center font ',9' "
          + "textcolor '#555555'")
    }
    if panel.hasColorBox {
      settings.append(
        "set colorbox vertical user origin screen \(fromLeft(frame.right + geometry.colorBoxGap)),\(fromTop(frame.bottom)) "
          + "size screen \(share(geometry.colorBoxWidth, width)),\(share(geometry.panelHeight, height)) noborder")
    }
    let plots = panel.plots.map { plot in
      plot.clause + (plot.label.map { " title \(GnuplotText.quoted($0))" } ?? " notitle")
    }
    return (settings + panel.settings).map { "  \($0)\n" }.joined()
      + "  plot " + plots.joined(separator: ", \\\n    ") + "\n"
  }
}
