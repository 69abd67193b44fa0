import Messaging
import Scheduling

// What happens, and what goes wrong.
extension Simulation {
  func take(_ happening: Happening) throws {
    switch happening {
    case .toCoordinator(let message, let route, let life):
      guard life == coordinatorLife, scheduler != nil, arrives(on: route) else { return }
      if now < coordinatorPausedUntil { return calendar.add(happening, at: coordinatorPausedUntil) }
      try dispatch(.message(message, from: Route(route)))
      try flush()
    case .toWorker(let message, let index, let route):
      guard workers[index].isAlive, workers[index].route == route, arrives(on: route) else { return }
      if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
      try hear(message, by: index)
      give(.tick, to: index)
    case .workerTick(let index, let life): tickWorker(index, life, happening)
    case .computed(let index, let life, let turn):
      guard workers[index].isAlive, workers[index].life == life, workers[index].turn == turn else { return }
      if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
      finishComputing(index)
    case .respawn(let index): spawn(index)
    case .processEnded(let pid, let host, let life):
      if life == coordinatorLife { try dispatch(.processEnded(pid: pid, host: host, detail: "killed")) }
      try flush()
    case .absentEnded(let id, let life, let isLost):
      if life == coordinatorLife { try dispatch(.absentEnded(id, detail: "gone", isLost: isLost)) }
      try flush()
    case .coordinatorTick: try tickCoordinator()
    case .restartCoordinator: startCoordinator()
    case .faults: try bringFaults()
    }
  }

  private func tickWorker(_ index: Int, _ life: Int, _ happening: Happening) {
    guard workers[index].isAlive, workers[index].life == life else { return }
    if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
    // libzmq connects again by itself, and the coordinator sees a stranger.
    if routes[workers[index].route] == nil, scheduler != nil { connect(index) }
    give(.tick, to: index)
    let next = min(workers[index].machine.nextTick, now + .seconds(2))
    calendar.add(happening, at: max(next, now + .milliseconds(10)))
  }

  private func tickCoordinator() throws {
    if now < coordinatorPausedUntil { return calendar.add(.coordinatorTick, at: coordinatorPausedUntil) }
    calendar.add(.coordinatorTick, at: now + .milliseconds(250))
    guard scheduler != nil else { return }
    try dispatch(.tick)
    try flush()
    try continueStopping()
  }

  /// Once a second.
  private func bringFaults() throws {
    guard now < faultsEnd else { return }
    calendar.add(.faults, at: now + .seconds(1))
    let faults = parameters.faults
    if chance(faults.coordinatorCrash) { endCoordinator() }
    if chance(faults.coordinatorStop) { try stopCoordinator() }
    if chance(faults.coordinatorPause) { coordinatorPausedUntil = now + random(1...90) }
    if chance(faults.diskFull) { storeBrokenUntil = now + random(1...60) }
    if chance(faults.halfPartition) {
      let until = now + random(1...90)
      let kind = Int.random(in: 0..<3, using: &generator)
      let odd = Int.random(in: 0..<2, using: &generator)
      for index in workers.indices where index % 2 == odd { partition(index, until: until, kind: kind) }
    }
    for index in workers.indices { bringFaults(to: index) }
  }

  private func bringFaults(to index: Int) {
    let faults = parameters.faults
    if chance(faults.workerCrash) { crashWorker(index) }
    if chance(faults.leave) { give(.leave(reason: "churn"), to: index) }
    if chance(faults.workerPause) { workers[index].pausedUntil = now + random(1...90) }
    if chance(faults.partition) {
      partition(index, until: now + random(1...90), kind: Int.random(in: 0..<3, using: &generator))
    }
    if chance(faults.disconnect), workers[index].isAlive { connect(index) }
  }

  /// One way or both: deaf, mute, or neither hears the other.
  private func partition(_ index: Int, until: Instant, kind: Int) {
    if kind != 0 { workers[index].deafUntil = until }
    if kind != 1 { workers[index].muteUntil = until }
  }
}
