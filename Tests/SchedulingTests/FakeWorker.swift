import Foundation
import Messaging
import Scheduling

/// The other end of the protocol, by hand: says exactly what a test wants said.
final class FakeWorker {
  let id = Identifier.random()
  private let socket: Socket

  init(joinFile: String) throws {
    waitForFile(joinFile)
    let file = try JoinFile.load(from: joinFile)
    socket = try Socket(try Context(), .dealer, options: SocketOptions(security: file.security))
    try socket.connect(file.endpoints[0])
  }

  func hello(session: UInt64 = 1, capacity: Int = 4, held: [Identifier] = [], build: String = "1") throws {
    try say(
      .hello(
        .init(
          worker: id, session: session, name: "fake", host: "fake", pid: 1, build: build, sweep: "abc",
          capacity: capacity, held: held)))
  }

  func say(_ message: WorkerMessage) throws { _ = try socket.send([message.encoded()]) }

  func sayBytes(_ frames: [[UInt8]]) throws { _ = try socket.send(frames) }

  /// The next message within thirty seconds for which `isWanted` holds; others are passed over.
  func hear(where isWanted: (CoordinatorMessage) -> Bool = { _ in true }) throws -> CoordinatorMessage? {
    for _ in 0..<3_000 {
      var poller = Poller(sockets: [socket])
      _ = try poller.wait(milliseconds: 10)
      if case .message(let frames) = try socket.receive(framesMax: 1) {
        let message = try CoordinatorMessage(decoding: frames[0])
        if isWanted(message) { return message }
      }
    }
    return nil
  }

  /// The next frame within thirty seconds, whatever it is.
  func hearFrame() throws -> [UInt8]? {
    for _ in 0..<3_000 {
      var poller = Poller(sockets: [socket])
      _ = try poller.wait(milliseconds: 10)
      if case .message(let frames) = try socket.receive(framesMax: 1) { return frames[0] }
    }
    return nil
  }

  /// The next trials assigned within thirty seconds.
  func hearAssignments() throws -> [TrialAssignment] {
    guard
      case .assign(let assignments)? = try hear(where: { if case .assign = $0 { true } else { false } })
    else { return [] }
    return assignments
  }

  func report(_ assignment: TrialAssignment, value: MessagePackValue? = nil) -> TrialReport {
    let result = ResultCoding.encode(TestWork.result(TestWork.index(assignment.payload)))
    return TrialReport(
      trial: assignment.trial, attempt: assignment.attempt, startedAt: 1, seconds: 0.01,
      outcome: .result(value ?? result))
  }
}
