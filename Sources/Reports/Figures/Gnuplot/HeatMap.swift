/// Matrices as coloured squares.
enum HeatMap {
  /// Row 0 at the top, no tics; blue below zero, white at zero, red above, with a scale up to a bound on both sides.
  static func settings(rows: Int, columns: Int, bound: Double) -> [String] {
    // A matrix of zeros has a scale, too.
    let bound = bound > 0 ? bound : 1
    return [
      GnuplotScript.divergingPalette, "set cbrange [\(-bound):\(bound)]", "set cbtics nomirror scale 0.4 font ',9'",
      "unset xtics", "unset ytics", "unset grid", "set border 15 linewidth 0.6",
      "set xrange [-0.5:\(Double(columns) - 0.5)]", "set yrange [\(Double(rows) - 0.5):-0.5]",
    ]
  }

  /// Squares of their own instead of a picture, which browsers would blur.
  static func plot(_ block: Int) -> GnuplotScript.Plot {
    .init(clause: "data index \(block) matrix with image pixels")
  }
}
