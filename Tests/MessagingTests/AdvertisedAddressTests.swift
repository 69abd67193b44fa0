import Foundation
import Messaging
import Testing

@Suite struct AdvertisedAddressTests {
  @Test(arguments: [
    ("node7", "tcp://node7:99"), ("node7:17700", "tcp://node7:17700"), ("tcp://node7:1", "tcp://node7:1"),
    ("10.0.0.5", "tcp://10.0.0.5:99"), ("fe80::1", "tcp://[fe80::1]:99"), ("[fe80::1]", "tcp://[fe80::1]:99"),
    ("[fe80::1]:7", "tcp://[fe80::1]:7"), ("tcp://node7", "tcp://node7:99"),
  ]) func makesEndpoints(text: String, expected: String) throws {
    #expect(try AdvertisedAddress(text).endpoint(defaultPort: "99") == expected)
  }

  @Test(arguments: ["", "*", "*:7700", ":7700", "a:0", "a:65536", "a:x", "a:", "a b", "udp://a", "tcp://"])
  func refusesWhatNobodyCanConnectTo(text: String) {
    #expect(throws: ListenEndpoint.Malformed.self) { try AdvertisedAddress(text) }
  }
}

@Suite struct EndpointProbeTests {
  private static func verdict(on endpoint: String) -> EndpointProbe.Verdict? {
    let probe = EndpointProbe([endpoint, "ipc:///tmp/x"])
    for _ in 0..<1_000 {
      if let verdict = probe.verdict(on: endpoint) { return verdict }
      usleep(10_000)
    }
    return nil
  }

  @Test func tellsWhyNobodyAnswers() throws {
    #expect(Self.verdict(on: "tcp://127.0.0.1:1") == .refused)
    let router = try Socket(try Context(), .router)
    #expect(Self.verdict(on: try router.bind("tcp://127.0.0.1:*")) == .accepted)
    guard case .unknownName? = Self.verdict(on: "tcp://no-such-host.invalid:7") else {
      Issue.record("a name that cannot exist")
      return
    }
  }
}
