import Foundation
import GRDB
import Sweeps

/// What stands in the columns of `trials` that follow from the trial. Said here once more, apart from the code that
/// writes them, so that a verification does not take the writer's word.
enum TrialColumns {
  /// The names, in the order of ``values(of:)``; `canonical` is the last.
  static let names = [
    "task", "attention", "n", "d", "L", "signal_variance", "noise_variance", "radius", "component_count", "seed",
    "parameters", "canonical",
  ]

  /// The values that a trial's row should have: a parameter that has no meaning for the trial is NULL, and a range or a
  /// list is a text.
  static func values(of trial: Trial) -> [DatabaseValue] {
    let parameters = trial.parameters
    return names.map { name in
      switch name {
      case "parameters": JSONText.object(parameters).databaseValue
      case "canonical": Data(parameters.canonicalBytes).databaseValue
      default: parameters[name].map(value) ?? .null
      }
    }
  }

  private static func value(_ parameter: ParameterValue) -> DatabaseValue {
    switch parameter {
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    default: parameter.plainText.databaseValue
    }
  }
}
