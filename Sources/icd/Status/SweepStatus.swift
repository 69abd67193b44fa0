import Messaging
import Results
import Sweeps

/// What `icd status` has to say: done + failed + quarantined + running + queued = planned.
struct SweepStatus: Encodable {
  /// A trial that was given up.
  struct Failure: Encodable {
    let trial: String
    let kind: String
    let message: String
    let attempts: Int
    let worker: String
    let host: String
  }

  /// The coordinator that answered.
  struct Coordinator: Encodable {
    let host: String
    let pid: UInt64
    let build: String
    let state: String
    let elapsedSeconds: Double
    let ratePerSecond: Double
    let remainingSeconds: Double?
    let connectionsRefused: Int
  }

  /// A registered worker.
  struct Worker: Encodable {
    let name: String
    let host: String
    let pid: UInt64
    let trial: String?
    let runningSeconds: Double
    let held: Int
    let results: Int
    let silentSeconds: Double
  }

  let sweep: String
  let planned: Int
  let done: Int
  let failed: Int
  let quarantined: Int
  let running: Int
  let queued: Int
  /// Nothing if no coordinator answers.
  let coordinator: Coordinator?
  let workers: [Worker]
  /// Nothing where the store was not read.
  let failures: [Failure]?
  /// Where the results are, where that is known.
  let directory: String?

  /// Kind of the failure of a trial that cost its workers.
  private static let quarantineKinds: Set<String> = ["worker_lost", "timeout"]

  /// What a coordinator says, and the failures that its store knows of.
  init(_ status: RunStatus, failures: [Failure]? = nil) {
    sweep = status.sweepName
    planned = status.planned
    done = status.done
    failed = status.failed
    quarantined = status.quarantined
    running = status.running
    queued = status.queued
    coordinator = Coordinator(
      host: status.host, pid: status.pid, build: status.build, state: status.state.rawValue,
      elapsedSeconds: status.elapsedSeconds, ratePerSecond: status.ratePerSecond,
      remainingSeconds: status.remainingSeconds, connectionsRefused: status.refusals)
    workers = status.workers.map {
      Worker(
        name: $0.name, host: $0.host, pid: $0.pid, trial: $0.trial, runningSeconds: $0.runningSeconds, held: $0.held,
        results: $0.results, silentSeconds: $0.silentSeconds)
    }
    self.failures = failures
    directory = nil
  }

  /// What a store says of a sweep that nobody runs.
  init(store: ResultStore, plan: SweepPlan, directory: String) throws {
    let committed = try store.committedTrials()
    let planned = Set(plan.trials.map(\.id.description))
    let failures = try store.failures().filter { planned.contains($0.trial) }
    sweep = plan.sweep.name
    self.planned = plan.trials.count
    done = plan.trials.count { committed.contains($0.id) }
    quarantined = failures.count { Self.quarantineKinds.contains($0.kind) }
    failed = failures.count - quarantined
    running = 0
    queued = plan.trials.count - done - failures.count
    coordinator = nil
    workers = []
    self.failures = failures.map {
      Failure(
        trial: $0.trial, kind: $0.kind, message: $0.message, attempts: $0.attempts, worker: $0.worker, host: $0.host)
    }
    self.directory = directory
  }

  /// Whether nothing will change any more.
  var isOver: Bool { coordinator == nil || coordinator?.state == RunStatus.State.finished.rawValue }
}
