import Messaging

/// Results that the coordinator has not acknowledged, in the order in which they were made.
struct Outbox: Sendable {
  private struct Entry: Sendable {
    var report: TrialReport
    var sentAt: Instant?
  }

  private var entries: [Identifier: Entry] = [:]
  /// All trials of `entries`, oldest first, and some that are gone from it.
  private var order: [Identifier] = []
  /// Those of them that wait to be sent, oldest first, and some that are gone.
  private var unsent: [Identifier] = []

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  func holds(_ id: Identifier) -> Bool { entries[id] != nil }

  func holdsResult(of id: Identifier) -> Bool {
    if case .result? = entries[id]?.report.outcome { true } else { false }
  }

  /// The oldest trials.
  func trials(max: Int) -> [Identifier] {
    Array(order.lazy.filter { entries[$0] != nil }.prefix(max))
  }

  /// Adds a report; one for the same trial is replaced.
  mutating func add(_ report: TrialReport) {
    if entries.updateValue(Entry(report: report), forKey: report.trial) == nil { order.append(report.trial) }
    unsent.append(report.trial)
  }

  mutating func remove(_ ids: [Identifier]) {
    for id in ids { entries[id] = nil }
    // Swept when most of the list is stale, so that the cost of a removal stays constant on average.
    if order.count > 2 * entries.count + 64 { order.removeAll { entries[$0] == nil } }
  }

  /// Everything is to be sent again.
  mutating func rewind() {
    order.removeAll { entries[$0] == nil }
    unsent = order
  }

  /// Takes the next reports to send, as many as fit into a message; none when there are none.
  mutating func takeUnsent(at now: Instant) -> [TrialReport] {
    var batch: [TrialReport] = []
    var size = EncodedSize(bytes: 0, values: 0)
    var taken = 0
    for id in unsent {
      guard let report = entries[id]?.report else {
        taken += 1
        continue
      }
      size = size + report.encodedSize
      let isFull =
        batch.count >= MessageLimits.resultsPerMessageMax || size.bytes > MessageLimits.resultsBytesTarget
        || size.values > MessageLimits.reportValuesMax
      // The first always fits: the shell lets no report through that would not fit alone.
      if isFull && !batch.isEmpty { break }
      batch.append(report)
      taken += 1
      entries[id]?.sentAt = now
    }
    unsent.removeFirst(taken)
    return batch
  }

  /// Whether the oldest result was sent so long ago that its acknowledgement, or it, must have been lost.
  func isOverdue(at now: Instant, after interval: Span) -> Bool {
    guard let oldest = order.first(where: { entries[$0] != nil }), let sentAt = entries[oldest]?.sentAt else {
      return false
    }
    return now - sentAt > interval
  }
}
