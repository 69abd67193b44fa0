import Messaging

// What an event and its effects name, and which way a trial may go.
extension SchedulerAudit {
  mutating func name(_ event: Scheduler.Event, in scheduler: Scheduler) {
    switch event {
    case .message(let message, let route):
      name(route, in: scheduler)
      name(message, in: scheduler)
    case .malformedFrame(_, let route), .unreachable(let route): name(route, in: scheduler)
    case .stored(let indices): for index in indices { touch(trial: index) }
    case .malformedResult(let index, _, _), .mismatch(let index, _, _): touch(trial: index)
    case .processEnded, .processStopped, .absentEnded, .storeFailed, .tick, .drain, .stop: break
    }
  }

  mutating func name(_ effect: Scheduler.Effect, in scheduler: Scheduler) {
    switch effect {
    case .send(_, let route): name(route, in: scheduler)
    case .assign(let leases, let route):
      name(route, in: scheduler)
      for lease in leases { touch(trial: lease.index) }
    case .commit(let index, _, _), .compare(let index, _, _): touch(trial: index)
    case .record(let fault): touch(trial: fault.index)
    case .suspect(let index): touch(trial: index)
    case .hold(let identity, let trials):
      name(identity.id, in: scheduler)
      for index in trials { touch(trial: index) }
    case .workerJoined(let identity), .workerLeft(let identity, _):
      announce(identity.id)
      name(identity.id, in: scheduler)
    case .retryStore, .storeTrouble, .hostPaused, .hostResumed, .finished: break
    }
  }

  private mutating func name(_ message: WorkerMessage, in scheduler: Scheduler) {
    switch message {
    case .hello(let hello):
      name(hello.worker, in: scheduler)
      for id in hello.held + hello.finished { name(trial: id, in: scheduler) }
    case .heartbeat(let running, _): if let running { name(trial: running, in: scheduler) }
    case .results(let reports, let running):
      for report in reports { name(trial: report.trial, in: scheduler) }
      if let running { name(trial: running, in: scheduler) }
    case .goodbye: break
    }
  }

  private mutating func name(trial id: Identifier, in scheduler: Scheduler) {
    if let index = scheduler.work.position(of: id) { touch(trial: index) }
  }

  /// The worker that a connection is, and the one that it was.
  private mutating func name(_ route: Route, in scheduler: Scheduler) {
    touch(worker: keysByRoute[route])
    touch(worker: scheduler.workersByRoute[route])
  }

  private mutating func name(_ worker: Identifier, in scheduler: Scheduler) {
    touch(worker: keysByID[worker])
    touch(worker: scheduler.workersByID[worker])
  }
}

extension Scheduler.Phase {
  /// Whether a trial may come from one phase to another by one event.
  ///
  /// What is on the way into the store, or there, is handed out no more; what is in the store stays there; and only the
  /// store's word brings anything there.
  func mayBecome(_ next: Self, after event: Scheduler.Event) -> Bool {
    switch (self, next) {
    case (.queued, .queued), (.queued, .leased), (.leased, .queued), (.leased, .leased): true
    case (.queued, .committing(isFault: false)), (.leased, .committing): true
    case (.committing, .committing), (.failed, .committing(isFault: false)): true
    case (.committing(isFault: false), .committed), (.committing(isFault: true), .failed):
      if case .stored = event { true } else { false }
    default: false
    }
  }
}
