import Foundation
import Messaging
import Testing

@Suite struct KeyRingTests {
  @Test func comesBackAsItWas() throws {
    let place = JoinFileTests.Place()
    let prepared = KeyRing.Preparation(sweepName: "s", sweepHash: "abc", endpoints: ["tcp://a:1"])
    for preparation in [nil, prepared] {
      let ring = try KeyRing.generate(for: preparation)
      try ring.write(to: place.path)
      #expect(try KeyRing.load(from: place.path) == ring)
    }
  }

  /// A join file carries what one kind of peer needs, and no other secret.
  @Test func joinFilesHoldOneSecret() throws {
    let place = JoinFileTests.Place()
    let ring = try KeyRing.generate()
    for (role, own) in [(PeerRole.worker, ring.worker), (.status, ring.status)] {
      let file = ring.joinFile(for: role, endpoints: ["tcp://a:1"], sweepName: "s", sweepHash: "abc", build: "1")
      #expect(file.role == role && file.client == own && file.epoch == ring.epoch)
      try file.write(to: place.path)
      let text = try String(contentsOfFile: place.path, encoding: .utf8)
      for pair in [ring.server, ring.worker, ring.status] {
        #expect(text.contains(pair.secretKey) == (pair == own))
      }
      #expect(try JoinFile.load(from: place.path) == file)
      // One is not taken for the other.
      #expect(throws: PrivateFileError.self) { try KeyRing.load(from: place.path) }
    }
  }

  @Test func everyRingIsNew() throws {
    let (first, second) = (try KeyRing.generate(), try KeyRing.generate())
    #expect(first.epoch != second.epoch && first.server != second.server && first.worker != first.status)
  }
}
