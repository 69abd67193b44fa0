import Foundation

/// Runs several worker processes of one machine until all have ended: what `icd worker --processes N` does.
///
/// `arguments` are the program and what makes it one worker with ``WorkerConfiguration/Control/parent`` as its control;
/// `slotOption` is how it takes its number.
/// A worker that is killed is replaced; one that exits is not, since it has said why. The first SIGINT or SIGTERM is
/// passed on as SIGTERM, a second one ends all at once; so does the end of the `lifeline`, if there is one, with a
/// ``RunError``. Returns how those ended that did not end in order; throws a ``RunError`` if the program cannot be
/// started.
public func runWorkerProcesses(
  count: Int, arguments: [String], slotOption: String? = nil, lifeline: Int32? = nil
) throws -> [Int32] {
  /// Between two looks at the processes, if no signal comes before.
  let pollInterval = Span.milliseconds(500)
  /// A worker that is killed before it joined is replaced as well: how often is limited by time only.
  let startFailuresMax = Int.max

  let signals = try SignalPipe([SIGINT, SIGTERM, SIGCHLD])
  var configuration = LocalWorkersConfiguration(count: count, arguments: arguments, logDirectory: nil)
  configuration.slotOption = slotOption
  configuration.replacement = .crashes
  configuration.startFailuresMax = startFailuresMax
  let workers = try LocalWorkers(configuration)
  var lifeline = lifeline.map { Lifeline($0) }
  var stops = 0
  while !workers.isExhausted {
    // poll(2) passes over a negative descriptor.
    var items = [signals.descriptor, lifeline?.descriptor ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    _ = poll(&items, nfds_t(items.count), Int32(pollInterval.milliseconds))
    if lifeline?.isCut(at: Clock.now) ?? false {
      workers.abandon(within: LocalWorkers.lastWordsTime)
      throw RunError("the program that started these workers is gone")
    }
    for signal in signals.take() where signal != SIGCHLD {
      stops += 1
      if stops == 1 { workers.terminate() } else { workers.kill() }
    }
    _ = workers.poll(at: Clock.now)
  }
  return workers.failures
}
