import Foundation
import Messaging
import Sweeps

/// What the coordinator's shell remembers for those who look on.
struct StatusBoard {
  /// An answer is used again for so long: whoever asks all the time costs little.
  static let answerLifetime = Span.milliseconds(200)

  /// Results that each registered worker delivered.
  var results: [Identifier: Int] = [:]
  var rate = RateMeter()
  private var last: (answer: StatusAnswer, at: Instant)?
  /// Who got the last answer.
  private var answered: Set<Route> = []

  /// The last answer, if it is still fresh.
  func answer(at now: Instant) -> StatusAnswer? {
    guard let last, now - last.at < Self.answerLifetime else { return nil }
    return last.answer
  }

  /// Keeps an answer for those who ask next.
  mutating func keep(_ answer: StatusAnswer, at now: Instant) {
    last = (answer, now)
    answered = []
  }

  /// Whether a connection has not had this answer yet. Nobody gets one twice: answers wait in memory for who does not
  /// read them.
  mutating func mayAnswer(_ route: Route) -> Bool { answered.insert(route).inserted }
}

/// A status and its frame.
struct StatusAnswer {
  let status: RunStatus
  let frame: [UInt8]

  init(_ status: RunStatus) {
    self.status = status
    frame = status.encoded()
  }
}

extension Coordinator {
  /// Answers somebody who looks on; one who is gone gets nothing.
  func answerStatus(to route: Route) throws {
    let answer = statusAnswer(at: Clock.now)
    guard board.mayAnswer(route) else { return }
    _ = try transport.send(frame: answer.frame, to: route)
  }

  /// The page of metrics.
  func metricsPage(at now: Instant) -> String {
    MetricsPage.text(statusAnswer(at: now).status, committed: scheduler.committedNow)
  }

  private func statusAnswer(at now: Instant) -> StatusAnswer {
    if let answer = board.answer(at: now) { return answer }
    let answer = StatusAnswer(status(at: now))
    board.keep(answer, at: now)
    return answer
  }

  /// How far the run is and who works on it.
  private func status(at now: Instant) -> RunStatus {
    let progress = scheduler.progress(elapsed: now - startedAt)
    let quarantined = scheduler.quarantined
    let remaining = progress.remainingSeconds.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    return RunStatus(
      sweepName: MessageLimits.clip(configuration.sweepName, toBytes: MessageLimits.nameBytesMax),
      state: scheduler.state, build: configuration.scheduler.build,
      host: MessageLimits.clip(HostName.current, toBytes: MessageLimits.nameBytesMax), pid: UInt64(getpid()),
      planned: progress.planned, done: progress.committedBefore + progress.committedNow,
      failed: progress.failed - quarantined, quarantined: quarantined, running: progress.running,
      queued: progress.queued, elapsedSeconds: progress.elapsedSeconds,
      ratePerSecond: max(0, board.rate.rate(progress.committedNow, at: now)), remainingSeconds: remaining,
      refusals: transport.refusals, workers: workers(at: now))
  }

  private func workers(at now: Instant) -> [WorkerStatus] {
    scheduler.workerSnapshots(at: now).prefix(MessageLimits.statusWorkersMax).map { worker in
      WorkerStatus(
        name: worker.identity.name, host: worker.identity.host, pid: worker.identity.pid,
        trial: worker.running.map {
          MessageLimits.clip(configuration.describe($0), toBytes: MessageLimits.nameBytesMax)
        },
        runningSeconds: worker.runningTime.seconds, held: worker.held,
        results: board.results[worker.identity.id] ?? 0, silentSeconds: worker.silence.seconds)
    }
  }
}
