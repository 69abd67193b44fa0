import Foundation
import Messaging
import Scheduling
import Sweeps
import Synchronization

/// A small generator for tests: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A directory for one test, removed at its end.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "icd-test-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Work whose payload is the position of the trial in eight bytes, and whose result is a number made of it.
enum TestWork {
  static func items(_ count: Int, cost: (Int) -> Double = { _ in 1 }) -> [WorkItem] {
    (0..<count).map { WorkItem(id: Identifier(high: 7, low: UInt64($0)), cost: cost($0)) }
  }

  static func payload(_ index: Int) -> [UInt8] { withUnsafeBytes(of: UInt64(index).littleEndian) { [UInt8]($0) } }

  static func index(_ payload: [UInt8]) -> Int {
    payload.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  static func result(_ index: Int) -> TrialResult {
    TrialResult(
      metrics: [.init(name: "test_loss", value: Double(index) / 7)],
      curves: [.init(name: "epoch", values: [0, Double(index)])],
      arrays: [.init(name: "final_value", shape: [2, 2], values: [1, 2, 3, Float(index)])])
  }
}

struct StoreFailure: Error, CustomStringConvertible {
  var description = "no space left on device"
}

/// A store in memory that can be told to fail.
final class MemorySink: ResultSink, Sendable {
  struct Contents {
    var results: [Int: FinishedTrial] = [:]
    var storedTwice = 0
    var faults: [TrialFault] = []
    var bystanders: Set<Int> = []
    var holdings: [Identifier: Holding] = [:]
    var transactions = 0
    /// So many of the next transactions fail.
    var failuresToCome = 0
    /// Whether the store was taken away.
    var isGone = false
  }

  let contents = Mutex(Contents())
  let items: [WorkItem]

  init(_ items: [WorkItem]) { self.items = items }

  func prior() throws -> PriorWork {
    contents.withLock { contents in
      PriorWork(
        committed: Set(contents.results.keys.map { items[$0].id }),
        failed: Set(contents.faults.filter(\.isFinal).map { items[$0.index].id }),
        strikes: contents.faults.reduce(into: [:]) { $0[items[$1.index].id] = $1.attempt },
        bystanders: Set(contents.bystanders.map { items[$0].id }), holdings: Array(contents.holdings.values))
    }
  }

  func digest(of index: Int) throws -> String? {
    contents.withLock { $0.results[index]?.result.digest.description }
  }

  func check() throws {
    if contents.withLock({ $0.isGone }) { throw StoreFailure(description: "the store is gone") }
  }

  func store(_ records: RunRecords) throws {
    try contents.withLock { contents in
      if contents.failuresToCome > 0 {
        contents.failuresToCome -= 1
        throw StoreFailure()
      }
      contents.transactions += 1
      for result in records.results where contents.results.updateValue(result, forKey: result.index) != nil {
        contents.storedTwice += 1
      }
      contents.faults += records.faults
      for (id, holding) in records.holdings { contents.holdings[id] = holding.trials.isEmpty ? nil : holding }
      contents.bystanders.formUnion(records.bystanders)
    }
  }
}

/// Tells another thread that something has happened.
final class Flag: Sendable {
  private let value = Atomic(false)

  func raise() { value.store(true, ordering: .releasing) }
  var isRaised: Bool { value.load(ordering: .acquiring) }
}
