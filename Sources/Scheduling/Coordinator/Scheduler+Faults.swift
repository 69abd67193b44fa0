import Messaging

// Trials that cost workers, and machines that fail.
extension Scheduler {
  /// Counts a worker lost, or an attempt that took too long, and gives the trial up if it were too many: then true. Ends
  /// that worker's lease.
  @discardableResult
  mutating func strike(_ index: Int, of key: Int, kind: String, reason: String) -> Bool {
    guard let worker = workers[key]?.identity else { return false }
    let isPassedOn = passOn(index, from: key)
    // Before it is queued, for the strikes decide in which queue it waits.
    let count = (strikes[index] ?? 0) + 1
    strikes[index] = count
    faultNumbers[index] = count
    // A worker that was lost with it among others may have been lost over it.
    let isFinal = count + (bystanders.contains(index) ? 1 : 0) >= configuration.attemptsMax
    effects.append(
      .record(
        TrialFault(index: index, attempt: count, kind: kind, message: reason, worker: worker, isFinal: isFinal)))
    if isFinal {
      quarantine.insert(index)
      endLeases(of: index) { $0 != key }
      setPhase(of: index, .committing(isFault: true))
    } else if !isPassedOn {
      setPhase(of: index, .queued)
    }
    return isFinal
  }

  /// Something went wrong on a machine.
  mutating func noteFault(_ fault: HostHealth.Fault, on host: String, at now: Instant) {
    guard let pause = hosts.noteFault(fault, on: host, at: now) else { return }
    let what = fault == .worker ? "workers lost or trials that took too long" : "failed trials"
    effects.append(
      .hostPaused(
        host, for: pause,
        reason: "\(configuration.hostFaultsMax) \(what) within \(Int(configuration.hostFaultWindow.seconds)) s"))
  }

  mutating func resumeHosts(at now: Instant) {
    let resumed = hosts.resume(at: now)
    guard !resumed.isEmpty else { return }
    for host in resumed { effects.append(.hostResumed(host)) }
    forgetOldHosts()
    mustSupply = true
  }

  /// Machines without a pause that may be remembered: those of the workers that are there, and some that are gone.
  var hostsMax: Int { 2 * workers.count + 64 }

  /// Keeps what is remembered of machines from growing with those that are gone.
  mutating func forgetOldHosts() {
    guard hosts.unpausedCount > hostsMax else { return }
    hosts.forget(except: Set(workers.keys.compactMap { workers[$0]?.identity.host }))
  }

  /// A worker is gone without a word: the trial that was executing gets a strike. Which one that was is a guess if the
  /// worker's last words were lost, so all that it held travel alone from now on, and the guess is not repeated.
  mutating func lose(_ key: Int, because reason: String, at now: Instant) {
    guard let worker = workers[key] else { return }
    for entry in worker.leases.entries where entry.stage == .held {
      strikes[entry.index, default: 0] += 0
      if entry.index != worker.executing { standBy(entry.index, at: key, because: reason) }
    }
    if let index = worker.executing { strike(index, of: key, kind: TrialFault.workerLostKind, reason: reason) }
    if !worker.isHung && !worker.isAbsent { noteFault(.worker, on: worker.identity.host, at: now) }
    forget(key, because: reason)
  }

  /// A worker is lost with a trial, and over another one as far as can be known. If one that has strikes might have cost
  /// as many workers as it may, it is not tried again.
  private mutating func standBy(_ index: Int, at key: Int, because reason: String) {
    let count = strikes[index] ?? 0
    if count > 0, count + 1 >= configuration.attemptsMax {
      strike(index, of: key, kind: TrialFault.workerLostKind, reason: reason)
    } else if bystanders.insert(index).inserted {
      effects.append(.suspect(index: index))
    }
  }

  /// Gives up the workers that said nothing for too long.
  mutating func loseTheSilent(at now: Instant) {
    if let silenceCheckAt, now <= silenceCheckAt { return }
    let limit = configuration.silenceLimit
    var silent: [Int] = []
    var earliest = now
    for key in workers.keys {
      guard let worker = workers[key] else { continue }
      if now - worker.heardAt > limit { silent.append(key) } else { earliest = min(earliest, worker.heardAt) }
    }
    // Whoever registers later is heard of later, too.
    silenceCheckAt = earliest + limit
    for key in silent {
      let isAbsent = workers[key]?.isAbsent == true
      let reason = "silent for \(Int(limit.seconds)) s"
      lose(key, because: isAbsent ? "did not come back after the coordinator started again" : reason, at: now)
    }
  }
}
