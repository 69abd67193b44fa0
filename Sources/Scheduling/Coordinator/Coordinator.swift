import Foundation
import Messaging
import Sweeps

/// The coordinator's shell: one thread, one poll, one store around the ``Scheduler``.
public final class Coordinator {
  /// Name, in the output directory, of the join file of those who only look on.
  public static let statusFileName = "status.json"

  /// Messages that are taken before results are committed and signals looked at.
  static let messagesPerBatchMax = 4_096
  /// Time after which what was taken is committed, even if more is waiting: nobody waits much longer for a commit.
  static let batchTimeMax = Span.milliseconds(50)
  /// Between two looks at what need not be looked at with every message: with a thousand workers, there are hundreds of
  /// heartbeats in a second.
  static let tickInterval = Span.milliseconds(20)
  /// The longest wait of the poll.
  static let pollInterval = Span.milliseconds(100)
  /// Between two snapshots for the user.
  static let progressInterval = Span.milliseconds(250)
  /// Between two looks at whether the store is still where it was, and at what became of former workers.
  static let storeCheckInterval = Span.seconds(1)
  /// What is left for the last commit and the tables when a run must have ended by some time.
  static let endMargin = Span.seconds(3)

  /// A second result of a trial.
  struct Duplicate {
    var index: Int
    var report: TrialReport
    var worker: WorkerIdentity
  }

  /// What waits to be stored in one transaction.
  struct Pending {
    var records = RunRecords()
    /// Second results, which are looked at when the first are in the store.
    var duplicates: [Duplicate] = []

    /// Trials that are settled when this is durable.
    var settled: [Int] { records.results.map(\.index) + records.faults.filter(\.isFinal).map(\.index) }
  }
  let configuration: CoordinatorConfiguration
  let items: [WorkItem]
  let payload: (Int) -> [UInt8]
  let sink: any ResultSink
  var scheduler: Scheduler
  let transport: CoordinatorTransport
  let signals: SignalPipe?
  var localWorkers: LocalWorkers?
  /// Those of the coordinator before this one that have not come back, and are not known to be gone.
  var formerWorkers: FormerWorkers
  /// Registered workers that this process started.
  var localIDs: Set<Identifier> = []
  private let lock: DirectoryLock

  var pending = Pending()
  /// Whether a failed commit waits for its time.
  var storeIsWaiting = false
  var outcome: Scheduler.Outcome?
  var faults: [TrialFault] = []
  var mismatches = 0
  var signalCount = 0
  /// What those who look on are told.
  var board = StatusBoard()
  let startedAt = Clock.now
  private let metrics: MetricsServer?
  /// Whether fewer workers may register than the configuration has.
  private var descriptorWarning: String?
  private var tickedAt: Instant?
  /// When the run starts to drain, if it must have ended by some time.
  var drainAt: Instant?
  var observer: (RunNotice) -> Void = { _ in }

  /// Locks the directory, reads what is done, binds, and writes the join file.
  ///
  /// `payload` gives the bytes of the trial at a position, at most `MessageLimits.payloadBytesMax` of them. Throws a
  /// ``RunError``, a `ZeroMQError` or what the sink throws.
  public init(
    configuration: CoordinatorConfiguration, items: [WorkItem], payload: @escaping (Int) -> [UInt8],
    sink: any ResultSink
  ) throws {
    self.configuration = configuration
    self.items = items
    self.payload = payload
    self.sink = sink
    try FileManager.default.createDirectory(
      atPath: configuration.outputDirectory, withIntermediateDirectories: true)
    lock = try DirectoryLock(configuration.outputDirectory)
    let limit = DescriptorLimit.raise()
    var times = configuration.scheduler
    times.workersMax = try DescriptorLimit.workersMax(
      wanted: times.workersMax, isDemanded: configuration.demandsWorkersMax, limit: limit)
    if times.workersMax < configuration.scheduler.workersMax {
      descriptorWarning =
        "at most \(times.workersMax) workers can join, because this process may open \(limit ?? 0) descriptors"
    }
    metrics = try configuration.metrics.map { try MetricsServer($0) }
    let prior = try sink.prior()
    scheduler = Scheduler(configuration: times, work: WorkList(items), prior: prior)
    formerWorkers = FormerWorkers(prior.holdings, logDirectory: configuration.logDirectory)
    // Before the sockets, whose threads inherit what is done with signals.
    signals = configuration.handlesSignals ? try SignalPipe([SIGINT, SIGTERM, SIGCHLD]) : nil
    transport = try CoordinatorTransport(configuration)
    let endMargin = times.drainGrace + times.farewellTimeout + times.farewellTimeout + Self.endMargin
    drainAt = configuration.end.map { $0.instant + Span(nanoseconds: -endMargin.nanoseconds) }
  }

