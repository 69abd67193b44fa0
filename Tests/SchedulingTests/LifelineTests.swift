import Foundation
import Messaging
import Scheduling
import Testing

@Suite struct LifelineTests {
  private func withPipe(_ body: (_ read: Int32, _ write: Int32) throws -> Void) throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    try body(ends[0], ends[1])
  }

  @Test func isCutAtTheEndOfTheFile() throws {
    try withPipe { read, write in
      var lifeline = Lifeline(read)
      let isCutBefore = lifeline.isCut(at: Clock.now)
      close(write)
      let isCutAfter = lifeline.isCut(at: Clock.now)
      #expect(!isCutBefore && isCutAfter)
    }
  }

  /// Silence counts only from somebody who spoke before.
  @Test func isCutBySilenceAfterASign() throws {
    try withPipe { read, write in
      defer { close(write) }
      let begin = Clock.now
      var lifeline = Lifeline(read)
      var isCut = [lifeline.isCut(at: begin + .seconds(1_000))]
      #expect(Foundation.write(write, "\n\n", 2) == 2)
      for time in [2_000, 2_030, 2_031.0] { isCut.append(lifeline.isCut(at: begin + .seconds(time))) }
      #expect(isCut == [false, false, false, true])
    }
  }

  private static func joinFile() throws -> JoinFile {
    JoinFile(
      endpoints: ["tcp://n:1"], server: try CurveKeyPair.generate().publicKey, client: try .generate(),
      sweepName: "s", sweepHash: "abc", epoch: .random(), build: "1")
  }

  /// The file has no name, belongs to its owner only, and what follows it is left to the lifeline.
  @Test func takesAJoinFileAndLeavesTheRest() throws {
    try withPipe { read, write in
      defer { close(write) }
      let file = try Self.joinFile()
      let bytes = try file.line() + Array("rest".utf8)
      #expect(Foundation.write(write, bytes, bytes.count) == bytes.count)
      let received = try ReceivedJoinFile(from: read)
      #expect(try JoinFile.load(from: received.path) == file)
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: received.path)
      #expect(target.hasSuffix(" (deleted)"))
      var rest = [UInt8](repeating: 0, count: 16)
      #expect(Foundation.read(read, &rest, rest.count) == 4)
    }
  }

  @Test(arguments: ["", "{}\n", "no line feed"]) func refusesWhatIsNoJoinFile(text: String) throws {
    try withPipe { read, write in
      let bytes = Array(text.utf8)
      #expect(Foundation.write(write, bytes, bytes.count) == bytes.count)
      close(write)
      #expect { try ReceivedJoinFile(from: read) } throws: { "\($0)".contains("standard input") }
    }
  }
}
