import Foundation
import Reports
import Testing

@Suite struct DescriptorTextTests {
  /// More than a pipe holds.
  private static let text = String(repeating: "0123456789abcdef", count: 16_384)

  /// A pipe whose writing end does not block.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    try #require(Foundation.pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  @Test func allOfItArrivesAtASlowReader() throws {
    let (reading, writing) = try Self.pipe()
    let reader = Thread {
      var bytes = [UInt8]()
      var buffer = [UInt8](repeating: 0, count: 10_000)
      while true {
        let count = read(reading, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
        usleep(100)
      }
      #expect(bytes == Array(Self.text.utf8))
      close(reading)
    }
    reader.start()
    #expect(DescriptorText.write(Self.text, to: writing, patience: nil) == nil)
    close(writing)
    while !reader.isFinished { usleep(1_000) }
  }

  @Test func patienceEnds() throws {
    let (reading, writing) = try Self.pipe()
    #expect(DescriptorText.write(Self.text, to: writing, patience: .zero) == EAGAIN)
    #expect(DescriptorText.write(Self.text, to: writing, patience: .milliseconds(20)) == EAGAIN)
    close(reading)
    #expect(DescriptorText.write(Self.text, to: writing, patience: nil) == EPIPE)
    close(writing)
  }

  @Test func whatIsWrongIsTold() throws {
    let full = open("/dev/full", O_WRONLY)
    #expect(DescriptorText.write("x", to: full, patience: nil) == ENOSPC)
    #expect(DescriptorText.write("", to: full, patience: nil) == nil)
    close(full)
    #expect(DescriptorText.write("x", to: -1, patience: nil) == EBADF)
  }
}
