import Foundation
import Messaging
import Scheduling
import Testing

/// Both machines together in virtual time. `Tests/simulate.sh` runs more of it, and one seed again.
@Suite struct SimulationTests {
  /// Seeds to run: `ICD_SIMULATION_SEEDS` of them, from `ICD_SIMULATION_FIRST` on.
  static func seeds(_ count: Int) -> Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["ICD_SIMULATION_FIRST"].flatMap(UInt64.init) ?? 1
    let many = environment["ICD_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? UInt64(count)
    return first..<(first + many)
  }

  /// Whether the long modes run.
  static let isLong = ProcessInfo.processInfo.environment["ICD_SIMULATION_SEEDS"] != nil
  static let isLarge = ProcessInfo.processInfo.environment["ICD_SIMULATION_LARGE"] != nil

  static let allFaults = Simulation.FaultRates(
    drop: 0.01, duplicate: 0.02, reorder: 0.02, longDelay: 0.01, workerCrash: 0.01, workerPause: 0.005,
    coordinatorCrash: 0.01, coordinatorPause: 0.005, coordinatorStop: 0.005, partition: 0.01, halfPartition: 0.005,
    disconnect: 0.01, storeFailure: 0.05, diskFull: 0.01, leave: 0.005, shortLife: 0.1, otherVersion: 0.1,
    slowExecution: 0.02)

  static let natures: [Int: Simulation.Nature] = [
    3: .throwing, 20: .hangs, 41: .slow, 64: .kills, 77: .throwing, 98: .notANumber, 120: .malformed, 150: .slow,
    171: .kills, 199: .hangsForGood,
  ]

  /// Everything that can go wrong, at once: faults of all kinds, and trials that kill, hang, fail, or return rubbish.
  static func everything(_ seed: UInt64) -> Simulation.Parameters {
    var parameters = Simulation.Parameters(seed: seed, attemptsMax: 8, natures: natures, faults: allFaults)
    parameters.costs = [1, 10, 100, 250]
    parameters.trialTimeLimit = .seconds(15)
    parameters.endWithin = 2_000
    return parameters
  }

  @Test func withoutFaultsEveryTrialIsExecutedOnce() throws {
    for seed in Self.seeds(20) {
      let simulation = Simulation(.init(seed: seed, faultsEnd: 0))
      try simulation.run()
      #expect(simulation.executions == 200, "seed \(seed)")
    }
  }

  @Test func withAllFaultsTheTableIsTheSame() throws {
    let seeds = Self.seeds(100)
    let begin = ContinuousClock.now
    var steps = 0
    for seed in seeds {
      let simulation = Simulation(Self.everything(seed))
      try simulation.run()
      steps += simulation.steps
    }
    if Self.isLong { Self.say("all faults", seeds.count, steps, since: begin) }
  }

