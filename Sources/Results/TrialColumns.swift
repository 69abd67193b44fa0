import Denoising
import Foundation
import GRDB
import Sweeps

/// The columns of `trials` that follow from the trial itself: written when it is stored, compared when it is verified.
enum TrialColumns {
  /// What a column may hold.
  private enum Kind {
    case text, integer, real, any
  }

  /// The parameters that have a column.
  private static let parameters: [(name: String, kind: Kind)] = [
    ("task", .text), ("attention", .text), ("n", .integer), ("d", .any), ("L", .integer), ("signal_variance", .any),
    ("noise_variance", .real), ("radius", .real), ("component_count", .any), ("seed", .integer), ("study", .text),
  ]

  /// Names, in the order of ``values(of:)``; `canonical` is the last.
  static let names = parameters.map(\.name) + ["parameters", "canonical"]

  /// What stands in them for a trial; NULL where a parameter has no meaning.
  static func values(of trial: Trial) -> [DatabaseValue] {
    let set = trial.parameters
    return parameters.map { value($0.name == "study" ? .text(set.study.rawValue) : set[$0.name], $0.kind) }
      + [JSONText.object(set).databaseValue, Data(set.canonicalBytes).databaseValue]
  }

  private static func value(_ value: ParameterValue?, _ kind: Kind) -> DatabaseValue {
    switch (kind, value) {
    case (_, .integer(let number)?): number.databaseValue
    case (.real, .real(let number)?), (.any, .real(let number)?): number.databaseValue
    case (.text, let other?), (.any, let other?): other.plainText.databaseValue
    case (.integer, _?), (.real, _?), (_, nil): .null
    }
  }
}
