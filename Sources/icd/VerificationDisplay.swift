import Dispatch
import Results
import Synchronization

/// Says on standard error how far a verification is, now and then.
final class VerificationDisplay: Sendable {
  private let isQuiet: Bool
  private let lastShown = Mutex(DispatchTime.now())

  /// Lines are so far apart, in nanoseconds: quick verifications say nothing.
  private static let interval: UInt64 = 2_000_000_000

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// Shows how far it is, unless something was said a moment ago.
  func show(_ progress: StoreVerification.Progress) {
    if isQuiet { return }
    let now = DispatchTime.now()
    let isDue = lastShown.withLock { last in
      guard now.uptimeNanoseconds - last.uptimeNanoseconds >= Self.interval else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    switch progress.phase {
    case .checking: printError("icd: \(progress.done) of \(progress.total) stored results checked")
    case .running: printError("icd: \(progress.done) of \(progress.total) trials run again")
    }
  }
}

extension VerificationReport {
  /// A line for each finding, and a summary.
  func text(directory: String) -> String {
    let lines = findings.map(\.description)
    let again = rerun.isEmpty ? "none was run again" : "\(rerun.count) run again"
    guard !agrees else {
      let same = rerun.isEmpty ? again : again + ", every bit the same"
      return "\(directory): \(checked) results agree with their digests; \(same)"
    }
    return (lines + ["\(directory): \(damagedTrials) of \(checked) results differ; \(again)"]).joined(separator: "\n")
  }
}

/// The fields of `icd verify --format json`.
struct VerificationObject: Encodable {
  private struct Finding: Encodable {
    let kind: String
    let trial: String?
    let message: String
    let place: String?
    let stored: String?
    let recomputed: String?
  }

  private let directory: String
  private let agrees: Bool
  private let checked: Int
  private let damagedTrials: Int
  private let rerun: [String]
  private let findings: [Finding]

  /// What a report says.
  init(_ report: VerificationReport, directory: String) {
    self.directory = directory
    agrees = report.agrees
    checked = report.checked
    damagedTrials = report.damagedTrials
    rerun = report.rerun
    findings = report.findings.map {
      Finding(
        kind: $0.kind.rawValue, trial: $0.trial, message: $0.message, place: $0.difference?.place,
        stored: $0.difference?.stored, recomputed: $0.difference?.recomputed)
    }
  }
}
