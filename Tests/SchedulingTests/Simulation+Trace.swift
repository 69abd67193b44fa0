import Foundation
import Messaging
import Scheduling

// The story of one trial, for whoever looks for the cause of a failure: `Tests/simulate.sh --trace TRIAL`.
extension Simulation {
  /// The trial, if a story is wanted.
  static let traced = ProcessInfo.processInfo.environment["ICD_SIMULATION_TRACE"].flatMap(Int.init)

  func trace(_ trial: Int, _ text: @autoclosure () -> String) {
    guard trial == Self.traced else { return }
    let seconds = Double(now.nanoseconds) / 1e9
    print(String(format: "%10.3f s, coordinator %d: trial %d ", seconds, coordinatorLife, trial) + text())
  }

  /// What a coordinator that starts knows of it.
  func traceStart() {
    guard let trial = Self.traced else { return }
    let holders = holdings.values.filter { $0.trials.contains(items[trial].id) }.map(\.worker.pid)
    trace(
      trial,
      "has \(strikes[trial] ?? 0) strikes, is \(bystanders.contains(trial) ? "" : "no ")bystander, held by \(holders)")
  }

  /// What an event and its effects say of it.
  func trace(_ event: Scheduler.Event, _ effects: [Scheduler.Effect]) {
    guard let trial = Self.traced else { return }
    if case .message(let message, let route) = event { trace(message, of: lives[route.number] ?? 0, trial) }
    for effect in effects {
      if let text = story(of: effect, trial) { trace(trial, text) }
    }
  }

  private func trace(_ message: WorkerMessage, of worker: Int, _ trial: Int) {
    let id = items[trial].id
    switch message {
    case .hello(let hello) where hello.held.contains(id):
      trace(trial, "is held by \(worker), it says\(hello.running == id ? ", and runs" : "")")
    case .hello(let hello) where hello.finished.contains(id): trace(trial, "is finished by \(worker), it says")
    case .results(let reports, _):
      for report in reports where report.trial == id { trace(trial, "is reported by \(worker): \(report.outcome)") }
    default: break
    }
  }

  private func story(of effect: Scheduler.Effect, _ trial: Int) -> String? {
    let id = items[trial].id
    return switch effect {
    case .assign(let leases, let route) where leases.contains { $0.index == trial }:
      "is sent to \(lives[route.number] ?? 0)"
    case .record(let fault) where fault.index == trial:
      "gets \(fault.kind) \(fault.attempt) over \(fault.worker.pid)\(fault.isFinal ? ", the last" : "")"
    case .suspect(trial): "is suspected"
    case .hold(let worker, let trials) where trials.contains(trial): "is with \(worker.pid)"
    case .send(.cancel(let ids), let route) where ids.contains(id): "is cancelled at \(lives[route.number] ?? 0)"
    case .send(.acknowledge(let ids), let route) where ids.contains(id):
      "is acknowledged to \(lives[route.number] ?? 0)"
    default: nil
    }
  }
}
