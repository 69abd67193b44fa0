import Foundation
import Messaging
import Scheduling

// The network: late, lossy, and sometimes in one direction only.
extension Simulation {
  func send(_ message: WorkerMessage, from index: Int) {
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
      var time = now + delay()
      if !chance(parameters.faults.reorder) {
        time = max(time, lastDelivery[way] ?? time)
        lastDelivery[way] = time
      }
      times.append(time)
    }
    return times
  }

  /// Half a millisecond or so; with a heavy tail, up to two minutes, while the network is bad.
  private func delay() -> Span {
    guard chance(parameters.faults.longDelay) else { return random(0.0002...0.02) }
    // Pareto with exponent 1: half of them are longer than twice the shortest, a hundredth than a hundred times.
    return .seconds(min(0.02 / max(Double.random(in: 0..<1, using: &generator), 1e-4), 120))
  }

  /// A fresh connection; the old one takes with it the last of what is on the way.
  func connect(_ index: Int) {
    cut(workers[index].route)
    workers[index].route = nextRoute
    routes[nextRoute] = index
    lives[nextRoute] = workers[index].life
    nextRoute += 1
  }

  /// A connection ends: what would have arrived after some moment is lost, in both directions.
  func cut(_ route: UInt32) {
    guard routes.removeValue(forKey: route) != nil else { return }
    lastDelivery[UInt64(route) << 1] = nil
    lastDelivery[UInt64(route) << 1 | 1] = nil
    cuts[route] = now + random(0...0.02)
  }

  /// Whether what was sent on a connection still arrives.
  func arrives(on route: UInt32) -> Bool { cuts.isEmpty || cuts[route].map { now <= $0 } ?? true }
}
