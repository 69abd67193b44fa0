import Messaging

extension Coordinator {
  /// Gives an event to the machine and does what it says; what that causes is given to it as well.
  func dispatch(_ event: Scheduler.Event) throws {
    var events = [event]
    var next = 0
    while next < events.count {
      for effect in scheduler.handle(events[next], at: Clock.now) {
        if let consequence = try perform(effect) { events.append(consequence) }
      }
      next += 1
    }
  }

  /// Does one thing; returns the event that follows from it, if one does.
  private func perform(_ effect: Scheduler.Effect) throws -> Scheduler.Event? {
    switch effect {
    case .send(let message, let route):
      return try transport.send(message, to: route) == .sent ? nil : .unreachable(route)
    case .assign(let leases, let route):
      let assignments = leases.map {
        TrialAssignment(trial: items[$0.index].id, attempt: $0.attempt, payload: payload($0.index))
      }
      return try transport.send(assignments, to: route) == .sent ? nil : .unreachable(route)
    case .commit(let index, let report, let worker): return prepare(report, index, by: worker)
    case .record(let fault):
      pending.faults.append(fault)
      if fault.isFinal, faults.count < RunSummary.faultsMax { faults.append(fault) }
      observer(.fault(fault))
    case .retryStore: storeIsWaiting = false
    case .storeTrouble(let reason): observer(.storeTrouble(reason))
    case .workerJoined(let identity):
      localWorkers?.noteRegistered(identity.pid)
      observer(.workerJoined(identity))
    case .workerLeft(let identity, let reason): observer(.workerLeft(identity, reason: reason))
    case .finished(let outcome):
      self.outcome = outcome
      // At once: workers that were told to stop are not to be replaced.
      localWorkers?.beginClosing()
    }
    return nil
  }

  /// Puts a result with those that are stored next, if it is one.
  private func prepare(_ report: TrialReport, _ index: Int, by worker: WorkerIdentity) -> Scheduler.Event? {
    guard case .result(let value) = report.outcome else { return nil }
    do {
      pending.results.append(
        FinishedTrial(
          index: index, result: try ResultCoding.decode(value), attempt: report.attempt, startedAt: report.startedAt,
          seconds: report.seconds, worker: worker))
      return nil
    } catch {
      return .malformedResult(index, reason: error.description, by: worker)
    }
  }
}
