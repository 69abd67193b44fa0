/// What a sweep file may ask for.
package enum SweepLimits {
  /// Longest file, in bytes.
  package static let fileBytesMax = 4 << 20
  /// Most trials of a sweep.
  package static let trialsMax = 10_000_000
  /// Most values of one axis.
  package static let axisValuesMax = 100_000
  /// Most seeds of a cell.
  package static let seedsMax = 1_000_000
  /// Most rules of `exclude`: each is compared with every point of the grid.
  package static let exclusionsMax = 1000
  /// Longest name of a sweep, in bytes.
  package static let nameBytesMax = 100
  /// Most places that look like YAML aliases in a file that has anchors: more could unfold without end.
  package static let aliasesMax = 8
  /// Most problems of one file that are shown.
  package static let diagnosticsMax = 50
}
