/// All trials of a sweep, in the order of its grid: cases slowest, then the axes as the file lists them, seeds fastest.
public struct SweepPlan: Sendable {
  /// Trials that differ only in their seed: one row of a table.
  public struct Cell: Sendable {
    /// Where its trials stand in ``SweepPlan/trials``.
    public let trials: Range<Int>
    fileprivate let grid: SweepGrid
    fileprivate let point: Int

    /// The parameters of its trials, without the seeds.
    public var parameters: ParameterSet {
      var assignment = grid.assignment(at: point)
      _ = assignment.resolve()
      return assignment.parameterSet
    }
  }

  /// The sweep that was planned.
  public let sweep: Sweep
  /// Every trial once, all seeds of a cell side by side.
  public let trials: [Trial]
  /// The cells, in the order of their trials.
  public let cells: [Cell]
  /// Names of the parameters that are not the same in all cells, in the order of the names; no seeds among them.
  public let varying: [String]
  /// Trials that were not planned twice because an axis has no meaning for them, or lists a value twice.
  public let mergedDuplicates: Int
  /// Points of the grid that a rule of `exclude` left out.
  public var excludedPoints: Int { sweep.excludedPoints }
  /// Sum of the costs of all trials, in floating-point operations.
  public let cost: Double

  /// The plan of a sweep. Takes a few microseconds for each trial.
  public init(_ sweep: Sweep) {
    let grid = sweep.grid
    let seeds = grid.seeds
    var trials: [Trial] = []
    var cells: [Cell] = []
    trials.reserveCapacity(sweep.trialCount)
    cells.reserveCapacity(sweep.cells.count)
    var cost = 0.0
    for cell in sweep.cells {
      let first = trials.count
      var bytes = CellBytes(grid: grid, point: cell.point)
      for offset in 0..<seeds.count {
        let seed = seeds.first + offset
        let id = TrialID(hashing: bytes.with(seed: seed, dataSeed: seeds.dataSeed(for: seed)))
        trials.append(Trial(id: id, cost: cell.cost, grid: grid, point: cell.point, seed: seed))
      }
      cost += cell.cost * Double(seeds.count)
      cells.append(Cell(trials: first..<trials.count, grid: grid, point: cell.point))
    }
    self.sweep = sweep
    self.trials = trials
    self.cells = cells
    self.cost = cost
    varying = ParameterKey.allCases.filter { sweep.varying.contains($0) }.map(\.name)
    mergedDuplicates = sweep.mergedPoints * seeds.count
  }
}

/// The canonical bytes of a cell's trials, which differ only in two integers: encoded once, then overwritten.
private struct CellBytes {
  private var bytes: [UInt8]
  private let seedOffset: Int
  private let dataSeedOffset: Int

  init(grid: SweepGrid, point: Int) {
    let parameters = grid.parameters(at: point, seed: grid.seeds.first)
    bytes = parameters.canonicalBytes
    seedOffset = parameters.payloadOffset(of: ParameterKey.seed.name)
    dataSeedOffset = parameters.payloadOffset(of: ParameterKey.dataSeed.name)
  }

  mutating func with(seed: Int, dataSeed: Int) -> [UInt8] {
    write(seed, at: seedOffset)
    write(dataSeed, at: dataSeedOffset)
    return bytes
  }

  private mutating func write(_ number: Int, at offset: Int) {
    for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * index)) }
  }
}
