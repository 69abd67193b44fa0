import Messaging
import Scheduling

/// The workers that a trial cost, and what the coordinator can know of them.
struct Losses: CustomStringConvertible {
  /// Kinds of faults that are strikes.
  static let strikeKinds: Set<String> = [TrialFault.workerLostKind, TrialReport.timeoutKind]

  /// All of them.
  private(set) var all = 0
  /// Those that no coordinator could count: nobody knew that they had the trial, or who knew crashed before it was written
  /// down.
  private(set) var unknown = 0
  /// Those that got the trial a strike.
  private var struck: Set<Identifier> = []
  /// Those that the coordinator knows to have the trial, and has not missed yet, or took to have been lost over another.
  private var unnoticed: Set<Identifier> = []

  /// Those that must be limited.
  var counted: Int { all - unknown }

  var description: String { "\(all) in all, \(unknown) unknown, \(unnoticed.count) without a strike" }

  mutating func lose(_ worker: Identifier, isKnown: Bool) {
    all += 1
    if struck.contains(worker) { return }
    if isKnown { unnoticed.insert(worker) } else { unknown += 1 }
  }

  mutating func note(strikeOver worker: Identifier) {
    struck.insert(worker)
    unnoticed.remove(worker)
  }

  /// The coordinator crashed, with so many strikes that were not stored.
  mutating func forget(strikes: Int) {
    unknown += unnoticed.count + strikes
    unnoticed = []
  }
}

extension Simulation {
  /// A worker ends over a trial.
  func lose(_ index: Int, over trial: Int, isHung: Bool) {
    let worker = Identifier(high: 9, low: UInt64(workers[index].life))
    // One that hung says goodbye, which gives its trial back, if it could not deliver what happened.
    let isKnown = !isHung && (scheduler?.isLeased(trial, to: worker) ?? false)
    losses[trial, default: Losses()].lose(worker, isKnown: isKnown)
    changedLosses.append(trial)
  }

  /// What a coordinator that crashes had not written down.
  func forgetLosses() {
    var strikes: [Int: Int] = [:]
    for fault in pendingFaults where Losses.strikeKinds.contains(fault.kind) { strikes[fault.index, default: 0] += 1 }
    for trial in losses.keys { losses[trial]?.forget(strikes: strikes[trial] ?? 0) }
  }
}
