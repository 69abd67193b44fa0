import Foundation
public import Messaging

/// Asks a coordinator how far its run is.
public final class StatusClient {
  /// The longest wait of the poll.
  private static let pollInterval = Span.milliseconds(100)
  /// How long one answer is waited for before the question is sent again: a coordinator may be in a long commit.
  private static let askInterval = Span.seconds(2)

  private let connection: PeerConnection
  private var isConnected = false

  /// A client by a join file of either role; throws a `PrivateFileError` if the file cannot be used.
  public init(joinFile: String) throws {
    connection = try PeerConnection(joinFile: joinFile, contents: try JoinFile.load(from: joinFile))
  }

  /// Waits for an answer. If no endpoint can be connected to, that ends the wait at once where `isPatient` is false.
  /// Throws a ``RunError`` that says why there is none.
  public func ask(timeout: Span, isPatient: Bool = true) throws -> RunStatus {
    let begin = Clock.now
    var askedAt: Instant?
    while Clock.now - begin < timeout {
      let now = Clock.now
      if askedAt.map({ now - $0 >= Self.askInterval }) ?? true {
        // What did not answer may be gone and have come back elsewhere.
        if askedAt != nil || !isConnected { try connection.connect() }
        isConnected = true
        try connection.send(StatusRequest.frame)
        askedAt = now
      }
      try connection.wait(descriptors: [], milliseconds: Int(Self.pollInterval.milliseconds))
      while let frame = try connection.receive() {
        if let status = try read(frame) { return status }
      }
      if !isPatient && connection.hasFailedEverywhere { break }
    }
    isConnected = false
    throw connection.explanation
  }

  /// Throws what the coordinator refuses; nothing for what is no answer.
  private func read(_ frame: [UInt8]) throws -> RunStatus? {
    do { return try RunStatus(decoding: frame) } catch {
      if case .otherVersion(let version) = error {
        connection.failures.otherVersion = version
        throw connection.explanation
      }
    }
    if case .refuse(_, let message)? = try? CoordinatorMessage(decoding: frame) {
      throw RunError("refused by the coordinator: \(message)", isRefusal: true)
    }
    return nil
  }
}
