import Messaging

/// Peers that were turned away for one reason, or messages that were: how many since the last time, and the last of them.
public struct PeerRejection: Sendable, Hashable, CustomStringConvertible {
  /// Why.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// A key that is not on the list.
    case key
    /// No CURVE, another server key, or bytes that are no ZMTP.
    case handshake
    /// A peer that may only look on said something else.
    case role
    /// Another build, another sweep, or too many workers.
    case refused
    /// Bytes that are no message.
    case malformed
    /// No descriptor was left for a connection.
    case descriptors
  }

  /// Why.
  public var reason: Reason
  /// How many since the last report of this reason.
  public var count: Int
  /// What is known of the last of them.
  public var detail: String

  package init(reason: Reason, count: Int, detail: String) {
    self.reason = reason
    self.count = count
    self.detail = detail
  }

  /// A sentence.
  public var description: String {
    let times = count == 1 ? "" : ", \(count) times"
    return switch reason {
    case .key: "turned away a peer whose key is not on the list\(times): \(detail)"
    case .handshake: "turned away a peer that does not speak CURVE, or not to this coordinator\(times)"
    case .role: "ignored a message of a peer that may only ask for the status\(times)"
    case .refused: "refused a worker\(times): \(detail)"
    case .malformed: "ignored a message that cannot be read\(times): \(detail)"
    case .descriptors: "could not accept a connection, for want of descriptors\(times); see `ulimit -n`"
    }
  }
}

/// Counts peers that are turned away, and reports each reason at once and then now and then: whoever knocks all day does
/// not fill the log.
package struct RejectionLog {
  /// Time between two reports of one reason.
  package static let interval = Span.seconds(10)

  private struct Entry {
    var count = 0
    var detail = ""
    var reportedAt: Instant?
  }

  private var entries: [PeerRejection.Reason: Entry] = [:]
  /// All of them since the start.
  package private(set) var total = 0

  package init() {}

  package mutating func note(_ reason: PeerRejection.Reason, _ detail: String = "", count: Int = 1) {
    total += count
    entries[reason, default: Entry()].count += count
    entries[reason]?.detail = MessageLimits.clip(detail, toBytes: MessageLimits.nameBytesMax)
  }

  /// What is to be reported now.
  package mutating func due(at now: Instant) -> [PeerRejection] {
    guard total > 0 else { return [] }
    var reports: [PeerRejection] = []
    for reason in PeerRejection.Reason.allCases {
      guard let entry = entries[reason], entry.count > 0 else { continue }
      if let last = entry.reportedAt, now - last < Self.interval { continue }
      reports.append(PeerRejection(reason: reason, count: entry.count, detail: entry.detail))
      entries[reason] = Entry(reportedAt: now)
    }
    return reports
  }
}
