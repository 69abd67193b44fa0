import GRDB
import Sweeps

/// What the stored bytes of one result say of themselves. Needs no database.
struct RecordCheck: Sendable {
  /// The trial, where its identity holds.
  private(set) var trial: Trial?
  /// The result, where it can be decoded.
  private(set) var result: TrialResult?
  /// Whether the result has another digest than the one that was committed.
  private(set) var hasOtherDigest = false
  /// What is wrong.
  private(set) var findings: [VerificationFinding] = []

  /// Checks a stored result.
  init(_ record: StoredRecord) {
    let name = record.displayName
    do {
      let trial = try record.decodedTrial()
      self.trial = trial
      findings += record.differingColumns(from: trial).map { VerificationFinding(.parameters, trial: name, $0) }
    } catch {
      findings.append(VerificationFinding(.identity, trial: name, error.text))
    }
    do {
      let result = try record.decodedResult()
      self.result = result
      let committed = String.fromDatabaseValue(record.digest) ?? "none"
      if result.digest.description != committed {
        hasOtherDigest = true
        findings.append(
          VerificationFinding(
            .contents, trial: name, "the stored result has digest \(result.digest), and was committed with \(committed)"
          ))
      }
    } catch {
      findings.append(VerificationFinding(.contents, trial: name, error.text))
    }
  }
}

extension StoredRecord {
  /// The columns that do not say what the trial's parameters say.
  fileprivate func differingColumns(from trial: Trial) -> [String] {
    zip(TrialColumns.names, zip(columns, TrialColumns.values(of: trial))).compactMap { name, values in
      values.0 == values.1
        ? nil : "column \(name) holds \(Self.text(values.0)), and the trial's parameters say \(Self.text(values.1))"
    }
  }

  private static func text(_ value: DatabaseValue) -> String {
    String.fromDatabaseValue(value).map { "“\($0)”" } ?? "\(value)"
  }

  /// Runs the trial and says where the stored result differs from what comes out.
  func compare(_ stored: TrialResult, with trial: Trial, version: String) -> [VerificationFinding] {
    let recomputed: TrialResult
    do { recomputed = try trial.run { false } } catch {
      return [finding(.recomputation, "run again, the trial ends without a result: \(error)")]
    }
    let committed = String.fromDatabaseValue(digest) ?? ""
    let difference = ResultDifference(stored: stored, recomputed: recomputed)
    switch (difference, recomputed.digest.description == committed) {
    case (nil, true): return []
    case (nil, false):
      return [finding(.digest, "the result is as it should be, and the stored digest “\(committed)” is not its own")]
    case (let difference?, true): return [finding(.contents, "the stored result was changed", difference)]
    case (let difference?, false):
      let origin = self.version == version ? "" : "; it was computed by version \(self.version), and this is \(version)"
      return [finding(.recomputation, "run again, the trial gives other bits\(origin)", difference)]
    }
  }

  private func finding(
    _ kind: VerificationFinding.Kind, _ message: String, _ difference: ResultDifference? = nil
  ) -> VerificationFinding {
    VerificationFinding(kind, trial: displayName, message, difference: difference)
  }
}
