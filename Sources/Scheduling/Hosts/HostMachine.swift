/// What becomes of one host of a launch: when its workers are started, started again, and given up. Pure: it knows no
/// process and no clock.
package struct HostMachine: Sendable, Hashable {
  /// How an ssh process ended: the status of the workers' command, or ssh's own.
  package enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// What the host is doing.
  package enum State: Sendable, Hashable {
    case waiting(until: Instant)
    case running(since: Instant)
    /// Its workers ended in order: the sweep is done, or they were told to leave here.
    case ended
    /// It is of no use, for this reason.
    case givenUp(String)
  }

  /// What the user is told about an ending.
  package enum Notice: Sendable, Hashable {
    case ended
    /// Started again after the given time.
    case lost(String, retryAfter: Span)
    case givenUp(String)
  }

  /// The first wait before a start that follows a failure; every further one doubles it up to the longest.
  static let retryDelay = Span.seconds(1), retryDelayMax = Span.seconds(60)
  /// A run of so long was a success, whatever ended it: the waits begin anew.
  static let settledAfter = Span.seconds(60)
  /// So many starts in a row that come to nothing, and the host is given up: after four minutes or so.
  static let failuresMax = 10
  /// The same for workers that say why they end, which another start rarely cures.
  static let refusalsMax = 3

  package private(set) var state: State
  /// Starts in a row that did not last.
  private var failures = 0
  /// Of those, the ones that the workers themselves ended.
  private var refusals = 0
  /// Whether its workers ever ran for ``settledAfter``: such a host is waited for without an end.
  private var hasSettled = false
  /// Whether the launch is ending.
  private var isClosed = false

  /// A host that is to be started at once.
  package init(at now: Instant) { state = .waiting(until: now) }

  /// Whether it is time to start its workers; the state is `running` then.
  package mutating func start(at now: Instant) -> Bool {
    guard case .waiting(let until) = state, now >= until else { return false }
    state = .running(since: now)
    return true
  }

  /// Its workers have ended; `words` is what they said last.
  package mutating func end(_ ending: Ending, words: String, at now: Instant) -> Notice {
    guard case .running(let since) = state else { return .ended }
    if now - since >= Self.settledAfter { (failures, refusals, hasSettled) = (0, 0, true) }
    let story = Self.story(of: ending) + (words.isEmpty ? "" : ": \(words)")
    switch ending {
    // 130 is what workers say that were told to leave: here, or there by a machine that goes down and may come back.
    case .exited(130) where isClosed, .exited(0):
      state = .ended
      return .ended
    case .exited(126), .exited(127): return giveUp("the program cannot be started there: \(words)")
    case .exited(2):
      return giveUp("its program does not take these arguments, so it may be of another version: \(words)")
    case .exited(4): return giveUp(words)
    case .exited(3): refusals += 1
    default: break
    }
    failures += 1
    if refusals >= Self.refusalsMax || (failures >= Self.failuresMax && !hasSettled) {
      return giveUp("\(story) (\(failures) times in a row)")
    }
    let delay = min(Self.retryDelay * (1 << Int64(min(failures - 1, 16))), Self.retryDelayMax)
    state = .waiting(until: now + delay)
    return .lost(story, retryAfter: delay)
  }

  /// Nothing is started any more.
  package mutating func close() {
    isClosed = true
    if case .waiting = state { state = .ended }
  }

  private mutating func giveUp(_ reason: String) -> Notice {
    state = .givenUp(reason)
    return .givenUp(reason)
  }

  /// ssh exits with the status of the command, or with 255 if the connection fails (ssh(1)).
  private static func story(of ending: Ending) -> String {
    switch ending {
    case .exited(255): "no connection"
    case .exited(let status): "its workers ended with status \(status)"
    case .killed(let signal): "ssh was killed by signal \(signal)"
    }
  }
}
