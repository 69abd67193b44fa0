import Foundation
import Messaging
import Testing

@Suite(.serialized) struct SocketMonitorTests {
  private static func event(_ monitor: SocketMonitor, _ wanted: SocketMonitor.Event) throws -> Bool {
    for _ in 0..<1_000 {
      var poller = Poller(sockets: [monitor.socket])
      _ = try poller.wait(milliseconds: 20)
      while let event = try monitor.next() {
        if event == wanted { return true }
      }
    }
    return false
  }

  @Test func seesAConnectionComeAndGo() throws {
    let context = try Context()
    var router: Socket? = try Socket(context, .router)
    let endpoint = try #require(try router?.bind("tcp://127.0.0.1:*"))
    let dealer = try Socket(context, .dealer)
    let monitor = try SocketMonitor(context, watching: dealer)
    try dealer.connect(endpoint)
    #expect(try Self.event(monitor, .connected))
    router = nil
    #expect(try Self.event(monitor, .disconnected))
  }

  /// A monitor that is released while its socket lives must not leave the I/O thread with an event that nobody takes:
  /// the context's other sockets would hang with it.
  @Test func aReleasedMonitorDoesNotHoldUpItsContext() throws {
    let ours = try Context()
    let theirs = try Context()
    var first: Socket? = try Socket(theirs, .router)
    let dealer = try Socket(ours, .dealer)
    var monitor: SocketMonitor? = try SocketMonitor(ours, watching: dealer)
    try dealer.connect(try #require(try first?.bind("tcp://127.0.0.1:*")))
    #expect(try Self.event(try #require(monitor), .connected))
    monitor = nil
    first = nil  // the disconnection is an event

    let second = try Socket(theirs, .router)
    let other = try Socket(ours, .dealer)
    try other.connect(try second.bind("tcp://127.0.0.1:*"))
    #expect(try other.send([[1]]) == .sent)
    var received = false
    for _ in 0..<400 where !received {
      var poller = Poller(sockets: [second])
      _ = try poller.wait(milliseconds: 50)
      if case .message = try second.receive(framesMax: 4) { received = true }
    }
    #expect(received)
    #expect(monitor == nil && first == nil)
  }
}
