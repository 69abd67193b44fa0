/// How it went lately on each machine, and which of them are paused because too much went wrong there.
///
/// A machine without memory or with a broken disk fails every trial in no time, and so attracts more of them than any
/// healthy one. It is given nothing for a while, and for twice as long each time until something succeeds there.
struct HostHealth: Sendable {
  /// One machine.
  private struct Host: Sendable {
    /// When something went wrong since the last success, the last few times.
    var faults: [Instant] = []
    var succeededAt: Instant?
    var pausedUntil: Instant?
    /// How long the next pause is.
    var nextPause: Span
  }

  /// What went wrong.
  enum Fault: Sendable {
    /// A worker was lost, or a trial took too long there.
    case worker
    /// A trial failed, which may be its own fault.
    case trial
  }

  private let configuration: SchedulerConfiguration
  private var hosts: [String: Host] = [:]
  private var pausedCount = 0
  /// The first end of a pause.
  private(set) var resumeAt: Instant?

  init(_ configuration: SchedulerConfiguration) { self.configuration = configuration }

  /// Whether the machine is to be given nothing.
  func isPaused(_ host: String) -> Bool { pausedCount > 0 && hosts[host]?.pausedUntil != nil }

  mutating func noteSuccess(on host: String, at now: Instant) {
    hosts[host, default: Host(nextPause: configuration.hostPause)].succeededAt = now
    hosts[host]?.faults.removeAll()
    hosts[host]?.nextPause = configuration.hostPause
  }

  /// Counts a fault; if there were too many, pauses the machine and says for how long.
  ///
  /// A trial that fails of itself fails everywhere, so such faults count only if another machine does better.
  mutating func noteFault(_ fault: Fault, on host: String, at now: Instant) -> Span? {
    var record = hosts[host] ?? Host(nextPause: configuration.hostPause)
    defer { hosts[host] = record }
    record.faults.removeAll { now - $0 > configuration.hostFaultWindow }
    if record.faults.count >= configuration.hostFaultsMax { record.faults.removeFirst() }
    record.faults.append(now)
    guard record.pausedUntil == nil, record.faults.count >= configuration.hostFaultsMax, let first = record.faults.first
    else { return nil }
    if fault == .trial {
      let othersDoBetter = hosts.contains { $0.key != host && $0.value.succeededAt.map { $0 >= first } ?? false }
      guard othersDoBetter else { return nil }
    }
    let pause = record.nextPause
    record.pausedUntil = now + pause
    record.nextPause = min(pause * 2, configuration.hostPauseMax)
    record.faults.removeAll()
    pausedCount += 1
    resumeAt = min(resumeAt ?? now + pause, now + pause)
    return pause
  }

  /// Ends the pauses whose time is over; returns those machines.
  mutating func resume(at now: Instant) -> [String] {
    guard let resumeAt, now >= resumeAt else { return [] }
    let resumed = hosts.filter { $0.value.pausedUntil.map { $0 <= now } ?? false }.keys.sorted()
    for host in resumed { hosts[host]?.pausedUntil = nil }
    pausedCount -= resumed.count
    self.resumeAt = hosts.values.compactMap(\.pausedUntil).min()
    return resumed
  }

  /// Forgets machines that are not among the given ones and are not paused.
  mutating func forget(except present: Set<String>) {
    hosts = hosts.filter { present.contains($0.key) || $0.value.pausedUntil != nil }
  }

  /// Machines that are remembered and not paused.
  var unpausedCount: Int { hosts.count - pausedCount }
}
