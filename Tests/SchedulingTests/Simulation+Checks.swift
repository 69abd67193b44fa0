import Messaging
import Scheduling

// What must hold.
extension Simulation {
  /// What the step may have broken: looks at what it touched.
  func checkStep() throws {
    for index in changedWorkers { try check(worker: index) }
    changedWorkers.removeAll(keepingCapacity: true)
    for trial in changedLosses { try checkLosses(of: trial) }
    changedLosses.removeAll(keepingCapacity: true)
    try checkSums()
  }

  /// Looks at everything.
  func checkEverything() throws {
    changes = 0
    if let violation = scheduler?.invariantViolation() { throw fail(violation) }
    for index in workers.indices { try check(worker: index) }
    for trial in losses.keys { try checkLosses(of: trial) }
    try checkSums()
  }

  private func check(worker index: Int) throws {
    guard workers[index].isAlive else { return }
    if let violation = workers[index].machine.invariantViolation() { throw fail(violation) }
    if workers[index].queue.count > MessageLimits.capacityMax { throw fail("a worker's queue grows") }
  }

  private func checkSums() throws {
    guard let scheduler else { return }
    // What the coordinator takes for done is in the store, and the other way round.
    let counted = scheduler.committedBefore + scheduler.committedNow
    if storedCount != counted { throw fail("\(counted) trials count as committed, \(storedCount) are stored") }
    if items.count != counted + scheduler.failed + scheduler.unfinished { throw fail("counts do not add up") }
    if pendingResults.count > scheduler.unfinished { throw fail("results are kept twice") }
  }

  /// What is stored is, byte for byte, what a run without faults stores: every trial that can have a result has it.
  func checkTable() throws {
    for index in items.indices {
      let expected = parameters.nature(of: index).result(of: index)
      if !parameters.sparesInnocents, stored[index] == nil, faulted.contains(index) { continue }
      if stored[index].map({ $0.encoded() }) != expected.map({ $0.encoded() }) {
        throw fail(
          "trial \(index): \(String(describing: stored[index])) in the table, not \(String(describing: expected))")
      }
      if (expected == nil) != faulted.contains(index) { throw fail("the failure of trial \(index) is stored or not") }
    }
  }
}
