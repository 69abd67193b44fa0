import Messaging
import Scheduling

// The workers that a trial cost.
extension Simulation {
  /// Kinds of faults that are strikes.
  static let strikeKinds: Set<String> = [TrialFault.workerLostKind, TrialReport.timeoutKind]

  /// A worker ends over a trial, whatever coordinators know of it.
  func lose(_ index: Int, over trial: Int) {
    trace(trial, "is lost: worker \(workers[index].life), \(parameters.nature(of: trial))")
    losses[trial, default: []].insert(Identifier(high: 9, low: UInt64(workers[index].life)))
    changedLosses.append(trial)
  }

  func checkLosses(of trial: Int) throws {
    guard let lost = losses[trial], lost.count > parameters.attemptsMax else { return }
    throw fail("trial \(trial) cost \(lost.count) workers, and may cost \(parameters.attemptsMax)")
  }
}
