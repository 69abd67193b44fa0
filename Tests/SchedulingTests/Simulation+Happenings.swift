import Messaging
import Scheduling

// What happens, and what goes wrong.
extension Simulation {
  func take(_ happening: Happening) throws {
    switch happening {
    case .toCoordinator(let message, let route, let life):
      guard life == coordinatorLife, scheduler != nil else { return }
      if now < coordinatorPausedUntil { return calendar.add(happening, at: coordinatorPausedUntil) }
      // After a restart the network gives an old connection a new number, which is as good as this one.
      try dispatch(.message(message, from: Route(route)))
      try flush()
    case .toWorker(let message, let index, let route):
      guard workers[index].isAlive, workers[index].route == route else { return }
      if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
      give(.message(message), to: index)
      give(.tick, to: index)
    case .workerTick(let index, let life):
      guard workers[index].isAlive, workers[index].life == life else { return }
      if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
      // libzmq connects again by itself, and the coordinator sees a stranger.
      if routes[workers[index].route] == nil, scheduler != nil { routes[workers[index].route] = index }
      give(.tick, to: index)
      calendar.add(happening, at: now + .milliseconds(250))
    case .computed(let index, let life, let turn):
      guard workers[index].isAlive, workers[index].life == life, workers[index].turn == turn else { return }
      if now < workers[index].pausedUntil { return calendar.add(happening, at: workers[index].pausedUntil) }
      finishComputing(index)
    case .respawn(let index): spawn(index)
    case .processEnded(let pid, let life):
      if life == coordinatorLife { try dispatch(.processEnded(pid: pid, host: "h", detail: "killed")) }
      try flush()
    case .coordinatorTick: try tickCoordinator()
    case .restartCoordinator: startCoordinator()
    case .faults: bringFaults()
    }
  }

  private func tickCoordinator() throws {
    if now < coordinatorPausedUntil { return calendar.add(.coordinatorTick, at: coordinatorPausedUntil) }
    calendar.add(.coordinatorTick, at: now + .milliseconds(250))
    guard scheduler != nil else { return }
    try dispatch(.tick)
    try flush()
  }

  /// Once a second.
  private func bringFaults() {
    guard now < faultsEnd else { return }
    calendar.add(.faults, at: now + .seconds(1))
    let faults = parameters.faults
    if scheduler != nil, chance(faults.coordinatorCrash) { crashCoordinator() }
    if chance(faults.coordinatorPause) { coordinatorPausedUntil = now + random(1...90) }
    for index in workers.indices {
      if chance(faults.workerCrash) { crashWorker(index) }
      if chance(faults.workerPause) { workers[index].pausedUntil = now + random(1...90) }
      if chance(faults.partition) {
        let until = now + random(1...90)
        // One way or both.
        let kind = Int.random(in: 0..<3, using: &generator)
        if kind != 0 { workers[index].deafUntil = until }
        if kind != 1 { workers[index].muteUntil = until }
      }
      if chance(faults.disconnect) { reconnect(index) }
    }
  }

  /// The connection breaks and comes back with another number; what was on the way is lost.
  private func reconnect(_ index: Int) {
    guard workers[index].isAlive else { return }
    routes[workers[index].route] = nil
    workers[index].route = nextRoute
    routes[nextRoute] = index
    nextRoute += 1
  }
}
