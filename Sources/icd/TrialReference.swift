import ArgumentParser
import Sweeps

/// A trial on the command line: its identity, or as many of its first digits as tell it from the others.
struct TrialReference: ExpressibleByArgument {
  private let digits: String

  init?(argument: String) {
    let digits = argument.lowercased()
    guard (1...32).contains(digits.utf8.count), digits.allSatisfy({ $0.isHexDigit && $0.isASCII }) else { return nil }
    self.digits = digits
  }

  /// The one trial that is meant.
  ///
  /// - Throws: ``UsageError`` if there is none or more than one.
  func resolve(
    among trials: some Sequence<TrialID>, in directory: String,
    remedy: String = "`icd plan SWEEP.yaml --trials` lists them"
  ) throws -> TrialID {
    let found = trials.filter { $0.description.hasPrefix(digits) }.sorted()
    guard let trial = found.first else {
      throw UsageError(
        description: "no such trial of \(directory) begins with \(digits); \(remedy)")
    }
    guard found.count == 1 else {
      throw UsageError(
        description: "\(found.count) trials of \(directory) begin with \(digits), among them \(trial) and "
          + "\(found[1]); give more digits")
    }
    return trial
  }
}
