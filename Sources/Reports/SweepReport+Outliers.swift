import Results
import Sweeps

/// Seeds that ended far above the others of their cell.
///
/// Training from random weights can start beside a saddle, with W_PV and W_KQ of opposite sign, and not have left it
/// when the step size decays. Such a seed is a result like any other and stays in the means; a reader should know.
extension CellResults {
  /// A train loss above the median of its cell by this factor is far: seeds of a cell differ by a few per cent.
  static let outlierFactor = 1.2
  /// In a cell of fewer seeds nothing is far from the median.
  static let outlierSeedsMin = 3

  /// How many seeds ended with a train loss far above the median of their cell.
  var outlyingSeeds: Int {
    let losses = seeds.compactMap { $0["train_loss"] }.sorted()
    guard losses.count >= Self.outlierSeedsMin else { return 0 }
    let median = losses[(losses.count - 1) / 2]
    return losses.count { $0 > Self.outlierFactor * median }
  }
}

extension SweepReport {
  /// Cells that a note names before it only counts.
  static let outlyingCellsNamed = 4

  /// A sentence on seeds that ended far above the others of their cell; nothing if there are none.
  var outlierNote: String? {
    let outlying = cells.filter { $0.outlyingSeeds > 0 }
    guard !outlying.isEmpty else { return nil }
    let names = cells.varyingNames
    let named = outlying.prefix(Self.outlyingCellsNamed).map { cell in
      let place = names.compactMap { name in cell.parameters[name].map { "\(name)=\($0.plainText)" } }
      return "\(cell.outlyingSeeds) of \(cell.seeds.count) seeds"
        + (place.isEmpty ? "" : " at \(place.joined(separator: " "))")
    }
    let rest = outlying.count - named.count
    return "Some seeds ended with a train loss over \(Self.percent) % above the median of their cell, and are in the "
      + "means: " + named.joined(separator: "; ") + (rest > 0 ? "; and in \(rest) more cells." : ".")
  }

  private static var percent: Int { Int(((CellResults.outlierFactor - 1) * 100).rounded()) }
}
