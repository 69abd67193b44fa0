public import Messaging

/// The trials of a run: what never changes while it goes on. A trial is called by its position here.
public final class WorkList: Sendable {
  let items: [WorkItem]
  private let positions: [Identifier: Int32]
  let order: ExecutionOrder

  /// The given trials; no two may have the same identity.
  public init(_ items: [WorkItem]) {
    self.items = items
    var positions: [Identifier: Int32] = Dictionary(minimumCapacity: items.count)
    for (index, item) in items.enumerated() { positions[item.id] = Int32(index) }
    precondition(positions.count == items.count, "two trials with the same identity")
    self.positions = positions
    order = ExecutionOrder(costs: items.map(\.cost))
  }

  /// Position of a trial; nothing if it is not of this run.
  func position(of id: Identifier) -> Int? { positions[id].map { Int($0) } }
}

/// What earlier runs left in the store.
public struct PriorWork: Sendable {
  /// Trials that have a result.
  public var committed: Set<Identifier>
  /// Trials that were given up, and not put back since.
  public var failed: Set<Identifier>
  /// Those of them that cost too many workers, or took too long too often.
  public var quarantined: Set<Identifier>
  /// How many strikes the others have, if any.
  public var strikes: [Identifier: Int]
  /// Trials that were with a worker that was lost over another one, as far as could be known.
  public var bystanders: Set<Identifier>
  /// What workers had when the last coordinator ended.
  public var holdings: [Holding]

  /// What is there already.
  public init(
    committed: Set<Identifier> = [], failed: Set<Identifier> = [], quarantined: Set<Identifier> = [],
    strikes: [Identifier: Int] = [:], bystanders: Set<Identifier> = [], holdings: [Holding] = []
  ) {
    self.committed = committed
    self.failed = failed
    self.quarantined = quarantined
    self.strikes = strikes
    self.bystanders = bystanders
    self.holdings = holdings
  }
}

/// What a worker has, and may be lost over.
public struct Holding: Sendable, Hashable {
  /// Who has it.
  public var worker: WorkerIdentity
  /// The trials, in the order of execution.
  public var trials: [Identifier]
  /// Whether the coordinator started it, so that it ends with it.
  public var isLocal: Bool

  /// What a worker has.
  public init(worker: WorkerIdentity, trials: [Identifier], isLocal: Bool = false) {
    self.worker = worker
    self.trials = trials
    self.isLocal = isLocal
  }
}
