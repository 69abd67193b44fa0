import Messaging

// It is stored who has what before it is sent, so that a coordinator that starts again knows whom it lost over what.
extension Scheduler {
  /// What a worker has and may be lost over is not what it was.
  mutating func noteHolding(of key: Int) {
    guard workers[key]?.hasNewHolding == false else { return }
    workers[key]?.hasNewHolding = true
    newHoldings.append(key)
  }

  /// Has that stored for all of whom it changed in this event.
  mutating func sayHoldings() {
    for key in newHoldings {
      guard let worker = workers[key], worker.hasNewHolding else { continue }
      workers[key]?.hasNewHolding = false
      sayHolding(worker.leases.atRisk, of: key)
    }
    newHoldings.removeAll(keepingCapacity: true)
  }

  /// Who has nothing, and had nothing, is not stored.
  private mutating func sayHolding(_ trials: [Int], of key: Int) {
    guard let worker = workers[key], worker.isHolding || !trials.isEmpty else { return }
    workers[key]?.isHolding = !trials.isEmpty
    effects.append(.hold(worker.identity, trials))
  }

  /// A worker is about to be forgotten, and holds nothing any more.
  mutating func clearHolding(of key: Int) { sayHolding([], of: key) }

  /// It is stored who is to have what: sends it. A run that ends meanwhile hands out nothing.
  mutating func sendPlanned(at now: Instant) {
    let keys = planned
    planned = []
    for key in keys {
      guard let leases = workers[key]?.leases, leases.plannedCount > 0 else { continue }
      guard mode == .running, let route = workers[key]?.route else {
        giveBackPlanned(of: key)
        continue
      }
      workers[key]?.leases.send()
      workers[key]?.movedAt = now
      let assignment = leases.planned.map { Lease(index: $0.index, attempt: (strikes[$0.index] ?? 0) + 1) }
      effects.append(.assign(assignment, to: route))
    }
  }

  /// A worker is not sent what it was to have.
  mutating func giveBackPlanned(of key: Int) {
    for entry in workers[key]?.leases.planned ?? [] { giveBack(entry.index, from: key) }
  }

  // MARK: - Workers of an earlier coordinator

  /// Takes a worker of an earlier coordinator for one that is silent for a while; unless it was one of another sweep.
  mutating func expect(_ holding: Holding) {
    let trials = holding.trials.compactMap { work.position(of: $0) }
    guard !trials.isEmpty else { return }
    let start = Instant(nanoseconds: 0)
    var record = WorkerRecord(
      identity: holding.worker, session: 0, capacity: MessageLimits.capacityMax, heardAt: start, runningSince: start,
      movedAt: start)
    record.isAbsent = true
    record.isHolding = true
    let key = workers.add(record)
    workersByID[holding.worker.id] = key
    absentCount += 1
    hungry.insert(key)
    for index in trials where isWanted(index) { lease(index, to: key, .held) }
    noteHolding(of: key)
  }

  /// Whether a worker that has a trial is to go on with it.
  private func isWanted(_ index: Int) -> Bool {
    switch phases[index] {
    case .queued: true
    case .leased: hedges[index] == nil
    case .committing, .committed, .failed: false
    }
  }

  /// The first event tells what time it is: who does not come back for ``SchedulerConfiguration/returnLimit`` is lost.
  mutating func awaitAbsent(from now: Instant) {
    guard absentCount > 0 else { return }
    let heardAt = now + configuration.returnLimit
    for key in workers.keys where workers[key]?.isAbsent == true {
      workers[key]?.heardAt = Instant(nanoseconds: heardAt.nanoseconds - configuration.silenceLimit.nanoseconds)
      workers[key]?.movedAt = now
      workers[key]?.runningSince = now
    }
  }

  /// A worker of an earlier coordinator has come back.
  mutating func welcomeBack(_ key: Int, as hello: WorkerMessage.Hello) {
    guard let worker = workers[key], worker.isAbsent else { return }
    workers[key]?.isAbsent = false
    workers[key]?.capacity = hello.capacity
    absentCount -= 1
    effects.append(.workerJoined(worker.identity))
  }
}
