import Messaging

/// The workers of the coordinator before this one, as long as it is not known what became of them.
struct FormerWorkers {
  /// A local worker ends at once with its coordinator. After so long it has, whatever has the number of its process now.
  static let endTime = Span.seconds(5)

  /// What became of one.
  enum Fate {
    /// It said why it ended, and that was not what it executed.
    case ended
    /// It is gone without a word.
    case lost
  }

  private(set) var expected: [Holding]
  private var logs: LastWords
  private let since: Instant

  /// Those of whom the store has a holding; the directory is that of their logs.
  init(_ holdings: [Holding], logDirectory: String) {
    expected = holdings
    logs = LastWords(directory: logDirectory)
    since = Clock.now
  }

  /// Forgets those for which that holds.
  mutating func forget(where isForgotten: (WorkerIdentity) -> Bool) { expected.removeAll { isForgotten($0.worker) } }

  /// Whether it was a process of this machine and is none any more.
  private static func isGone(_ worker: WorkerIdentity) -> Bool {
    worker.host == HostName.current && !ProcessLook.isRunning(worker.pid)
  }

  /// Those whose fate is known now, which are expected no more.
  mutating func take(at now: Instant) -> [(WorkerIdentity, Fate)] {
    // Before the logs are read, for the words come before the end.
    let hasTimePassed = now - since > Self.endTime
    let gone = Set(expected.filter { $0.isLocal && (hasTimePassed || Self.isGone($0.worker)) }.map(\.worker.id))
    let ended = logs.workers()
    var known: [(WorkerIdentity, Fate)] = []
    expected.removeAll { holding in
      let fate: Fate? = ended.contains(holding.worker.id) ? .ended : gone.contains(holding.worker.id) ? .lost : nil
      if let fate { known.append((holding.worker, fate)) }
      return fate != nil
    }
    return known
  }
}
