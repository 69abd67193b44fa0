import Messaging
import Scheduling

// The workers' shells, and the network, in virtual time.
extension Simulation {
  func spawn(_ index: Int) {
    let pid = nextPid
    nextPid += 1
    let identity = WorkerIdentity(
      id: Identifier(high: 9, low: pid), name: "w\(pid)", host: "h", pid: pid)
    var configuration = WorkerMachineConfiguration(identity: identity, build: "1", sweepHash: "s")
    configuration.capacity = 64
    // Workers in the simulation wait for ever: their end would only hide what they hold.
    configuration.joinTimeout = .seconds(1e6)
    configuration.coordinatorPatience = .seconds(1e6)
    let worker = Worker(machine: WorkerMachine(configuration: configuration, at: now), life: Int(pid))
    if index < workers.count { workers[index] = worker } else { workers.append(worker) }
    perform(workers[index].machine.start(at: now), of: index)
    calendar.add(.workerTick(index, life: workers[index].life), at: now + .milliseconds(50))
  }

  func crashWorker(_ index: Int) {
    guard workers[index].isAlive else { return }
    workers[index].isAlive = false
    routes[workers[index].route] = nil
    calendar.add(.respawn(index), at: now + random(0.2...5))
    // A local process is missed at once, a remote one only by its silence.
    if Bool.random(using: &generator) {
      calendar.add(.processEnded(pid: UInt64(workers[index].life), life: coordinatorLife), at: now + .seconds(0.1))
    }
  }

  func perform(_ effects: [WorkerMachine.Effect], of index: Int) {
    for effect in effects {
      switch effect {
      case .connect: connect(index)
      case .send(let message): send(message, from: index)
      case .execute(let assignments):
        workers[index].queue += assignments
        compute(index)
      case .withdraw(let trials):
        workers[index].queue.removeAll { trials.contains($0.trial) }
        if let running = workers[index].running, trials.contains(running.trial) { workers[index].isCancelled = true }
      case .exit: workers[index].isAlive = false
      }
    }
  }

  private func connect(_ index: Int) {
    routes[workers[index].route] = nil
    workers[index].route = nextRoute
    routes[nextRoute] = index
    nextRoute += 1
  }

  /// Begins the next trial of the queue, if the worker is idle.
  func compute(_ index: Int) {
    guard workers[index].running == nil, !workers[index].queue.isEmpty else { return }
    let assignment = workers[index].queue.removeFirst()
    workers[index].running = assignment
    workers[index].isCancelled = false
    workers[index].turn += 1
    executions += 1
    let trial = Int(assignment.trial.low)
    give(.started(assignment.trial), to: index)
    if parameters.poison.contains(trial) {
      poisoned[trial, default: 0] += 1
      crashWorker(index)
      return
    }
    calendar.add(
      .computed(index, life: workers[index].life, turn: workers[index].turn),
      at: max(now, workers[index].pausedUntil) + .seconds(seconds(of: trial)))
  }

  func finishComputing(_ index: Int) {
    guard let assignment = workers[index].running else { return }
    let trial = Int(assignment.trial.low)
    let outcome: TrialReport.Outcome =
      workers[index].isCancelled
      ? .failure(kind: TrialReport.cancelledKind, message: "")
      : parameters.throwing.contains(trial)
        ? .failure(kind: "error", message: "thrown") : .result(.uint(UInt64(trial)))
    workers[index].running = nil
    let report = TrialReport(
      trial: assignment.trial, attempt: assignment.attempt, startedAt: 0, seconds: seconds(of: trial),
      outcome: outcome)
    give(.ended(report), to: index)
    compute(index)
    give(.tick, to: index)
  }

  func give(_ event: WorkerMachine.Event, to index: Int) {
    guard workers[index].isAlive else { return }
    let effects = workers[index].machine.handle(event, at: now)
    perform(effects, of: index)
  }

  private func send(_ message: WorkerMessage, from index: Int) {
    let route = workers[index].route
    guard now >= workers[index].muteUntil else { return }
    for time in deliveries(on: UInt64(route) << 1) {
      calendar.add(.toCoordinator(message, route: route, life: coordinatorLife), at: time)
    }
  }

  /// False if the connection is known to be gone.
  func send(_ message: CoordinatorMessage, on route: UInt32) -> Bool {
    guard let index = routes[route] else { return false }
    guard now >= workers[index].deafUntil else { return true }
    for time in deliveries(on: UInt64(route) << 1 | 1) {
      calendar.add(.toWorker(message, worker: index, route: route), at: time)
    }
    return true
  }

  /// When a message arrives: usually once, soon, and in order.
  private func deliveries(on way: UInt64) -> [Instant] {
    guard !chance(parameters.faults.drop) else { return [] }
    var times: [Instant] = []
    for _ in 0..<(chance(parameters.faults.duplicate) ? 2 : 1) {
      let delay = chance(parameters.faults.longDelay) ? random(0.1...60) : random(0.0002...0.02)
      var time = now + delay
      if !chance(parameters.faults.reorder) {
        time = max(time, lastDelivery[way] ?? time)
        lastDelivery[way] = time
      }
      times.append(time)
    }
    return times
  }
}
