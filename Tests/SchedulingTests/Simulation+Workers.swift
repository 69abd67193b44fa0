import Messaging
import Scheduling

// The workers' shells in virtual time.
extension Simulation {
  func spawn(_ index: Int) {
    let pid = nextPid
    nextPid += 1
    let identity = WorkerIdentity(
      id: Identifier(high: 9, low: pid), name: "w\(pid)", host: host(of: index), pid: pid)
    let build = chance(parameters.faults.otherVersion) ? "2" : "1"
    var configuration = WorkerMachineConfiguration(identity: identity, build: build, sweepHash: "s")
    configuration.capacity = 64
    configuration.hangGrace = parameters.hangGrace
    // Workers in the simulation wait for ever: their end would only hide what they hold.
    configuration.joinTimeout = .seconds(1e6)
    configuration.coordinatorPatience = .seconds(1e6)
    if chance(parameters.faults.shortLife) { configuration.deadline = now + random(12...150) }
    var worker = Worker(machine: WorkerMachine(configuration: configuration, at: now), life: Int(pid))
    let effects = worker.machine.start(at: now)
    if index < workers.count { workers[index] = worker } else { workers.append(worker) }
    perform(effects, of: index)
    calendar.add(.workerTick(index, life: workers[index].life), at: now + .milliseconds(50))
  }

  /// Several machines, so that one that is paused does not stop everything; twenty workers on each, where there are many.
  private func host(of index: Int) -> String { "h\(index % max(4, parameters.workers / 20))" }

  func crashWorker(_ index: Int) {
    guard workers[index].isAlive else { return }
    // A local process is missed at once, a remote one only by its silence.
    if Bool.random(using: &generator) {
      calendar.add(
        .processEnded(pid: UInt64(workers[index].life), host: host(of: index), life: coordinatorLife),
        at: now + .seconds(0.1))
    }
    cut(workers[index].route)
    end(index)
  }

  /// The process ends, and what it sent before still arrives; another takes its place.
  private func end(_ index: Int) {
    workers[index].isAlive = false
    calendar.add(.respawn(index), at: now + random(0.2...5))
  }

  func perform(_ effects: [WorkerMachine.Effect], of index: Int) {
    for effect in effects {
      switch effect {
      case .connect: connect(index)
      case .send(let message): send(message, from: index)
      case .execute(let assignments):
        workers[index].queue += assignments
        compute(index)
      case .withdraw(let trials): withdraw(trials, from: index)
      case .exit(let exit):
        if case .hung(let trial) = exit, !workers[index].isLeaving {
          lose(index, over: Int(trial.low))
        } else {
          orderlyEnds.insert(workers[index].life)
        }
        end(index)
      }
    }
  }

  private func withdraw(_ trials: [Identifier], from index: Int) {
    workers[index].queue.removeAll { trials.contains($0.trial) }
    guard let running = workers[index].running, trials.contains(running.trial) else { return }
    workers[index].isCancelled = true
    let trial = Int(running.trial.low)
    guard parameters.nature(of: trial) != .hangsForGood else { return }
    // It looks now and then whether it is to stop.
    calendar.add(
      .computed(index, life: workers[index].life, turn: workers[index].turn), at: now + random(0.001...0.2))
  }

  /// Begins the next trial of the queue, if the worker is idle.
  func compute(_ index: Int) {
    guard workers[index].isAlive, workers[index].running == nil, !workers[index].queue.isEmpty else { return }
    let assignment = workers[index].queue.removeFirst()
    workers[index].running = assignment
    workers[index].isCancelled = false
    workers[index].turn += 1
    executions += 1
    let trial = Int(assignment.trial.low)
    give(.started(assignment.trial), to: index)
    switch parameters.nature(of: trial) {
    case .kills:
      lose(index, over: trial)
      crashWorker(index)
    case .hangs, .hangsForGood: break
    default:
      let start = max(now, workers[index].pausedUntil)
      calendar.add(
        .computed(index, life: workers[index].life, turn: workers[index].turn), at: start + duration(of: trial))
    }
  }

  private func duration(of trial: Int) -> Span {
    var seconds = seconds(of: trial)
    if parameters.nature(of: trial) == .slow { seconds *= 10 }
    if chance(parameters.faults.slowExecution) { seconds *= 10 }
    return .seconds(seconds)
  }

  func finishComputing(_ index: Int) {
    guard let assignment = workers[index].running else { return }
    let trial = Int(assignment.trial.low)
    let nature = parameters.nature(of: trial)
    let outcome: TrialReport.Outcome
    if workers[index].isCancelled {
      outcome = .failure(kind: TrialReport.cancelledKind, message: "")
    } else if nature == .malformed {
      outcome = .result(.array([.uint(UInt64(trial))]))
    } else {
      outcome = nature.result(of: trial).map { .result($0) } ?? .failure(kind: "error", message: "thrown")
    }
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
    changedWorkers.append(index)
    let effects = workers[index].machine.handle(event, at: now)
    if workers[index].machine.isLeaving { workers[index].isLeaving = true }
    if !effects.isEmpty { perform(effects, of: index) }
  }
}
