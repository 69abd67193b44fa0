import Foundation
import Messaging
import Testing

@Suite struct JoinFileTests {
  final class Place {
    let path = NSTemporaryDirectory() + "icd-join-" + UUID().uuidString.prefix(8)
    deinit { unlink(path) }

    func put(_ text: String, mode: mode_t = 0o600) throws {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      chmod(path, mode)
    }

    /// Why the file is refused.
    func refusal() -> String? {
      do {
        _ = try JoinFile.load(from: path)
        return nil
      } catch { return "\(error)" }
    }
  }

  func file(_ endpoints: [String] = ["tcp://host:1"]) throws -> JoinFile {
    JoinFile(
      endpoints: endpoints, server: try CurveKeyPair.generate().publicKey, client: try .generate(), sweepName: "s",
      sweepHash: "abc", epoch: .random(), build: "1")
  }

  @Test func comesBackAsItWas() throws {
    let place = Place()
    let file = try file()
    try file.write(to: place.path)
    #expect(try JoinFile.load(from: place.path) == file)
    var status = stat()
    #expect(stat(place.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    // A second one replaces it.
    let next = try self.file(["tcp://host:2", "tcp://[::1]:3"])
    try next.write(to: place.path)
    #expect(try JoinFile.load(from: place.path) == next)
    #expect(next.security != .none)
  }

  @Test func needsNoKeysForSockets() throws {
    let place = Place()
    let file = JoinFile(
      endpoints: ["ipc:///tmp/x"], server: nil, client: nil, sweepName: "s", sweepHash: "abc", epoch: .random(),
      build: "1")
    try file.write(to: place.path)
    #expect(try JoinFile.load(from: place.path).security == .none)
  }

  @Test func saysWhatIsWrong() throws {
    let place = Place()
    #expect(place.refusal()?.contains("No such file") == true)
    try place.put("{}")
    #expect(place.refusal()?.contains("not a join file") == true)
    try place.put("not json")
    #expect(place.refusal()?.contains("not a join file") == true)
    try place.put(#"{"version": 3}"#)
    #expect(place.refusal()?.contains("it has format 3, and this program reads format 2") == true)
    try place.put(#"{"version": 2}"#)
    #expect(place.refusal()?.contains("it is not a complete join file: 'role' is missing") == true)
    try place.put(#"{"version": 2, "role": 7}"#)
    #expect(place.refusal()?.contains("it is not a complete join file: 'role' has another type") == true)
    try place.put(String(repeating: " ", count: 100_000))
    #expect(place.refusal()?.contains("too long") == true)
    var bad = try file(["udp://x"])
    try bad.write(to: place.path)
    #expect(place.refusal()?.contains("neither tcp:// nor ipc://") == true)
    bad = try file()
    bad.client = nil
    try bad.write(to: place.path)
    #expect(place.refusal()?.contains("keys are incomplete") == true)
    bad.server = nil
    try bad.write(to: place.path)
    #expect(place.refusal()?.contains("no keys") == true)
    try file([]).write(to: place.path)
    #expect(place.refusal()?.contains("no endpoint") == true)
  }

  /// A key that is none, and halves that do not belong together, are named with their field.
  @Test func refusesBrokenKeys() throws {
    let place = Place()
    let file = try file()
    try file.write(to: place.path)
    let text = try String(contentsOfFile: place.path, encoding: .utf8)
    let server = try #require(file.server?.text)
    let secret = try #require(file.client?.secretKey)
    try place.put(text.replacingOccurrences(of: server, with: "short"))
    #expect(place.refusal()?.contains("'server' is no CURVE key") == true, "\(place.refusal() ?? "")")
    try place.put(text.replacingOccurrences(of: secret, with: try CurveKeyPair.generate().secretKey))
    #expect(place.refusal()?.contains("'client' is no CURVE key pair") == true, "\(place.refusal() ?? "")")
  }

  @Test func refusesOpenPermissionsAndDirectories() throws {
    let place = Place()
    try file().write(to: place.path)
    chmod(place.path, 0o644)
    #expect(place.refusal()?.contains("chmod 600") == true)
    #expect(throws: PrivateFileError.self) { try JoinFile.load(from: "/tmp") }
  }
}