  /// Where workers connect.
  public var endpoints: [String] { transport.endpoints }

  /// HOST:PORT at which programs on this machine reach it, whatever workers elsewhere are told; nothing without TCP.
  public var localAddress: String? { transport.localAddress }

  /// Runs until every trial is settled or the run is stopped; tells the observer what happens, from this thread.
  public func run(observer: @escaping (RunNotice) -> Void = { _ in }) throws -> RunSummary {
    self.observer = observer
    observer(.listening(endpoints))
    if let metrics { observer(.information("metrics at http://\(metrics.address)/metrics")) }
    if let descriptorWarning { observer(.information(descriptorWarning)) }
    // Nothing to do: no worker needs to be started to find that out.
    try dispatch(.tick)
    try lookForFormerWorkers()
    sayWhoIsExpected()
    if outcome == nil, let local = configuration.localWorkers { localWorkers = try LocalWorkers(local) }
    do {
      try work()
      // Before the farewell, which is no part of the work and leaves no worker.
      observer(.progress(scheduler.progress(elapsed: Clock.now - startedAt)))
      try sayFarewell()
    } catch {
      // What they execute has no part in it, and they can say so.
      localWorkers?.abandon(within: LocalWorkers.lastWordsTime)
      throw error
    }
    reportRejections(at: Clock.now)
    try sink.check()
    return summary()
  }

  /// Rounds until the run is over.
  private func work() throws {
    var shownAt: Instant?
    var checkedAt = startedAt
    while outcome == nil {
      try step()
      let now = Clock.now
      if now - checkedAt >= Self.storeCheckInterval {
        checkedAt = now
        try sink.check()
        try lookForFormerWorkers()
      }
      if shownAt.map({ now - $0 >= Self.progressInterval }) ?? true {
        shownAt = now
        observer(.progress(scheduler.progress(elapsed: now - startedAt)))
      }
    }
  }

  /// One round: wait, take what is there, store it, look at signals, processes and time.
  package func step() throws {
    let descriptors = (signals.map { [$0.descriptor] } ?? []) + (metrics?.descriptors ?? [])
    var poller = Poller(sockets: transport.sockets, descriptors: descriptors)
    let wait = metrics?.isSending == true ? Self.tickInterval : Self.pollInterval
    _ = try poller.wait(milliseconds: Int(wait.milliseconds))
    try transport.admit()
    try receive()
    try flush()
    for signal in signals?.take() ?? [] { try handle(signal: signal) }
    try lookAfterProcesses()
    try drainInTime()
    try tick(at: Clock.now)
    try flush()
  }

  /// What need not be done with every message.
  private func tick(at now: Instant) throws {
    if let tickedAt, now - tickedAt < Self.tickInterval { return }
    tickedAt = now
    try dispatch(.tick)
    board.rate.note(scheduler.committedNow, at: now)
    reportRejections(at: now)
    metrics?.serve(at: now) { metricsPage(at: now) }
  }

  private func reportRejections(at now: Instant) {
    for rejection in transport.rejections.due(at: now) { observer(.rejected(rejection)) }
  }

  private func receive() throws {
    let deadline = Clock.now + Self.batchTimeMax
    for _ in 0..<Self.messagesPerBatchMax {
      switch try transport.receive() {
      case .nothing: return
      case .ignored: continue
      case .statusRequest(let route): try answerStatus(to: route)
      case .event(let event): try dispatch(event)
      }
      if Clock.now >= deadline { return }
    }
  }

  /// Makes everything durable that waits for it, and lets it be acknowledged.
  func flush() throws {
    guard !storeIsWaiting else { return }
    // What is durable may change what is to be stored: a run that ends does not send what was to be sent.
    while !pending.records.isEmpty, !storeIsWaiting { try store() }
    try compareDuplicates()
  }

  private func store() throws {
    do {
      try sink.store(pending.records)
    } catch {
      try sink.check()
      storeIsWaiting = true
      try dispatch(.storeFailed("\(error)"))
      return
    }
    let settled = pending.settled
    pending.records = RunRecords()
    try dispatch(.stored(settled))
  }

  private func summary() -> RunSummary {
    // What came in during the farewell may have been the rest.
    let outcome: Scheduler.Outcome = scheduler.unfinished == 0 ? .complete : outcome ?? .interrupted
    return RunSummary(
      committedBefore: scheduler.committedBefore, committedNow: scheduler.committedNow, failed: scheduler.failed,
      remaining: scheduler.unfinished, mismatches: mismatches, outcome: outcome, faults: faults)
  }
}
