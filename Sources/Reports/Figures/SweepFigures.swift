import Denoising
public import Results
public import Sweeps

/// The figures of a sweep: those of its metrics, and those of the curves and arrays of single trials, which are read when
/// they are drawn, a cell at a time.
public struct SweepFigures {
  /// Figures of one kind that show single layers; the cells of a large grid would be hundreds.
  package static let figuresOfAKindMax = 12

  let report: SweepReport
  /// The whole results of the cell of that index, in the order of its seeds.
  let results: (Int) throws -> [TrialResult]

  /// The figures of a report whose cells' results come from a function of the cell's index.
  package init(_ report: SweepReport, results: @escaping (Int) throws -> [TrialResult] = { _ in [] }) {
    self.report = report
    self.results = results
  }

  /// The figures of a report on a plan's trials, with the rest of the results from a store.
  public init(_ report: SweepReport, of plan: SweepPlan, from store: ResultStore) {
    self.init(report) { cell in
      try plan.trials[plan.cells[cell].trials].compactMap { try store.result(of: $0.id) }
    }
  }

  /// Every figure for which there are results, and sentences on those that were left out.
  ///
  /// Throws ``StoreError``.
  public func all(_ formats: [FigureFormat] = FigureFormat.allCases) throws -> (figures: [Figure], notes: [String]) {
    var figures: [Figure] = []
    var notes: [String] = []
    for group in groups(.training, "training curves and weights", &notes) {
      let layers = try trainedLayers(group)
      figures += [
        trainingFigure(group, layers, formats), weightFigure(group, layers, formats),
        structureFigure(group, layers, formats),
      ].compactMap(\.self)
    }
    for group in report.figureGroups {
      figures += [
        report.lossFigure(group, formats), report.excessFigure(group, formats),
        report.scaleProductFigure(group, formats),
      ].compactMap(\.self)
    }
    for group in groups(.landscape, "loss landscapes", &notes) {
      figures += [landscapeFigure(group, try trainedLayers(group), formats)].compactMap(\.self)
    }
    figures += try energyFigures(formats) + retrievalFigures(formats)
    figures += report.transferFigures(formats) + report.convergenceFigures(formats)
    return (figures, notes)
  }

  /// The first groups of a kind, and a note if these are not all.
  private func groups(_ kind: Study.Kind, _ what: String, _ notes: inout [String]) -> ArraySlice<LayerGroup> {
    let groups = report.layerGroups(of: kind)
    if groups.count > Self.figuresOfAKindMax {
      notes.append(
        "\(what) are drawn for the first \(Self.figuresOfAKindMax) of \(groups.count) groups of cells; a sweep file with "
          + "fewer values of \(report.layerGroupNames(of: kind).joined(separator: ", ")) shows the others")
    }
    return groups.prefix(Self.figuresOfAKindMax)
  }
}