  @Test func eachFaultAlone() throws {
    let singles: [WritableKeyPath<Simulation.FaultRates, Double>] = [
      \.drop, \.duplicate, \.reorder, \.longDelay, \.workerCrash, \.workerPause, \.coordinatorCrash,
      \.coordinatorStop, \.coordinatorPause, \.partition, \.halfPartition, \.disconnect, \.storeFailure, \.diskFull,
      \.leave, \.shortLife, \.otherVersion, \.slowExecution,
    ]
    // What loses no worker gives no trial a strike.
    let harmless: [WritableKeyPath<Simulation.FaultRates, Double>] = [
      \.duplicate, \.coordinatorStop, \.storeFailure, \.diskFull, \.leave, \.shortLife, \.otherVersion, \.slowExecution,
    ]
    var stops = 0
    for single in singles {
      for seed in Self.seeds(5) {
        var faults = Simulation.FaultRates()
        faults[keyPath: single] = min(10 * Self.allFaults[keyPath: single], 0.5)
        let simulation = Simulation(.init(seed: seed, faults: faults, faultsEnd: 60))
        try simulation.run()
        if harmless.contains(single) { #expect(simulation.strikes.isEmpty, "seed \(seed), \(single)") }
        stops += simulation.stops
      }
    }
    #expect(stops > 5)
  }

  @Test func poisonCostsAsManyWorkersAsAllowed() throws {
    for seed in Self.seeds(50) {
      var parameters = Simulation.Parameters(seed: seed, attemptsMax: 3, faultsEnd: 0)
      parameters.natures = [0: .kills, 50: .kills, 199: .kills]
      let simulation = Simulation(parameters)
      try simulation.run()
      // A strike may fall on an innocent one, if last words are lost.
      #expect(simulation.losses.keys.sorted() == [0, 50, 199])
      #expect(simulation.losses.values.allSatisfy { $0.count <= 3 })
    }
  }

  /// With every fault at once, and so few attempts that innocent trials are given up, too.
  @Test(arguments: [2, 3]) func poisonCostsNoMoreWithAllFaults(attemptsMax: Int) throws {
    for seed in Self.seeds(100) {
      var parameters = Self.everything(seed)
      parameters.attemptsMax = attemptsMax
      parameters.sparesInnocents = false
      try Simulation(parameters).run()
    }
  }

  @Test func theCoordinatorMayCrashBeforeAndAfterEachCommit() throws {
    for isBefore in [true, false] {
      var number = 1
      while true {
        var parameters = Simulation.Parameters(seed: UInt64(number), trials: 30, workers: 3, faultsEnd: 0)
        parameters.crashAtCommit = (number, isBefore)
        let simulation = Simulation(parameters)
        try simulation.run()
        // Until the run has fewer commits.
        if simulation.coordinatorLife == 1 { break }
        number += 1
      }
      #expect(number > 5)
    }
  }

  @Test func workersAndTheCoordinatorMayCrashOrBeStoppedAtEachStep() throws {
    let endings: [WritableKeyPath<Simulation.Parameters, Int?>] = [
      \.crashWorkerAtStep, \.crashCoordinatorAtStep, \.stopCoordinatorAtStep,
    ]
    for ending in endings {
      var step = 1
      while true {
        var parameters = Simulation.Parameters(seed: UInt64(step), trials: 20, workers: 3, faultsEnd: 0)
        parameters[keyPath: ending] = step
        let simulation = Simulation(parameters)
        try simulation.run()
        if simulation.steps < step { break }
        step += 1
      }
      #expect(step > 100)
    }
  }

  /// Thousands of workers and a million trials, if it is asked for.
  @Test(.enabled(if: isLarge)) func manyWorkersAndTrials() throws {
    let environment = ProcessInfo.processInfo.environment
    let workers = environment["ICD_SIMULATION_WORKERS"].flatMap(Int.init) ?? 5_000
    let trials = environment["ICD_SIMULATION_TRIALS"].flatMap(Int.init) ?? 1_000_000
    let limit = environment["ICD_SIMULATION_SECONDS"].flatMap(Double.init) ?? .infinity
    let begin = ContinuousClock.now
    var (steps, done) = (0, 0)
    for seed in Self.seeds(1) where ContinuousClock.now - begin < .seconds(min(limit, 1e9)) {
      let simulation = Simulation(Self.large(seed, workers: workers, trials: trials))
      try simulation.run()
      steps += simulation.steps
      done += 1
      Self.say("\(workers) workers, \(trials) trials", done, steps, since: begin)
    }
  }

  static func large(_ seed: UInt64, workers: Int, trials: Int) -> Simulation.Parameters {
    var parameters = Simulation.Parameters(seed: seed, trials: trials, workers: workers, attemptsMax: 8)
    // What takes ten times as long still ends within the limit.
    parameters.costs = [1, 10, 100, 350]
    parameters.trialTimeLimit = .seconds(15)
    parameters.natures = spreadNatures(over: trials)
    // Eight attempts at what hangs outlast all else, and thousands of workers have nothing but heartbeats then.
    parameters.hangGrace = .seconds(5)
    parameters.faults = allFaults
    // As much goes wrong with the run as a whole, and a tenth with each of so many workers.
    for rate in [\.workerCrash, \.workerPause, \.partition, \.disconnect, \.leave]
      as [WritableKeyPath<Simulation.FaultRates, Double>]
    {
      parameters.faults[keyPath: rate] /= 10
    }
    // For each of a million commits, and not for each of a hundred.
    parameters.faults.coordinatorCrash = 1e-5
    parameters.faults.storeFailure = 1e-4
    parameters.endWithin = 3_000
    parameters.checkInterval = 100_000
    return parameters
  }

  /// Three hundred of each kind in a million trials.
  static func spreadNatures(over trials: Int) -> [Int: Simulation.Nature] {
    let kinds: [Simulation.Nature] = [.kills, .hangs, .hangsForGood, .throwing, .notANumber, .malformed, .slow]
    let places = stride(from: 0, to: trials, by: 1_000_000 / (300 * kinds.count))
    return Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, kinds[$0 % kinds.count]) })
  }

  static func say(_ what: String, _ seeds: Int, _ steps: Int, since begin: ContinuousClock.Instant) {
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    print(
      String(
        format: "simulation, %@: %d seeds in %.1f s, %.2f seeds/s, %.2f million steps/s", what, seeds, seconds,
        Double(seeds) / seconds, Double(steps) / seconds / 1e6))
  }
}
