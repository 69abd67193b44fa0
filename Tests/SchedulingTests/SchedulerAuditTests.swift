import Messaging
import Scheduling
import Testing

/// What looks at the touched alone finds what a look at everything finds.
@Suite struct SchedulerAuditTests {
  /// What a test does to a scheduler behind the audit's back, after every so many events of a simulation.
  private func simulate(
    _ seed: UInt64, every interval: Int,
    _ body: @escaping (Simulation, Scheduler, SchedulerAudit, Scheduler.Event, [Scheduler.Effect]) -> Void
  ) throws {
    let simulation = Simulation(SimulationTests.everything(seed))
    var events = 0
    simulation.observer = { [unowned simulation] scheduler, audit, event, effects in
      events += 1
      if events % interval == 0 { body(simulation, scheduler, audit, event, effects) }
    }
    try simulation.run()
  }

  /// The trials and the worker that an event is about.
  private func subjects(
    of event: Scheduler.Event, _ effects: [Scheduler.Effect], in simulation: Simulation
  ) -> (trials: [Int], worker: Identifier)? {
    guard case .message(let message, let route) = event, let index = simulation.routes[route.number] else { return nil }
    let ids: [Identifier] =
      switch message {
      case .hello(let hello): hello.held + hello.finished
      case .heartbeat(let running, _): [running].compactMap { $0 }
      case .results(let reports, _): reports.map(\.trial)
      case .goodbye: []
      }
    let trials = ids.map { Int($0.low) } + assigned(effects).values.joined()
    return (trials, Identifier(high: 9, low: UInt64(simulation.workers[index].life)))
  }

  @Test func findsWhateverIsDamagedInWhatAnEventTouched() throws {
    var found: [Scheduler.Damage: Int] = [:]
    for seed: UInt64 in 1...4 {
      try simulate(seed, every: 7) { simulation, scheduler, audit, event, effects in
        guard let (trials, worker) = subjects(of: event, effects, in: simulation) else { return }
        for trial in trials {
          for damage in Scheduler.Damage.allCases {
            var (damaged, audit) = (scheduler, audit)
            damaged.damage(damage, trial: trial, worker: worker)
            guard let violation = damaged.invariantViolation() else { continue }
            found[damage, default: 0] += 1
            #expect(audit.violation(in: damaged, after: event, effects) != nil, "\(damage): \(violation)")
          }
        }
      }
    }
    for damage in Scheduler.Damage.allCases { #expect(found[damage, default: 0] > 10, "\(damage) breaks nothing") }
  }

  /// What is counted is missed wherever it is; even a change by the book, which no look at the new state alone finds.
  @Test func findsWhatNobodyNamed() throws {
    var (unsaid, undone) = (0, 0)
    try simulate(5, every: 20) { simulation, scheduler, audit, event, effects in
      var (other, audit1, audit2) = (scheduler, audit, audit)
      let stranger = WorkerMessage.hello(
        .init(
          worker: .random(), session: 1, name: "x", host: "x", pid: 0, build: "1", sweep: "s", capacity: 1, held: []))
      _ = other.handle(.message(stranger, from: Route(.max)), at: simulation.now)
      if other.workerCount != scheduler.workerCount {
        unsaid += 1
        #expect(other.invariantViolation() == nil && audit1.violation(in: other, after: event, effects) != nil)
      }
      var forgetful = scheduler
      guard simulation.stored.indices.contains(where: { forgetful.uncommit($0) }) else { return }
      if forgetful.invariantViolation() == nil { undone += 1 }
      #expect(audit2.violation(in: forgetful, after: event, effects) != nil)
    }
    #expect(unsaid > 10 && undone > 10)
  }
}
