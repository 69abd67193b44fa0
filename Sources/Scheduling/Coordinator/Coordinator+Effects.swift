import Messaging
import Sweeps

extension Coordinator {
  /// Second results that wait to be compared.
  static let duplicatesMax = 1_024

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
      if case .refuse(_, let reason) = message { transport.rejections.note(.refused, reason) }
      return try transport.send(message, to: route) == .sent ? nil : .unreachable(route)
    case .assign(let leases, let route):
      let assignments = leases.map {
        TrialAssignment(trial: items[$0.index].id, attempt: $0.attempt, payload: payload($0.index))
      }
      return try transport.send(assignments, to: route) == .sent ? nil : .unreachable(route)
    case .commit(let index, let report, let worker):
      board.results[worker.id, default: 0] += 1
      return prepare(report, index, by: worker)
    case .compare(let index, let report, let worker):
      // While the store fails, workers say again what nobody acknowledges: that is no second execution.
      let isRepeated = pending.records.results.contains {
        $0.index == index && $0.worker.id == worker.id && $0.attempt == report.attempt
      }
      if !isRepeated, pending.duplicates.count < Self.duplicatesMax {
        pending.duplicates.append(Duplicate(index: index, report: report, worker: worker))
      }
    case .record(let fault):
      pending.records.faults.append(fault)
      if fault.kind == TrialFault.mismatchKind { mismatches += 1 }
      if fault.isFinal, faults.count < RunSummary.faultsMax { faults.append(fault) }
      observer(.fault(fault))
    case .suspect(let index): pending.records.bystanders.append(index)
    case .hold(let worker, let trials):
      pending.records.holdings[worker.id] = Holding(
        worker: worker, trials: trials.map { items[$0].id }, isLocal: localIDs.contains(worker.id))
    case .retryStore: storeIsWaiting = false
    case .storeTrouble(let reason): observer(.storeTrouble(reason))
    case .workerJoined(let identity):
      if identity.host == HostName.current, localWorkers?.noteRegistered(identity.pid) == true {
        localIDs.insert(identity.id)
      }
      observer(.workerJoined(identity))
    case .workerLeft(let identity, let reason):
      board.results[identity.id] = nil
      localIDs.remove(identity.id)
      observer(.workerLeft(identity, reason: reason))
    case .hostPaused(let host, let span, let reason): observer(.hostPaused(host, seconds: span.seconds, reason: reason))
    case .hostResumed(let host): observer(.hostResumed(host))
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
      pending.records.results.append(
        FinishedTrial(
          index: index, result: try ResultCoding.decode(value), attempt: report.attempt, startedAt: report.startedAt,
          seconds: report.seconds, worker: worker))
      return nil
    } catch {
      return .malformedResult(index, reason: error.description, by: worker)
    }
  }

  /// Two results of one trial must have the same bits: looks whether they do.
  func compareDuplicates() throws {
    guard !pending.duplicates.isEmpty, !storeIsWaiting else { return }
    let duplicates = pending.duplicates
    pending.duplicates = []
    for duplicate in duplicates {
      guard case .result(let value) = duplicate.report.outcome else { continue }
      // What cannot be read has no digest, and differs.
      let digest = (try? ResultCoding.decode(value))?.digest.description ?? "none"
      guard let stored = try sink.digest(of: duplicate.index), stored != digest else { continue }
      let reason =
        "a second execution on \(duplicate.worker.host) found other bits: digest \(digest) instead of \(stored), "
        + "which stays; one of the machines miscounts"
      try dispatch(.mismatch(duplicate.index, reason: reason, by: duplicate.worker))
    }
  }
}
