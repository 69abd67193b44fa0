import Foundation
import Messaging
import Scheduling
import Testing

@Suite struct SimulationTests {
  /// Seeds to run: `ICD_SIMULATION_SEEDS` of them, from `ICD_SIMULATION_FIRST` on.
  static func seeds(_ count: Int) -> Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["ICD_SIMULATION_FIRST"].flatMap(UInt64.init) ?? 1
    let many = environment["ICD_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? UInt64(count)
    return first..<(first + many)
  }

  static let allFaults = Simulation.FaultRates(
    drop: 0.01, duplicate: 0.02, reorder: 0.02, longDelay: 0.005, workerCrash: 0.01, workerPause: 0.005,
    coordinatorCrash: 0.01, coordinatorPause: 0.005, partition: 0.01, disconnect: 0.01, storeFailure: 0.05)

  @Test func withoutFaultsEveryTrialIsExecutedOnce() throws {
    for seed in Self.seeds(20) {
      let simulation = Simulation(.init(seed: seed, faultsEnd: 0))
      try simulation.run()
      #expect(simulation.executions == 200, "seed \(seed)")
    }
  }

  @Test func withAllFaultsTheTableIsTheSame() throws {
    for seed in Self.seeds(200) {
      try Simulation(.init(seed: seed, throwing: [3, 77], faults: Self.allFaults)).run()
    }
  }

  @Test func eachFaultAlone() throws {
    let singles: [WritableKeyPath<Simulation.FaultRates, Double>] = [
      \.drop, \.duplicate, \.reorder, \.longDelay, \.workerCrash, \.workerPause, \.coordinatorCrash,
      \.coordinatorPause, \.partition, \.disconnect, \.storeFailure,
    ]
    for single in singles {
      for seed in Self.seeds(10) {
        var faults = Simulation.FaultRates()
        faults[keyPath: single] = 10 * Self.allFaults[keyPath: single]
        try Simulation(.init(seed: seed, faults: faults, faultsEnd: 60)).run()
      }
    }
  }

  @Test func poisonCostsAsManyWorkersAsAllowed() throws {
    for seed in Self.seeds(50) {
      let simulation = Simulation(.init(seed: seed, attemptsMax: 3, poison: [0, 50, 199], faultsEnd: 0))
      try simulation.run()
      #expect(simulation.poisoned.keys.sorted() == [0, 50, 199])
      #expect(simulation.poisoned.values.allSatisfy { (3...4).contains($0) }, "seed \(seed): \(simulation.poisoned)")
    }
  }
}
