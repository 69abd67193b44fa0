import Foundation
import Messaging
import Scheduling
import Testing

/// The page of metrics, over real sockets.
@Suite(.serialized) struct MetricsTests {
  /// A connection to the loopback address.
  final class Client {
    let descriptor: Int32

    init(port: Int) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(status == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) { _ = text.withCString { write(descriptor, $0, strlen($0)) } }

    /// All that comes until the other side closes, or for twenty seconds.
    func receive() -> String {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4_096)
      var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      while poll(&item, 1, 20_000) > 0 {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private static func ask(_ port: Int, _ request: String) throws -> String {
    let client = try Client(port: port)
    client.send(request)
    return client.receive()
  }

  /// A run that waits for the flag, and the port of its page.
  private static func rig(_ flag: Flag) throws -> (Rig, Box<RunSummary>, Int) {
    let rig = try Rig(trials: 10)
    rig.configuration.metrics = "127.0.0.1:0"
    let run = rig.start()
    _ = rig.startWorker { payload, _ in
      while !flag.isRaised { usleep(1_000) }
      return TestWork.result(TestWork.index(payload))
    }
    var port: Int?
    for _ in 0..<1_000 where port == nil || rig.notices.joined == 0 {
      usleep(10_000)
      for case .information(let text) in rig.notices.all where text.hasPrefix("metrics at ") {
        // metrics at http://ADDRESS:PORT/metrics
        port = text.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
      }
    }
    return (rig, run, try #require(port))
  }

  @Test func servesThePage() throws {
    let flag = Flag()
    let (rig, run, port) = try Self.rig(flag)
    let answer = try Self.ask(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("Content-Type: text/plain; version=0.0.4"))
    let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
    #expect(answer.contains("Content-Length: \(body.utf8.count)\r\n"))
    let lines = body.split(separator: "\n")
    var values: [String: Double] = [:]
    for line in lines where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      values[words.dropLast().joined(separator: " ")] = Double(words.last ?? "")
    }
    let states = ["done", "failed", "quarantined", "running", "queued"].map { values["icd_trials{state=\"\($0)\"}"] }
    #expect(states.compactMap { $0 }.reduce(0, +) == 10 && states.count == 5, "\(values)")
    #expect(values["icd_workers"] == 1 && values["icd_store_failing"] == 0 && values["icd_trials_committed_total"] == 0)
    #expect(values["icd_info{sweep=\"test\",version=\"1\"}"] == 1)
    // Every sample has a type.
    for name in values.keys.map({ $0.prefix { $0 != "{" } }) { #expect(body.contains("# TYPE \(name) "), "\(name)") }
    // What is not asked in one piece is answered all the same; what is no question is not.
    let slow = try Client(port: port)
    for piece in ["GET /met", "rics HTTP/1.0\r", "\n\r\n"] {
      slow.send(piece)
      usleep(50_000)
    }
    #expect(slow.receive().contains("icd_workers 1"))
    #expect(try Self.ask(port, "POST /metrics HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 405 "))
    #expect(try Self.ask(port, "GET /etc/passwd HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
    #expect(try Self.ask(port, "hello\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    flag.raise()
    #expect(try run.wait()?.committedNow == 10)
    withExtendedLifetime(rig) {}
  }

  /// Whoever says nothing, or never ends, loses his connection and disturbs nobody.
  @Test func slowAndEndlessRequestsAreClosed() throws {
    let flag = Flag()
    let (rig, run, port) = try Self.rig(flag)
    let silent = try (0..<40).map { _ in try Client(port: port) }
    silent[39].send("GET /metrics")
    #expect(try Self.ask(port, "GET /metrics HTTP/1.1\r\n\r\n").contains("icd_workers 1"))
    let endless = try Client(port: port)
    endless.send(String(repeating: "x", count: 8_192))
    #expect(endless.receive().isEmpty)
    let begin = Date()
    for client in silent { #expect(client.receive().isEmpty) }
    #expect(Date().timeIntervalSince(begin) < 15)
    flag.raise()
    #expect(try run.wait()?.committedNow == 10)
    withExtendedLifetime(rig) {}
  }

  @Test(arguments: ["localhost", "127.0.0.1", "nonsense:x", "192.0.2.1:9464"]) func refusesOtherAddresses(text: String)
    throws
  {
    let rig = try Rig(trials: 1)
    rig.configuration.metrics = text
    #expect(throws: RunError.self) { try rig.start().wait() }
  }
}
