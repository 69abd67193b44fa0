import Foundation
import Reports
import Testing

@Suite struct LogTests {
  private static let date = Date(timeIntervalSince1970: 1_795_262_400.25)

  private static let entry = LogEntry(
    level: .warning, event: "peer_rejected", message: "a \"bad\" key\nfrom afar",
    fields: [("worker", .text("node:1/2")), ("reason", .text("no key")), ("count", .count(3)), ("rate", .number(.nan))])

  @Test func writesText() {
    #expect(
      Self.entry.line(.text, at: Self.date)
        == "2026-11-21T12:00:00.250Z warning peer_rejected: a \"bad\" key | from afar worker=node:1/2 "
        + "reason=\"no key\" count=3 rate=null")
  }

  @Test func writesJSON() throws {
    let line = Self.entry.line(.json, at: Self.date)
    #expect(!line.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["time"] as? String == "2026-11-21T12:00:00.250Z")
    #expect(object["level"] as? String == "warning" && object["event"] as? String == "peer_rejected")
    #expect(object["message"] as? String == "a \"bad\" key\nfrom afar")
    #expect(object["worker"] as? String == "node:1/2" && object["count"] as? Int == 3 && object["rate"] is NSNull)
    let odd = LogEntry(level: .info, event: "e", message: "\u{1}\t\\\u{7f}é🙂")
    let back = try JSONSerialization.jsonObject(with: Data(odd.line(.json, at: Self.date).utf8)) as? [String: Any]
    #expect(back?["message"] as? String == odd.message)
  }

  /// What a peer calls itself moves no cursor of who reads the log.
  @Test(arguments: LogFormat.allCases) func holdsNoControlCharacters(format: LogFormat) {
    let entry = LogEntry(
      level: .info, event: "joined", message: "\u{1b}[2J\u{9b}31m",
      fields: [("worker", .text("a\u{1b}]0;b\u{7f}\u{85}"))])
    let line = entry.line(format, at: Self.date)
    #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(line.debugDescription)")
  }

  @Test func levelsAreOrdered() {
    #expect(LogLevel.allCases == LogLevel.allCases.sorted() && LogLevel.debug < .error)
  }

  /// A full file is renamed, over an older one, and never grows beyond its bound.
  @Test func rotates() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/log"
      var log: LogFile? = try LogFile(path: path, bytesMax: 1_000)
      let line = String(repeating: "x", count: 99)
      for _ in 0..<10 { log?.append(line) }
      #expect(Self.size(path) == 1_000 && Self.size(path + ".1") == nil)
      log?.append(line)
      #expect(Self.size(path) == 100 && Self.size(path + ".1") == 1_000)
      // What another process wrote before counts as well.
      log = nil
      log = try LogFile(path: path, bytesMax: 1_000)
      for _ in 0..<10 { log?.append(line) }
      #expect(Self.size(path) == 100 && Self.size(path + ".1") == 1_000)
      #expect(throws: LogError.self) { try LogFile(path: directory + "/none/log", bytesMax: 1_000) }
    }
  }

  private static func size(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
  }
}
