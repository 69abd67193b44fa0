import Foundation
import Messaging
import Scheduling

/// The workers that a trial cost, and what the coordinators know of them.
///
/// A trial costs at most `attemptsMax` workers that are counted. Not counted is a worker that got the trial no strike that
/// was stored. Of those to whom one life of the coordinator handed the trial, that can be three:
///
/// - One that was given up for its silence while another trial was taken for the one that executed. From then on the
///   trial is a suspect and travels alone, so whoever is lost with it gets it a strike. The next life does not know that.
/// - Two at the end of that life: one whose strike was not stored, and one that had the trial besides, as a hedge, or from
///   the same event. Once a strike waits for a store that fails, nothing is handed out.
struct Losses: CustomStringConvertible {
  /// Kinds of faults that are strikes.
  static let strikeKinds: Set<String> = [TrialFault.workerLostKind, TrialReport.timeoutKind]
  /// So many of those to whom one life of the coordinator handed the trial may be lost uncounted.
  static let uncountedMax = 3

  /// Those that are gone.
  private var lost: Set<Identifier> = []
  /// Those that got the trial a strike.
  private var struck: Set<Identifier> = []
  /// Those that the coordinator knows to have the trial, and has not missed yet, or took to have been lost over another.
  private var unnoticed: Set<Identifier> = []
  /// Those of whom no coordinator will know, by the life that handed them the trial.
  private var uncounted: [Int: Set<Identifier>] = [:]
  /// Which life of the coordinator last handed the trial to a worker.
  private var origins: [Identifier: Int] = [:]

  /// How many there are.
  var all: Int { lost.count }
  /// Those that must be no more than `attemptsMax`.
  var counted: Int { lost.count - uncounted.values.reduce(0) { $0 + $1.count } }
  /// The most of one life of the coordinator.
  var uncountedMost: Int { uncounted.values.map(\.count).max() ?? 0 }

  var description: String {
    "\(all) in all, \(counted) counted, \(unnoticed.count) without a strike, "
      + "uncounted by lives \(uncounted.mapValues(\.count))"
  }

  mutating func note(handedTo worker: Identifier, by life: Int) { origins[worker] = life }

  mutating func lose(_ worker: Identifier, isKnown: Bool) {
    lost.insert(worker)
    if struck.contains(worker) { return }
    if isKnown { unnoticed.insert(worker) } else { uncount(worker) }
  }

  mutating func note(strikeOver worker: Identifier) {
    struck.insert(worker)
    unnoticed.remove(worker)
    uncounted[origins[worker] ?? 0]?.remove(worker)
  }

  /// The coordinator crashed, and had not stored the strikes over these workers.
  mutating func forget(strikesOver workers: [Identifier]) {
    struck.subtract(workers)
    for worker in unnoticed.union(lost.intersection(workers)) { uncount(worker) }
    unnoticed = []
  }

  private mutating func uncount(_ worker: Identifier) { uncounted[origins[worker] ?? 0, default: []].insert(worker) }
}

extension Simulation {
  /// A worker ends over a trial.
  func lose(_ index: Int, over trial: Int, isHung: Bool) {
    let worker = Identifier(high: 9, low: UInt64(workers[index].life))
    // One that hung and does not owe a report was told to drop the trial, or its report was acknowledged.
    let isMissed = !isHung || workers[index].machine.owes(items[trial].id)
    let isKnown = isMissed && scheduler?.isLeased(trial, to: worker) ?? false
    losses[trial, default: Losses()].lose(worker, isKnown: isKnown)
    changedLosses.append(trial)
  }

  /// What a coordinator that crashes had not written down.
  func forgetLosses() {
    var strikes: [Int: [Identifier]] = [:]
    for fault in pendingFaults where Losses.strikeKinds.contains(fault.kind) {
      strikes[fault.index, default: []].append(fault.worker.id)
    }
    for trial in losses.keys { losses[trial]?.forget(strikesOver: strikes[trial] ?? []) }
    changedLosses += losses.keys
  }

  func note(_ leases: [Scheduler.Lease], handedTo route: Route) {
    guard let life = lives[route.number], let index = routes[route.number] else { return }
    for lease in leases where parameters.nature(of: lease.index).result(of: lease.index) == nil {
      // A worker does not take what it is still executing, for an earlier life perhaps.
      guard workers[index].running?.trial != items[lease.index].id else { continue }
      let worker = Identifier(high: 9, low: UInt64(life))
      losses[lease.index, default: Losses()].note(handedTo: worker, by: coordinatorLife)
    }
  }
}
