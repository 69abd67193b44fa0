import Messaging
import Scheduling
import Testing

@Suite struct AdvertisedEndpointsTests {
  @Test func advertisesWhereWorkersCanConnect() throws {
    let cases: [(String, [String], [String])] = [
      ("tcp://0.0.0.0:5555", [], ["tcp://name:5555", "tcp://10.0.0.9:5555"]),
      ("tcp://[::]:5555", [], ["tcp://name:5555", "tcp://10.0.0.9:5555"]),
      ("tcp://127.0.0.1:5555", [], ["tcp://127.0.0.1:5555"]), ("tcp://0.0.0.0:5555", ["node7"], ["tcp://node7:5555"]),
      ("tcp://[::]:5555", ["fe80::1"], ["tcp://[fe80::1]:5555"]), ("tcp://10.0.0.1:1", ["[::1]"], ["tcp://[::1]:1"]),
      ("tcp://10.0.0.1:1", ["a:17", "tcp://b", "a:17"], ["tcp://a:17", "tcp://b:1"]),
      ("tcp://[::ffff:10.0.0.1]:1", [], ["tcp://10.0.0.1:1"]), ("ipc:///tmp/x", ["node7"], ["ipc:///tmp/x"]),
    ]
    for (bound, advertised, expected) in cases {
      let endpoints = AdvertisedEndpoints.make(
        bound: [bound], advertised: try advertised.map { try AdvertisedAddress($0) }, hosts: ["name", "10.0.0.9"])
      #expect(endpoints == expected, "\(bound) as \(advertised)")
    }
    // No more than a join file may name, and this machine is known by its name first.
    let many = (1...40).map { "tcp://10.0.0.\($0):1" }
    #expect(AdvertisedEndpoints.make(bound: many, advertised: [], hosts: []).count == JoinFile.endpointsMax)
    #expect(HostAddresses.current.first == HostName.current && HostAddresses.current.count >= 2)
  }

  /// Where tunnels to this machine end, whatever workers elsewhere are told.
  @Test func knowsWhereItIsReachedFromThisMachine() throws {
    let cases: [([String], String?)] = [
      (["tcp://0.0.0.0:5555"], "127.0.0.1:5555"), (["tcp://[::]:1"], "127.0.0.1:1"),
      (["tcp://10.0.0.1:1"], "10.0.0.1:1"),
      (["tcp://[::ffff:10.0.0.1]:1"], "10.0.0.1:1"), (["ipc:///tmp/x"], nil),
      (["ipc:///tmp/x", "tcp://10.0.0.1:2", "tcp://10.0.0.2:3"], "10.0.0.1:2"),
    ]
    for (bound, expected) in cases { #expect(AdvertisedEndpoints.local(bound: bound) == expected) }
  }

  /// An interface is a name that libzmq resolves, and ssh does not; another port may be advertised.
  @Test func anInterfaceIsKnownByItsAddress() throws {
    let rig = try Rig(trials: 1, listen: "tcp://lo:*")
    rig.configuration.advertised = [try AdvertisedAddress("elsewhere:7700")]
    let coordinator = try Coordinator(
      configuration: rig.configuration, items: rig.items, payload: TestWork.payload, sink: rig.sink)
    #expect(coordinator.endpoints == ["tcp://elsewhere:7700"])
    #expect(coordinator.localAddress?.hasPrefix("127.0.0.1:") == true)
    #expect(coordinator.localAddress != "127.0.0.1:7700")
  }
}
