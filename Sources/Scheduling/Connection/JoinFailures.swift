import Messaging

/// What is known about why a peer could not join, for each endpoint that it tried.
struct JoinFailures {
  private let joinFile: String
  /// What said most about each endpoint: libzmq tries again and again, and later events often say less.
  private var events: [String: SocketMonitor.Event] = [:]
  private var endpointProbe: EndpointProbe?
  /// The version that the coordinator speaks, if it is another.
  var otherVersion: UInt64?

  init(joinFile: String) { self.joinFile = joinFile }

  /// Starts to ask the system why connections to the endpoints do not come about.
  mutating func probe(_ endpoints: [String]) { endpointProbe = EndpointProbe(endpoints) }

  mutating func note(_ event: SocketMonitor.Event, at endpoint: String) {
    events[endpoint] = max(event, events[endpoint] ?? event)
  }

  /// Whether at each of the endpoints something went wrong, and nothing has gone well.
  func hasFailed(at endpoints: [String]) -> Bool {
    endpoints.allSatisfy { events[$0].map { $0 < .connected } ?? false }
  }

  /// What to tell the user.
  func explanation(_ file: JoinFile) -> RunError {
    let head = "cannot join the sweep '\(file.sweepName)'"
    if let otherVersion {
      return RunError(
        "\(head) at \(file.endpoints.joined(separator: ", ")): the coordinator speaks "
          + "\(MessageError.otherVersion(otherVersion)); start workers and coordinator from the same build of icd",
        isRefusal: true)
    }
    let isRefusal = events.values.contains(.refused)
    let reasons = file.endpoints.map { ($0, reason(at: $0)) }
    if let only = reasons.first, reasons.count == 1 {
      return RunError("\(head) at \(only.0): \(only.1)", isRefusal: isRefusal)
    }
    return RunError(
      "\(head) at any address of \(joinFile):\n" + reasons.map { "  \($0): \($1)" }.joined(separator: "\n"),
      isRefusal: isRefusal)
  }

  private func reason(at endpoint: String) -> String {
    switch events[endpoint] {
    case .connected: "it accepts connections, but no coordinator answers: it may be stopped, or too busy"
    case .refused:
      "the coordinator there does not admit the key in \(joinFile): the file is of another run, or of an earlier "
        + "epoch; copy the coordinator's join file again"
    case .mismatched, .disconnected:
      "what listens there refuses the keys in \(joinFile) or is no coordinator: the file is of another run or of an "
        + "earlier epoch, or the port belongs to another program; copy the coordinator's join file again"
    case .unreachable, .notAccepted, nil: unreachableReason(at: endpoint)
    }
  }

  private func unreachableReason(at endpoint: String) -> String {
    switch endpointProbe?.verdict(on: endpoint) {
    case .accepted: "something accepts connections there, but does not answer: it may be stopped, or is no coordinator"
    case .refused: "nothing listens there; the coordinator may have ended, or is not started yet"
    case .unreachable(let words): "it cannot be reached from here: \(words)"
    case .unknownName(let words): "its name cannot be resolved on this machine: \(words)"
    case .silent: "nothing answers there; the machine may be down, or a firewall drops the connection"
    case nil: "nothing answers there; the coordinator may have ended, or the address may be wrong"
    }
  }
}
