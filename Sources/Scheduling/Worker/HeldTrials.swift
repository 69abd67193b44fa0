import Messaging

/// The trials that a worker holds and has not ended.
struct HeldTrials: Sendable {
  /// In the order of execution.
  private(set) var inOrder: [Identifier] = []
  /// Which attempt each is.
  private var attempts: [Identifier: Int] = [:]

  var count: Int { inOrder.count }

  func contains(_ trial: Identifier) -> Bool { attempts[trial] != nil }

  func attempt(of trial: Identifier) -> Int? { attempts[trial] }

  /// Adds a trial that is not held.
  mutating func append(_ trial: Identifier, attempt: Int) {
    attempts[trial] = attempt
    inOrder.append(trial)
  }

  /// Removes a trial; false if it was not held.
  mutating func remove(_ trial: Identifier) -> Bool {
    // Trials end in the order of execution, so this is nearly always the first.
    guard attempts.removeValue(forKey: trial) != nil, let place = inOrder.firstIndex(of: trial) else { return false }
    inOrder.remove(at: place)
    return true
  }

  mutating func remove(_ trials: Set<Identifier>) {
    for trial in trials { attempts[trial] = nil }
    inOrder.removeAll { trials.contains($0) }
  }
}
