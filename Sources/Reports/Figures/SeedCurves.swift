import Results
import Sweeps

/// Curves of the seeds of a cell, point by point.
struct SeedCurves {
  /// The abscissa, then for each curve its mean over the seeds, its least and its largest value.
  let rows: [[Double?]]

  /// Nothing unless some result has the curves; those with another abscissa than the first are left out.
  init?(_ results: [TrialResult], abscissa: String, names: [String]) {
    func curve(_ name: String, of result: TrialResult) -> [Double]? { result.curves.first { $0.name == name }?.values }
    guard let places = results.lazy.compactMap({ curve(abscissa, of: $0) }).first, !places.isEmpty else { return nil }
    let members = results.filter { curve(abscissa, of: $0) == places }
    let families = names.map { name in
      members.compactMap { curve(name, of: $0) }.filter { $0.count == places.count }
    }
    guard families.allSatisfy({ !$0.isEmpty }) else { return nil }
    rows = places.indices.map { index in
      [places[index]]
        + families.flatMap { curves -> [Double?] in
          let values = curves.map { $0[index] }
          return [SeedSummary(values)?.mean, values.min(), values.max()]
        }
    }
  }
}
