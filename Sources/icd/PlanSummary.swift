import Foundation
import Results
import Sweeps

/// What `icd plan` has to say about a sweep.
struct PlanSummary {
  let plan: SweepPlan
  let file: String
  let directory: String
  let committed: Set<TrialID>
  /// Trials that were given up and not put back, which are not run.
  let givenUp: Set<TrialID>

  private var missing: [Trial] { plan.trials.filter { !committed.contains($0.id) && !givenUp.contains($0.id) } }
  private var done: Int { plan.trials.count { committed.contains($0.id) } }
  private var failed: Int { plan.trials.count { !committed.contains($0.id) && givenUp.contains($0.id) } }

  /// A page for people.
  var text: String {
    let missing = missing
    let seeds = plan.cells.first?.trials.count ?? 0
    var lines = [
      "sweep     \(plan.sweep.name)  (\(file), sha256 \(plan.sweep.hash.prefix(12))…)",
      "grid      \(Self.count(plan.cells.count, "cell")) × \(Self.count(seeds, "seed")) = "
        + Self.count(plan.trials.count, "trial")
        + (plan.varying.isEmpty ? "" : "; varying: \(plan.varying.joined(separator: ", "))"),
    ]
    if let description = plan.sweep.description { lines.insert("          \(description)", at: 1) }
    if plan.excludedPoints > 0 {
      lines.append("excluded  \(Self.count(plan.excludedPoints, "cell")) that an exclude rule names")
    }
    if plan.mergedDuplicates > 0 {
      lines.append("merged    \(plan.mergedDuplicates) trials that would have repeated another one")
    }
    lines += [
      "there     \(done) committed in \(directory)",
      "to run    \(Self.count(missing.count, "trial")), \(Self.duration(seconds(missing))) of one core's time",
    ]
    if failed > 0 {
      lines.append("failed    \(Self.count(failed, "trial")), not run again before `icd retry \(directory)`")
    }
    if let first = missing.first { lines.append("first     \(describe(first))") }
    if let last = missing.last, missing.count > 1 { lines.append("last      \(describe(last))") }
    return lines.joined(separator: "\n")
  }

  /// The same for programs.
  func json() throws -> String {
    let missing = missing
    let object = PlanObject(
      sweep: plan.sweep.name, hash: plan.sweep.hash, directory: directory, cells: plan.cells.count,
      trials: plan.trials.count, committed: done, failed: failed,
      missing: missing.count,
      merged: plan.mergedDuplicates, varying: plan.varying, coreSeconds: seconds(missing),
      first: missing.first?.id.description, last: missing.last?.id.description)
    return try jsonText(object)
  }

  /// One line for each trial, in grid order.
  var trialList: String {
    plan.trials.map { trial in
      let state = committed.contains(trial.id) ? "committed" : givenUp.contains(trial.id) ? "failed" : "missing"
      return "\(state)\t\(trial.id)\t\(Self.parameters(trial))\n"
    }.joined()
  }

  private func seconds(_ trials: [Trial]) -> Double {
    trials.reduce(0) { $0 + $1.cost } / TrialCost.operationsPerSecond
  }

  private func describe(_ trial: Trial) -> String { "\(trial.id.description.prefix(12))…  \(plan.summary(of: trial))" }

  private static func parameters(_ trial: Trial) -> String {
    trial.parameters.entries.map { "\($0.name)=\($0.value.plainText)" }.joined(separator: " ")
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// A predicted duration in the largest units that fit; it is good to a factor of two.
  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "less than a second"
    case ..<120: "about \(Int(seconds.rounded())) s"
    case ..<7200: "about \(Int((seconds / 60).rounded())) min"
    default: String(format: "about %.1f h", seconds / 3600)
    }
  }
}

/// The fields of `icd plan --format json`.
private struct PlanObject: Encodable {
  let sweep: String
  let hash: String
  let directory: String
  let cells: Int
  let trials: Int
  let committed: Int
  let failed: Int
  let missing: Int
  let merged: Int
  let varying: [String]
  let coreSeconds: Double
  let first: String?
  let last: String?
}
