import Messaging
import Testing

@Suite struct ListenEndpointTests {
  @Test(arguments: [
    "tcp://*:7700", "tcp://*:*", "tcp://127.0.0.1:0", "tcp://node7:65535", "tcp://[::1]:7700", "tcp://[::]:*",
    "tcp://eth0:5555",
  ]) func readsTCP(text: String) throws {
    let endpoint = try ListenEndpoint(text)
    #expect(endpoint.scheme == .tcp && endpoint.text == text)
  }

  @Test func readsIPC() throws {
    #expect(try ListenEndpoint("ipc:///tmp/socket").scheme == .ipc)
    #expect(try ListenEndpoint("ipc:///" + String(repeating: "x", count: 106)).scheme == .ipc)
  }

  @Test(arguments: [
    "tcp://*:80000", "tcp://*:65536", "tcp://*:-1", "tcp://*:+5", "tcp://*:", "tcp://*:99999999999999999999",
    "tcp://*: 7700", "tcp://*:7700/", "tcp://*:７７",
  ]) func refusesPortsThatAreNone(text: String) {
    #expect {
      try ListenEndpoint(text)
    } throws: {
      "\($0)" == "'\(text)': the port must be 0 to 65535, or *"
    }
  }

  @Test(arguments: [
    "", "*:7700", "udp://*:7700", "TCP://*:7700", "tcp://", "tcp://*", "tcp://:7700", "tcp://[::1]", "tcp://::1:7700",
    "ipc://", "nonsense",
  ]) func refusesOtherForms(text: String) {
    #expect(throws: ListenEndpoint.Malformed.self) { try ListenEndpoint(text) }
  }

  @Test func refusesPathsThatTheSystemDoesNotTake() {
    #expect(throws: ListenEndpoint.Malformed.self) {
      try ListenEndpoint("ipc:///" + String(repeating: "x", count: 107))
    }
  }

  @Test func listsAreOfOneKind() throws {
    #expect(try ListenEndpoint.list(["tcp://a:1", "tcp://b:2"]).map(\.text) == ["tcp://a:1", "tcp://b:2"])
    #expect(throws: ListenEndpoint.Malformed.self) { try ListenEndpoint.list([]) }
    #expect(throws: ListenEndpoint.Malformed.self) { try ListenEndpoint.list(["tcp://a:1", "ipc:///b"]) }
  }
}
