/// What a verification found.
public struct VerificationReport: Sendable, Hashable {
  /// Results whose stored bytes were checked.
  public var checked: Int
  /// Identities of the trials that were run again, in the order in which they were stored.
  public var rerun: [String]
  /// Everything that is wrong, the file's own faults first, then trial by trial.
  public var findings: [VerificationFinding]

  /// Whether every bit that was looked at is as it should be.
  public var agrees: Bool { findings.isEmpty }
  /// Trials with at least one finding.
  public var damagedTrials: Int { Set(findings.compactMap(\.trial)).count }
}

/// One thing that is wrong.
public struct VerificationFinding: Sendable, Hashable, CustomStringConvertible {
  /// What kind of thing is wrong.
  public enum Kind: String, Sendable, Hashable {
    /// SQLite finds the file itself inconsistent, or cannot read a part of it.
    case file
    /// The trial's identity is not the hash of its canonical bytes, or the bytes describe no trial.
    case identity
    /// A column of the trial does not say what its canonical bytes say.
    case parameters
    /// Metrics, curves or weights are not those that were committed.
    case contents
    /// The digest is not that of the result that was committed.
    case digest
    /// The trial gives other bits when it is run again.
    case recomputation
  }

  /// The kind.
  public var kind: Kind
  /// Identity of the trial, as it is stored; nothing where the file is meant.
  public var trial: String?
  /// What is wrong, as a sentence.
  public var message: String
  /// The first differing number with both its values, where the trial was run again.
  public var difference: ResultDifference?

  /// A finding.
  init(_ kind: Kind, trial: String?, _ message: String, difference: ResultDifference? = nil) {
    self.kind = kind
    self.trial = trial
    self.message = message
    self.difference = difference
  }

  /// A line for the user.
  public var description: String {
    let subject = trial.map { "trial \($0)" } ?? "file"
    return "\(subject): \(message)" + (difference.map { ": \($0)" } ?? "")
  }
}
