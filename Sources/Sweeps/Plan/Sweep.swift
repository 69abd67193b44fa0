/// A sweep file that was read and found valid.
public struct Sweep: Sendable {
  /// The name that the file gives, of letters, digits, `-`, `_` and `.`.
  public let name: String
  /// The file's description, if it has one.
  public let description: String?
  /// The heading of reports: `report.title`, or the name.
  public let title: String
  /// The text of the file, from which the sweep can be read again.
  public let text: String
  /// SHA-256 of the text's UTF-8, 64 hexadecimal digits.
  public let hash: String

  let grid: SweepGrid
  /// The points of the grid that became cells, in order.
  let cells: [GridCell]
  /// What varies among the cells.
  let varying: ParameterKeys
  /// Points whose parameters were those of an earlier one.
  let mergedPoints: Int
  /// Points that an `exclude` rule left out.
  let excludedPoints: Int

  /// How many trials the sweep has.
  public var trialCount: Int { cells.count * grid.seeds.count }
}

/// A point of the grid that is a cell.
struct GridCell: Sendable {
  let point: Int
  let cost: Double
}
