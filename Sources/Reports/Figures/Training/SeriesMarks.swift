/// How the points of one series look.
struct SeriesMarks {
  let index: Int
  let count: Int
  let block: Int

  /// Distance of two series, as a share of L.
  private static let spacing = 0.035

  /// Series stand side by side at the same L, a small part of L apart, so that none hides another.
  var abscissa: String {
    count == 1 ? "1" : "($1 * \(1 + Self.spacing * (Double(index) - Double(count - 1) / 2)))"
  }

  /// Points with error bars from a column and the one after it; where there is one seed and so no standard error, points
  /// alone.
  func errorBars(column: Int, isFilled: Bool) -> String {
    "data index \(block) using \(abscissa):\(column):(valid(\(column + 1)) ? $\(column + 1) : 0) with yerrorbars "
      + style(isFilled: isFilled)
  }

  /// The same for a logarithmic axis, at L + an offset: without values that are not positive. A bar that reaches zero has
  /// no lower end there, and is cut at a twentieth of its value.
  func logarithmicErrorBars(column: Int, offset: Double) -> String {
    let (value, error) = ("$\(column)", "$\(column + 1)")
    let isKnown = "valid(\(column + 1))"
    return "data index \(block) using ($1 + \(offset)):(\(value) > 0 ? \(value) : NaN):"
      + "(\(isKnown) ? (\(value) > \(error) ? \(value) - \(error) : \(value) / 20) : \(value)):"
      + "(\(isKnown) ? \(value) + \(error) : \(value)) with yerrorbars " + style(isFilled: true)
  }

  func style(isFilled: Bool) -> String {
    let point = GnuplotScript.points[index % GnuplotScript.points.count]
    return "pointtype \(isFilled ? point.filled : point.open) pointsize 0.7 linewidth 1 "
      + "linecolor '\(GnuplotScript.color(index))'"
  }
}
